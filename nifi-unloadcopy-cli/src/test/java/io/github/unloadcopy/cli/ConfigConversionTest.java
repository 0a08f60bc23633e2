package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.ConfigText;
import io.github.unloadcopy.config.TablePair;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigConversionTest {
    private static final String CIPHERTEXT = "AQICAHh" + "x".repeat(201);
    private static final String OF_2015 = """
            // As of 2015
            {
              "unloadSource": {
                "clusterEndpoint": "old.abc.eu-west-1.redshift.amazonaws.com",
                "clusterPort": "5439",
                "connectPwd": "CIPHERTEXT", // encryptValue.sh
                "connectUser": "u", "db": "sales", "schemaName": "Sch\\u00e4ma",
                "tableName": "orders"
              },
              "s3Staging": {
                "aws_access_key_id": "CIPHERTEXT",
                "aws_secret_access_key": "CIPHERTEXT",
                "path": "s3://Bucket/Prefix/",
                "deleteOnSuccess": "True"
              },
              "copyTarget": {
                "clusterEndpoint": "new.abc.eu-west-1.redshift.amazonaws.com",
                "clusterPort": 5439,
                "connectPwd": "CIPHERTEXT",
                "connectUser": "u", "db": "sales",
                "explicit_ids": "FALSE"
              }
            }
            """.replace("CIPHERTEXT", CIPHERTEXT);

    @Test
    void theFirstShapeBecomesTheNewest() throws ConfigException {
        final Converted converted = convert(OF_2015, "eu-west-1");

        assertEquals(OF_2015
                .replace("\"5439\"", "5439")
                .replace("\"tableName\": \"orders\"", "\"tableNames\": [\"orders\"]")
                .replace("\"deleteOnSuccess\": \"True\"", "\"deleteOnSuccess\": true,\n    \"region\": \"eu-west-1\"")
                .replace("\"explicit_ids\": \"FALSE\"", "\"explicit_ids\": false,\n    \"schemaName\": \"Sch\\u00e4ma\",\n    \"tableNames\": [\"orders\"]"), converted.text());
        assertEquals(7, converted.changes().size(), converted.changes().toString());
        assertTrue(converted.changes().contains("s3Staging.deleteOnSuccess (line 14) became a boolean: true"), converted.changes().toString());
    }

    @Test
    void meansTheSameAsBefore() throws ConfigException {
        final List<TablePair> before = new ConfigReader().read(OF_2015.getBytes(StandardCharsets.UTF_8)).config().tables();
        final String converted = convert(OF_2015, null).text();

        assertEquals(before, new ConfigReader().read(converted.getBytes(StandardCharsets.UTF_8)).config().tables());
    }

    @Test
    void theNewestShapeStaysAsItIs() throws ConfigException {
        final String newest = convert(OF_2015, "eu-west-1").text();
        final Converted again = convert(newest, "us-east-1");

        assertEquals(newest, again.text());
        assertEquals(List.of(), again.changes());
    }

    @Test
    void theTargetsOwnTableIsKept() throws ConfigException {
        final Converted converted = convert("{\"unloadSource\": {\"tableNames\": [\"a\", \"b\"]}, \"copyTarget\": {\"schemaName\": \"s\", \"tableName\": \"x\"}}", null);

        assertEquals("{\"unloadSource\": {\"tableNames\": [\"a\", \"b\"]}, \"copyTarget\": {\"schemaName\": \"s\", \"tableNames\": [\"x\"]}}", converted.text());
    }

    @Test
    void anEmptyRegionIsFilledIn() throws ConfigException {
        assertEquals("{\"s3Staging\": {\"region\": \"eu-west-1\"}}", convert("{\"s3Staging\": {\"region\": \" \"}}", "eu-west-1").text());
        assertEquals("{\"s3Staging\": {\"region\": \"us-east-1\"}}", convert("{\"s3Staging\": {\"region\": \"us-east-1\"}}", "eu-west-1").text());
    }

    @Test
    void leavesWhatItDoesNotUnderstand() throws ConfigException {
        final String odd = "{\"s3Staging\": {\"deleteOnSuccess\": \"yes\", \"kmsGeneratedKey\": null}, \"unloadSource\": {\"clusterPort\": \"any\", \"tableName\": 7}}";

        assertEquals(odd, convert(odd, null).text());
    }

    private static Converted convert(final String config, final String region) throws ConfigException {
        try (ConfigText text = ConfigText.parse(config.getBytes(StandardCharsets.UTF_8))) {
            final List<String> changes = new ConfigConversion(text).convert(region);
            return new Converted(new String(text.bytes(), StandardCharsets.UTF_8), changes);
        }
    }

    private record Converted(String text, List<String> changes) {
    }
}
