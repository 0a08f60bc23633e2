package io.github.unloadcopy.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.staging.S3Location;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROLE = "arn:aws:iam::123456789012:role/staging";
    private static final String PASSWORD = ciphertext();
    private static final String KEY_ID = ciphertext();
    private static final String SECRET_KEY = ciphertext();

    private final ConfigReader reader = new ConfigReader();

    @Test
    void readsTheNewestShape() throws ConfigException {
        final ParsedConfig parsed = read("""
                {
                  // the comments of the original's example
                  "unloadSource": {"clusterEndpoint": "source.abc.us-east-1.redshift.amazonaws.com", "clusterPort": 5439, "connectPwd": "%1$s", "connectUser": "master", "db": "dev",
                    "schemaName": "public", "tableNames": ["orders", "Line Items"], "columns": "column1, \\"a,b\\", column2"},
                  /* where it rests */
                  "s3Staging": {"aws_iam_role": "%2$s", "path": "s3://My-Bucket.test/Prefix/", "deleteOnSuccess": "True", "region": "us-east-1", "kmsGeneratedKey": "True"},
                  "copyTarget": {"clusterEndpoint": "target.example.com", "clusterPort": "5440", "connectPwd": "%1$s", "connectUser": "loader", "db": "prod",
                    "schemaName": "landing", "tableNames": ["o", "l"], "columns": ["x", "y,z", "w"], "explicit_ids": true}
                }
                """.formatted(PASSWORD, ROLE));

        assertEquals(List.of(), parsed.warnings());
        final List<String> columns = List.of("column1", "a,b", "column2");
        final List<String> targetColumns = List.of("x", "y,z", "w");
        assertEquals(new MigrationConfig(
                new ClusterConfig("source.abc.us-east-1.redshift.amazonaws.com", 5439, "dev", "master", PASSWORD),
                new ClusterConfig("target.example.com", 5440, "prod", "loader", PASSWORD),
                new StagingConfig(new S3Location("My-Bucket.test", "Prefix/"), "us-east-1", new StagingAuthorization.Role(ROLE), true),
                List.of(
                        new TablePair(new TableConfig("public", "orders", columns), new TableConfig("landing", "o", targetColumns), null, true),
                        new TablePair(new TableConfig("public", "Line Items", columns), new TableConfig("landing", "l", targetColumns), null, true))), parsed.config());
    }

    @Test
    void readsTheFirstShape() throws ConfigException {
        final ParsedConfig parsed = read("""
                {"unloadSource": {"clusterEndpoint": "source", "clusterPort": 5439, "connectPwd": "%1$s", "connectUser": "master", "db": "dev", "schemaName": "public", "tableName": "orders"},
                 "s3Staging": {"aws_access_key_id": "%2$s", "aws_secret_access_key": "%3$s", "path": "s3://bucket", "deleteOnSuccess": "False"},
                 "copyTarget": {"clusterEndpoint": "target", "clusterPort": 5439, "connectPwd": "%1$s", "connectUser": "master", "db": "dev", "schemaName": "public", "tableName": "copy"}}
                """.formatted(PASSWORD, KEY_ID, SECRET_KEY));

        assertEquals(List.of(), parsed.warnings());
        assertEquals(new StagingConfig(new S3Location("bucket", ""), null, new StagingAuthorization.AccessKey(KEY_ID, SECRET_KEY), false), parsed.config().staging());
        assertEquals(List.of(new TablePair(new TableConfig("public", "orders", List.of()), new TableConfig("public", "copy", List.of()), null, false)), parsed.config().tables());
    }

    @Test
    void theTargetTakesTablesAndSchemaFromTheSource() throws ConfigException {
        final MigrationConfig config = read(changed(document -> {
            source(document).put("schemaName", "Sales");
            source(document).putArray("tableNames").add("a").add("b");
            target(document).remove(List.of("schemaName", "tableNames"));
        })).config();

        assertEquals(List.of("Sales.a", "Sales.b"), config.tables().stream().map(pair -> pair.target().schema() + "." + pair.target().table()).toList());
    }

    @Test
    void theTargetMayNameItsSchemaOnly() throws ConfigException {
        final MigrationConfig config = read(changed(document -> target(document).put("schemaName", "elsewhere").remove("tableNames"))).config();

        assertEquals(new TableConfig("elsewhere", "orders", List.of()), config.tables().getFirst().target());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "'\"True\"', true", "'\"true\"', true", "'\"TRUE\"', true", "'\"False\"', false", "'\"false\"', false", "'\"FALSE\"', false"})
    void readsBooleansAsTheyOccur(final String json, final boolean expected) throws Exception {
        final ObjectNode document = document();
        staging(document).set("deleteOnSuccess", JSON.readTree(json));
        target(document).set("explicit_ids", JSON.readTree(json));

        final MigrationConfig config = read(document.toString()).config();

        assertEquals(expected, config.staging().deleteOnSuccess());
        assertEquals(expected, config.tables().getFirst().explicitIds());
    }

    @Test
    void booleansLeftOutAreFalse() throws ConfigException {
        final MigrationConfig config = read(document().toString()).config();

        assertFalse(config.staging().deleteOnSuccess());
        assertFalse(config.tables().getFirst().explicitIds());
    }

    @Test
    void theRoleWinsOverTheAccessKeyWithAWarning() throws ConfigException {
        final ParsedConfig parsed = read(changed(document -> staging(document).put("aws_access_key_id", KEY_ID).put("aws_secret_access_key", SECRET_KEY)));

        assertEquals(new StagingAuthorization.Role(ROLE), parsed.config().staging().authorization());
        assertEquals(1, parsed.warnings().size());
        assertTrue(parsed.warnings().getFirst().contains("s3Staging.aws_iam_role"), parsed.warnings().toString());
    }

    @Test
    void blankOptionalFieldsCountAsLeftOut() throws ConfigException {
        final MigrationConfig config = read(changed(document -> staging(document).put("aws_access_key_id", "").put("aws_secret_access_key", "").put("region", ""))).config();

        assertEquals(new StagingAuthorization.Role(ROLE), config.staging().authorization());
        assertNull(config.staging().region());
    }

    @Test
    void acceptsChainedRolesAndAllColumns() throws ConfigException {
        final String chain = ROLE + ",arn:aws-cn:iam::210987654321:role/path/second";
        final MigrationConfig config = read(changed(document -> {
            staging(document).put("aws_iam_role", chain);
            source(document).put("columns", "*");
        })).config();

        assertEquals(new StagingAuthorization.Role(chain), config.staging().authorization());
        assertEquals(List.of(), config.tables().getFirst().source().columns());
    }

    @Test
    void warnsOfUnknownFieldsAndNamesTheNearest() throws ConfigException {
        final ParsedConfig parsed = read(changed(document -> {
            document.put("comment", "mine");
            staging(document).put("deleteonsucces", "True");
            target(document).put("explicitIds", true);
            source(document).put("zzz", 1);
        }));

        assertEquals(List.of(
                "comment (line 1) is not a field of this format and is ignored",
                "unloadSource.zzz (line 1) is not a field of this format and is ignored",
                "s3Staging.deleteonsucces (line 1) is not a field of this format and is ignored; did you mean deleteOnSuccess?",
                "copyTarget.explicitIds (line 1) is not a field of this format and is ignored; did you mean explicit_ids?"), parsed.warnings());
    }

    @Test
    void theEditorsReferenceToTheSchemaMeansNothing() throws ConfigException {
        final ParsedConfig parsed = read(changed(document -> document.put("$schema", "https://nowhere.invalid/other.json")));

        assertEquals(read(document().toString()), parsed);
    }

    @Test
    void warnsWhenTheKeyShouldNotComeFromKms() throws ConfigException {
        final ParsedConfig parsed = read(changed(document -> staging(document).put("kmsGeneratedKey", "False")));

        assertEquals(List.of("s3Staging.kmsGeneratedKey (line 1) is false, but keys come from KMS here all the same"), parsed.warnings());
    }

    @ParameterizedTest
    @CsvSource({
            "/unloadSource/clusterEndpoint", "/unloadSource/clusterPort", "/unloadSource/connectPwd", "/unloadSource/connectUser", "/unloadSource/db", "/unloadSource/schemaName",
            "/s3Staging/path", "/copyTarget/clusterEndpoint", "/copyTarget/clusterPort", "/copyTarget/connectPwd", "/copyTarget/connectUser", "/copyTarget/db"})
    void refusesAMissingField(final String pointer) {
        final ObjectNode document = document();
        final int slash = pointer.lastIndexOf('/');
        ((ObjectNode) document.at(pointer.substring(0, slash))).remove(pointer.substring(slash + 1));

        final List<String> problems = problems(document.toString());

        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().startsWith(pointer.substring(1).replace('/', '.') + " is missing in the object on line 1; add it: "), problems.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unloadSource", "s3Staging", "copyTarget"})
    void refusesAMissingSection(final String section) {
        final List<String> problems = problems(changed(document -> document.remove(section)));

        assertEquals(1, problems.stream().filter(problem -> problem.startsWith(section + " is missing; add it: an object that says")).count(), problems.toString());
        assertTrue(problems.stream().allMatch(problem -> problem.startsWith(section)), problems.toString());
    }

    @Test
    void aMissingFieldNamesTheOneThatWasProbablyMeant() {
        final List<String> problems = problems(changed(document -> {
            source(document).remove("clusterEndpoint");
            source(document).put("clusterEndPoint", "source");
        }));

        assertEquals(List.of("unloadSource.clusterEndpoint is missing, but unloadSource.clusterEndPoint (line 1) is close: rename it; expected: host name of the cluster, "
                + "without port and database"), problems);
    }

    @ParameterizedTest
    @CsvSource({
            "/unloadSource, '[]', unloadSource (line 1) is empty",
            "/unloadSource, '\"text\"', unloadSource (line 1) is a text that does not fit",
            "/unloadSource/clusterEndpoint, 5, unloadSource.clusterEndpoint (line 1) is a number that does not fit",
            "/unloadSource/clusterEndpoint, '\"host:5439/dev\"', unloadSource.clusterEndpoint (line 1) is a text that does not fit; expected: host name of the cluster",
            "/unloadSource/clusterPort, 0, unloadSource.clusterPort (line 1) is a number that does not fit; expected: TCP port",
            "/unloadSource/clusterPort, 65536, unloadSource.clusterPort (line 1) is a number",
            "/unloadSource/clusterPort, '\"65536\"', unloadSource.clusterPort (line 1) is a text",
            "/unloadSource/clusterPort, 5439.5, unloadSource.clusterPort (line 1) is a number",
            "/unloadSource/clusterPort, '\"abc\"', unloadSource.clusterPort (line 1) is a text",
            "/unloadSource/clusterPort, true, unloadSource.clusterPort (line 1) is a boolean",
            "/unloadSource/connectPwd, 7, unloadSource.connectPwd (line 1) is not text",
            "/unloadSource/connectPwd, '\"\"', unloadSource.connectPwd (line 1) is empty",
            "/unloadSource/connectPwd, '\"abc$\"', unloadSource.connectPwd (line 1) is not base64",
            "/unloadSource/connectPwd, '\"abcde\"', unloadSource.connectPwd (line 1) is not whole base64",
            "/unloadSource/connectUser, '\" \"', unloadSource.connectUser (line 1) is empty",
            "/unloadSource/db, null, unloadSource.db (line 1) is null",
            "/unloadSource/schemaName, '[\"a\"]', unloadSource.schemaName (line 1) is an array",
            "/unloadSource/tableNames, '\"a,b\"', unloadSource.tableNames (line 1) is a text that does not fit; expected: names of the tables",
            "/unloadSource/tableNames, '[]', unloadSource.tableNames (line 1) is empty",
            "/unloadSource/tableNames, '[\"a\", 5]', unloadSource.tableNames.1 (line 1) is a number that does not fit; expected: names of the tables",
            "/unloadSource/tableNames, '[\"a\", \"a\"]', unloadSource.tableNames (line 1) names the table a twice",
            "/unloadSource/columns, 5, unloadSource.columns (line 1) is a number that does not fit; expected: columns to unload",
            "/unloadSource/columns, '[\"a\", 5]', unloadSource.columns.1 (line 1) is a number",
            "/unloadSource/columns, '\"a,,b\"', unloadSource.columns (line 1) has no name for column 2",
            "/unloadSource/columns, '\"a, b * 2\"', unloadSource.columns (line 1) has an expression without a name for column 2 of its list: write AS",
            "/copyTarget/columns, '\"a * 2 AS b\"', copyTarget.columns (line 1) has an expression: rows are loaded into columns",
            "/unloadSource/columns, '\"a,b,a\"', unloadSource.columns (line 1) names the column a twice",
            "/unloadSource/unloadStatement, '\"unload (x)\"', unloadSource.unloadStatement (line 1) is not of the form unload",
            "/unloadSource/tableName, '\"orders\"', unloadSource.tableName (line 1) and tableNames are both given",
            "/s3Staging/path, '\"https://bucket/x\"', s3Staging.path (line 1) is a text that does not fit; expected: folder in S3",
            "/s3Staging/path, '\"s3:///x\"', s3Staging.path (line 1) is a text",
            "/s3Staging/path, '\"s3://a!b/x\"', s3Staging.path (line 1) is no place in S3: \"a!b\" is no name of an S3 bucket",
            "/s3Staging/path, '\"s3://bucket/a/../b/\"', s3Staging.path (line 1) is no place in S3: s3://bucket/a/../b/ cannot be staged below: \"..\" is not allowed as a folder",
            "/s3Staging/path, '\"s3://bucket/a/%2e%2e/\"', s3Staging.path (line 1) is no place in S3",
            "/s3Staging/path, '\"s3://bucket/a\\tb/\"', s3Staging.path (line 1) is no place in S3",
            "/s3Staging/path, '\"s3://bucket/a\\\\b/\"', s3Staging.path (line 1) is no place in S3",
            "/unloadSource/db, '\"a\\u0000b\"', unloadSource.db (line 1) holds a NUL or half of a surrogate pair",
            "/s3Staging/region, '\"US East\"', s3Staging.region (line 1) is a text that does not fit",
            "/s3Staging/aws_iam_role, '\"staging\"', s3Staging.aws_iam_role (line 1) is a text that does not fit; expected: ARN of a role",
            "/s3Staging/aws_iam_role, '\"\"', s3Staging (line 1) has no authorization",
            "/s3Staging/deleteOnSuccess, '\"yes\"', s3Staging.deleteOnSuccess (line 1) is a text that does not fit; expected: whether staged data is deleted",
            "/s3Staging/deleteOnSuccess, 1, s3Staging.deleteOnSuccess (line 1) is a number",
            "/s3Staging/kmsGeneratedKey, '\"perhaps\"', s3Staging.kmsGeneratedKey (line 1) is a text",
            "/copyTarget/explicit_ids, '\"1\"', copyTarget.explicit_ids (line 1) is a text",
            "/copyTarget/tableNames, '[\"a\", \"b\"]', copyTarget.tableNames (line 1) names 2 table(s)",
            "/copyTarget/schemaName, 5, copyTarget.schemaName (line 1) is a number",
            "/copyTarget/connectPwd, '\"**\"', copyTarget.connectPwd (line 1) is not base64"})
    void refusesAWrongValue(final String pointer, final String json, final String expected) throws Exception {
        final ObjectNode document = document();
        final int slash = pointer.lastIndexOf('/');
        ((ObjectNode) document.at(pointer.substring(0, slash))).set(pointer.substring(slash + 1), JSON.readTree(json));

        final List<String> problems = problems(document.toString());

        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().startsWith(expected), problems.toString());
    }

    @Test
    void refusesHalfAnAccessKey() {
        final List<String> problems = problems(changed(document -> staging(document).put("aws_access_key_id", KEY_ID).remove("aws_iam_role")));

        assertEquals(List.of("s3Staging.aws_secret_access_key is missing: an access key has two parts; add it, or use aws_iam_role instead"), problems);
    }

    @Test
    void refusesAPlainAccessKeyId() {
        final String plain = "AKIA" + "A".repeat(16);
        final String json = changed(document -> staging(document).put("aws_access_key_id", plain).put("aws_secret_access_key", SECRET_KEY));
        final ConfigException failure = assertThrows(ConfigException.class, () -> read(json));

        assertTrue(failure.getMessage().contains("s3Staging.aws_access_key_id (line 1) is an access key id in plain text"), failure.getMessage());
        assertFalse(failure.getMessage().contains(plain), failure.getMessage());
    }

    @Test
    void warnsOfWhatIsTooShortForACiphertext() throws ConfigException {
        final ParsedConfig parsed = read(changed(document -> source(document).put("connectPwd", "Password1234")));

        assertEquals(1, parsed.warnings().size());
        assertTrue(parsed.warnings().getFirst().startsWith("unloadSource.connectPwd (line 1) is too short for a KMS ciphertext"), parsed.warnings().toString());
    }

    @Test
    void refusesUnequalNumbersOfColumns() {
        final List<String> problems = problems(changed(document -> {
            source(document).put("columns", "a,b");
            target(document).put("columns", "a");
        }));

        assertEquals(List.of("copyTarget.columns (line 1) names 1 column(s), but the source 2: they are paired by position"), problems);
    }

    @Test
    void refusesATableThatIsLoadedIntoItself() {
        final List<String> problems = problems(changed(document -> {
            target(document).put("clusterEndpoint", "SOURCE").put("schemaName", "public");
            target(document).putArray("tableNames").add("orders");
        }));

        assertEquals(1, problems.size(), problems.toString());
        assertTrue(problems.getFirst().startsWith("copyTarget (line 1) is the source itself"), problems.toString());
    }

    @Test
    void tellsAllProblemsAtOnceInTheOrderOfTheDocument() {
        final List<String> problems = problems("""
                {
                  "unloadSource": {
                    "clusterEndpoint": "source",
                    "clusterPort": "x",
                    "connectPwd": "!",
                    "connectUser": "master", "db": "dev", "schemaName": "public"
                  },
                  "s3Staging": {
                    "path": "bucket"
                  },
                  "copyTarget": {}
                }
                """);

        assertEquals(List.of(
                "unloadSource.tableNames is missing: add the names of the tables to unload, an array of texts",
                "unloadSource.clusterPort (line 4) is a text that does not fit; expected: TCP port of the cluster, 1 to 65535, usually 5439",
                "unloadSource.connectPwd (line 5) is not base64; expected: the user's password, encrypted with KMS, in base64 on one line",
                "s3Staging (line 8) has no authorization: add aws_iam_role, the ARN of a role that both clusters may assume, or both aws_access_key_id and aws_secret_access_key",
                "s3Staging.path (line 9) is a text that does not fit; expected: folder in S3, s3://bucket/path/, without . and .. in the path, below which every run makes its own"),
                problems.subList(0, 5));
        assertEquals(List.of("clusterEndpoint", "clusterPort", "connectPwd", "connectUser", "db"),
                problems.subList(5, problems.size()).stream().map(problem -> problem.replaceAll("copyTarget\\.(\\w+) is missing in the object on line 11.*", "$1")).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'{\"a\": 1'|Line 1: the configuration ends too early",
            "'{\"a\": }'|Line 1, column 7: this is not JSON",
            "'{\"a\": hunter2}'|Line 1, column",
            "'{} {}'|Line 1, column",
            "'{\"db\": 1, \"db\": 2}'|Line 1: the field db is given twice",
            "'[]'|The configuration is not a JSON object",
            "''|The configuration is not a JSON object"})
    void refusesWhatIsNotJson(final String text, final String expected) {
        final ConfigException failure = assertThrows(ConfigException.class, () -> read(text));

        assertEquals(1, failure.problems().size());
        assertTrue(failure.problems().getFirst().startsWith(expected), failure.getMessage());
        assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
        assertNull(failure.getCause());
    }

    @Test
    void refusesBytesThatAreNotText() {
        final byte[] bytes = document().toString().replace("orders", "orders\u00e9").getBytes(StandardCharsets.ISO_8859_1);

        assertThrows(ConfigException.class, () -> reader.read(bytes));
    }

    @Property(tries = 200)
    void quotesNoSecretWhateverStandsThere(@ForAll @AlphaChars @StringLength(min = 12, max = 60) final String secret) throws Exception {
        for (final String value : List.of("\"%s!\"", "[\"%s\"]", "{\"%s\": 1}", "\"%s\n", "%s", "\"x=\" %s", "\"%s")) {
            final String spelled = value.formatted(secret);

            for (final String field : List.of("connectPwd", "aws_access_key_id", "aws_secret_access_key")) {
                final String text = document().put("last", 1).toString().replace("\"" + PASSWORD + "\"", spelled).replace("\"path\"", "\"%s\":%s,\"path\"".formatted(field, spelled));
                final ConfigException failure = assertThrows(ConfigException.class, () -> read(text));
                final String all = failure.getMessage() + failure.problems() + failure.getCause();

                assertFalse(all.contains(secret), all);
            }
        }
    }

    @Property(tries = 300)
    void aDamagedDocumentIsRefusedAndNeverBreaksTheReader(@ForAll final int seed) {
        final byte[] bytes = document().toString().getBytes(StandardCharsets.UTF_8);
        final byte[] damaged = Arrays.copyOf(bytes, Math.floorMod(seed, bytes.length));

        assertThrows(ConfigException.class, () -> reader.read(damaged));
    }

    private ParsedConfig read(final String json) throws ConfigException {
        return reader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> problems(final String json) {
        final ConfigException failure = assertThrows(ConfigException.class, () -> read(json));
        assertTrue(Stream.of(PASSWORD, KEY_ID, SECRET_KEY).noneMatch(failure.getMessage()::contains), failure.getMessage());
        return failure.problems();
    }

    private static String changed(final Consumer<ObjectNode> change) {
        final ObjectNode document = document();
        change.accept(document);
        return document.toString();
    }

    private static ObjectNode document() {
        final ObjectNode document = JSON.createObjectNode();
        document.putObject("unloadSource").put("clusterEndpoint", "source").put("clusterPort", 5439).put("connectPwd", PASSWORD).put("connectUser", "master").put("db", "dev")
                .put("schemaName", "public").putArray("tableNames").add("orders");
        document.putObject("s3Staging").put("aws_iam_role", ROLE).put("path", "s3://bucket/prefix/");
        document.putObject("copyTarget").put("clusterEndpoint", "target").put("clusterPort", 5439).put("connectPwd", PASSWORD).put("connectUser", "master").put("db", "dev");
        return document;
    }

    private static ObjectNode source(final ObjectNode document) {
        return (ObjectNode) document.get("unloadSource");
    }

    private static ObjectNode staging(final ObjectNode document) {
        return (ObjectNode) document.get("s3Staging");
    }

    private static ObjectNode target(final ObjectNode document) {
        return (ObjectNode) document.get("copyTarget");
    }

    /** As long as what KMS gives for a short value. */
    private static String ciphertext() {
        final byte[] bytes = new byte[150];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void expressionsBecomeAQuery() throws Exception {
        for (final String columns : List.of("\"id, coalesce(a, 'x, y') as a\"", "[\"id\", \"coalesce(a, 'x, y') as a\"]")) {
            final ObjectNode document = document();
            ((ObjectNode) document.at("/unloadSource")).set("columns", JSON.readTree(columns));
            final TablePair pair = new ConfigReader().read(document.toString().getBytes(StandardCharsets.UTF_8)).config().tables().getFirst();

            assertEquals(List.of("id", "a"), pair.source().columns());
            assertEquals("SELECT \"id\", coalesce(a, 'x, y') AS \"a\" FROM \"%s\".\"%s\"".formatted(pair.source().schema(), pair.source().table()), pair.query());
        }
    }

    @Test
    void anUnloadStatementThatLeavesItsParenthesesIsRefused() throws Exception {
        final ObjectNode document = document();
        ((ObjectNode) document.at("/unloadSource")).put("unloadStatement", "unload ('SELECT 1 AS a) AS x; DROP TABLE y; COMMIT; SELECT * FROM (SELECT 1') to '{dataStagingPath}.'");

        assertTrue(problems(document.toString()).getFirst().startsWith("unloadSource.unloadStatement (line 1) has more than one statement"), problems(document.toString()).toString());
    }

    @Test
    void aPathWithoutRoomForTheKeysIsRefused() throws Exception {
        final ObjectNode document = document();
        ((ObjectNode) document.at("/s3Staging")).put("path", "s3://bucket/" + "a".repeat(950));

        assertTrue(problems(document.toString()).getFirst().startsWith("s3Staging.path (line 1) has no room for table"), problems(document.toString()).toString());
    }

    /** By everything that reads a configuration: the engine, and what changes the text of one. */
    @Test
    void everyOtherEncodingIsNamed() throws Exception {
        final String json = "{\n  \"unloadSource\": {\"db\": \"d\u00e9v\"}}";

        for (final Charset charset : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, Charset.forName("UTF-32"))) {
            final byte[] bytes = json.getBytes(charset);
            final String read = assertThrows(ConfigException.class, () -> new ConfigReader().read(bytes)).getMessage();

            assertTrue(read.contains("not UTF-8"), charset + ": " + read);
            assertTrue(read.contains("save it as UTF-8"), charset + ": " + read);
            assertEquals(read, assertThrows(ConfigException.class, () -> ConfigText.parse(bytes)).getMessage());
        }

        final byte[] latin = json.getBytes(StandardCharsets.ISO_8859_1);
        assertTrue(assertThrows(ConfigException.class, () -> new ConfigReader().read(latin)).getMessage().contains("Line 2, offset 29: the configuration is not UTF-8, the byte 0xE9"));
        final byte[] cut = Arrays.copyOf(json.getBytes(StandardCharsets.UTF_8), 30);
        assertTrue(assertThrows(ConfigException.class, () -> new ConfigReader().read(cut)).getMessage().contains("Line 2, offset 29: the configuration is not UTF-8"));
    }

    @Test
    void halfACharacterIsNamed() throws Exception {
        final String json = document().toString().replace("\"tableNames\":[\"", "\"tableNames\":[\"\\ud800");

        assertTrue(problems(json).getFirst().startsWith("unloadSource.tableNames.0 (line 1) holds a NUL or half of a surrogate pair"), problems(json).toString());
    }

    @Test
    void aByteOrderMarkOfUtf8IsIgnored() throws Exception {
        final byte[] marked = ("\uFEFF" + document()).getBytes(StandardCharsets.UTF_8);

        assertEquals(new ConfigReader().read(document().toString().getBytes(StandardCharsets.UTF_8)).config(), new ConfigReader().read(marked).config());

        try (ConfigText text = ConfigText.parse(marked)) {
            assertArrayEquals(marked, text.bytes());
        }
    }
}
