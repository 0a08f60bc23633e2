package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.ConfigText;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Configurations of any age, as they are in the field, mean the same before and after their conversion. */
class EveryShapeTest {
    private static final String CIPHERTEXT = "AQICAHh" + "x".repeat(201);
    private static final String UNLOAD = "\"unloadStatement\": \"unload ('SELECT {columns} FROM \\\"{schema_name}\\\".{table_name} WHERE a = ''{{\\u00e9}}''') to '{dataStagingPath}.' "
            + "credentials '{s3_access_credentials};master_symmetric_key={master_symmetric_key}' manifest encrypted gzip null as 'NULL_STRING__' delimiter '^' addquotes escape allowoverwrite\"";

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void meansTheSameAfterwards(@ForAll("configurations") final String old) throws ConfigException {
        final String converted = converted(old, false);

        assertEquals(new ConfigReader().read(bytes(old)).config(), new ConfigReader().read(bytes(converted)).config());
        assertEquals(converted, converted(converted, false));
        assertFalse(converted.matches("(?s).*\"(tableName|True|TRUE|true|False|5439)\".*"), converted);
        assertEquals(old.contains("unloadStatement"), converted.contains(UNLOAD));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void meansTheSameWithoutItsComments(@ForAll("configurations") final String old) throws ConfigException {
        final String converted = converted(old, true);

        assertEquals(new ConfigReader().read(bytes(old)).config(), new ConfigReader().read(bytes(converted)).config());
        assertFalse(converted.contains("note"), converted);
    }

    @Provide
    Arbitrary<String> configurations() {
        final Arbitrary<List<String>> oneTable = Combinators.combine(
                either("\"tableName\": \"Orders\"", "\"tableNames\": [\"Orders\"]"),
                either("", "\"tableName\": \"o\"", "\"tableNames\": [ \"o\" ]")).as(List::of);
        final Arbitrary<List<String>> twoTables = Combinators.combine(
                either("\"tableNames\": [\"Orders\", /* note, \"x\" */ \"Line \\\"Items\\\"\"]"),
                either("", "\"tableNames\": [\"o\",\n\"l\"]")).as(List::of);
        return Arbitraries.oneOf(oneTable, twoTables).flatMap(tables -> Combinators.combine(source(tables.getFirst()), staging(), target(tables.getLast()), either("", "// note {\"x\": 1}\n"))
                .as((source, staging, target, note) -> "%s{\"unloadSource\": %s, %s\"s3Staging\": %s, \"copyTarget\": %s}%s".formatted(note, source, note, staging, target, note)));
    }

    private static Arbitrary<String> source(final String tables) {
        return Combinators.combine(
                cluster("source"),
                either("\"schemaName\": \"Sales\"", "\"schemaName\": \"Sch\\u00e4ma\""),
                either("", "\"columns\": \"a, b\"", "\"columns\": [\"a\", \"b,c\"]", "\"columns\": \"*\""),
                either("", UNLOAD)).as((cluster, schema, columns, statement) -> List.of(cluster, schema, tables, columns, statement)).flatMap(EveryShapeTest::object);
    }

    private static Arbitrary<String> staging() {
        final String keys = "\"aws_access_key_id\": \"%s\", \"aws_secret_access_key\": \"%s\"";
        final String role = "\"aws_iam_role\": \"arn:aws:iam::111122223333:role/x\"";
        return Combinators.combine(
                either(keys.formatted(CIPHERTEXT, CIPHERTEXT), role, role + ", " + keys.formatted("", ""), role + ", " + keys.formatted(CIPHERTEXT, CIPHERTEXT)),
                either("\"path\": \"s3://Bucket/Prefix/\"", "\"path\": \"s3://bucket\""),
                bool("deleteOnSuccess"),
                bool("kmsGeneratedKey"),
                either("", "\"region\": \"\"", "\"region\": \"eu-west-1\"")).as(List::of).flatMap(EveryShapeTest::object);
    }

    private static Arbitrary<String> target(final String tables) {
        return Combinators.combine(cluster("target"), either("", "\"schemaName\": \"archive\""), bool("explicit_ids")).as((cluster, schema, explicit) -> List.of(cluster, schema, tables, explicit))
                .flatMap(EveryShapeTest::object);
    }

    private static Arbitrary<String> cluster(final String host) {
        return either("5439", "\"5439\"").map(port -> "\"clusterEndpoint\": \"%s\", \"clusterPort\": %s, \"connectPwd\": \"%s\", \"connectUser\": \"u\", \"db\": \"dev\"".formatted(host, port,
                CIPHERTEXT));
    }

    private static Arbitrary<String> bool(final String field) {
        return either("", "true", "false", "\"True\"", "\"TRUE\"", "\"true\"", "\"False\"").map(value -> value.isEmpty() ? "" : "\"%s\": %s".formatted(field, value));
    }

    /** The fields in any order, with any blanks and comments between them. */
    private static Arbitrary<String> object(final List<String> fields) {
        final List<String> given = fields.stream().filter(field -> !field.isEmpty()).toList();
        return Combinators.combine(Arbitraries.shuffle(given), either(", ", ",\n    ", ", // note, \"table\": {\n    ", "\r\n  , "), either("", " ", "\n  ", " // note\n", "/* note */"))
                .as((ordered, separator, end) -> "{" + end + String.join(separator, ordered) + end + "}");
    }

    private static Arbitrary<String> either(final String... values) {
        return Arbitraries.of(Stream.of(values).toList());
    }

    private static String converted(final String config, final boolean withoutComments) throws ConfigException {
        try (ConfigText text = ConfigText.parse(bytes(config))) {
            new ConfigConversion(text).convert(null);
            return new String(withoutComments ? text.bytesWithoutComments() : text.bytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
