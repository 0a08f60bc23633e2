package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigurationIT {
    private static final CliSandbox SANDBOX = CliSandbox.get();
    private static final String BUCKET = "cli-staging";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String HEX_PASSWORD = "0123456789abcdef".repeat(4);

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeTablesAndBuckets() throws Exception {
        SANDBOX.execute("source", "CREATE SCHEMA sales", "CREATE TABLE sales.orders (id BIGINT, name VARCHAR(20))", "INSERT INTO sales.orders SELECT 1, 'a' UNION ALL SELECT 2, 'b'",
                "ANALYZE sales.orders", "CREATE TABLE sales.items (id BIGINT)");
        SANDBOX.execute("target", "CREATE SCHEMA sales", "CREATE TABLE sales.orders (name VARCHAR(10), id BIGINT)",
                "CREATE USER loader PASSWORD 'Loader-12345'", "GRANT USAGE ON SCHEMA sales TO loader", "GRANT SELECT ON sales.orders TO loader");

        try (S3Client here = SANDBOX.s3(CliSandbox.REGION); S3Client elsewhere = SANDBOX.s3("eu-west-1")) {
            here.createBucket(request -> request.bucket(BUCKET));
            elsewhere.createBucket(request -> request.bucket("cli-elsewhere").createBucketConfiguration(location -> location.locationConstraint("eu-west-1")));
        }
    }

    @Test
    void encryptsWhatIsPlainAndLeavesTheRest() throws Exception {
        final String plain = """
                // every night
                {"unloadSource": {"connectPwd": "old-\\"pass\\u00e9", "x": 1}, /* a */
                 "s3Staging": {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "%s"},
                 "copyTarget": {"connectPwd": "%s"}}
                """.formatted(SECRET_KEY, HEX_PASSWORD);
        final CliRun run = CliRun.of(plain, "encrypt-config").requireStatus(ExitStatus.OK).requireSilenceAbout("old-", SECRET_KEY, "AKIAIOSFODNN7EXAMPLE", HEX_PASSWORD);

        assertEquals(plain.replaceAll("(connectPwd|_id|_key)\": \"(\\\\.|[^\"\\\\])*\"", "$1\": \"\""), run.out().replaceAll("(connectPwd|_id|_key)\": \"[A-Za-z0-9+/=]{60,}\"", "$1\": \"\""));
        assertEquals(4, run.err().lines().filter(line -> line.endsWith(" was encrypted")).count(), run.err());

        final CliRun again = CliRun.of(run.out(), "encrypt-config", "--json").requireStatus(ExitStatus.OK);
        assertEquals(run.out(), again.json().path("configuration").asText());
        assertEquals(4, again.json().path("kept").size());
        assertEquals(0, again.json().path("encrypted").size());
    }

    @Test
    void namesTheFieldThatOnlyLooksEncrypted() throws Exception {
        final CliRun run = CliRun.of("{\"copyTarget\": {\n\"connectPwd\": \"" + "QUJD".repeat(40) + "\"}}", "encrypt-config").requireStatus(ExitStatus.CHECK_FAILED).requireSilenceAbout("QUJD");

        assertTrue(run.err().contains("copyTarget.connectPwd (line 2) looks encrypted and does not decrypt"), run.err());
        assertEquals("", run.out());
    }

    @Test
    void readsAFileAndSaysWhenItCannot() throws Exception {
        final Path file = Files.writeString(folder.resolve("plain.json"), "{\"copyTarget\": {\"connectPwd\": \"Hunter-2\"}}");

        CliRun.of("", "encrypt-config", file.toString()).requireStatus(ExitStatus.OK).requireSilenceAbout("Hunter-2");
        assertTrue(CliRun.of("", "encrypt-config", folder.resolve("none").toString()).requireStatus(ExitStatus.INPUT).err().contains("There is no file"));
        CliRun.of("{\"connectPwd\": \"Hunter-2\" x", "encrypt-config").requireStatus(ExitStatus.CHECK_FAILED).requireSilenceAbout("Hunter-2");
    }

    @Test
    void convertsWithoutAws() throws Exception {
        final String old = "{\"unloadSource\": {\"tableName\": \"orders\", \"schemaName\": \"s\"}, // old\n \"s3Staging\": {\"deleteOnSuccess\": \"True\"}, \"copyTarget\": {}}";
        final CliRun run = CliRun.of(Map.of(), old, "convert-config", "--json", "--strip-comments").requireStatus(ExitStatus.CHECK_FAILED);

        assertEquals("{\"unloadSource\": {\"tableNames\": [\"orders\"], \"schemaName\": \"s\"},\n \"s3Staging\": {\"deleteOnSuccess\": true}, "
                + "\"copyTarget\": {\"schemaName\": \"s\", \"tableNames\": [\"orders\"]}}", run.json().path("configuration").asText());
        assertEquals(4, run.json().path("changes").size());
        assertTrue(run.json().path("problems").toString().contains("s3Staging.path"), run.out());
    }

    @Test
    void aSoundConfigurationPassesAndNothingIsWritten() throws Exception {
        final Path file = config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/");
        final JsonNode json = check(ExitStatus.OK, file.toString());

        assertEquals("{\"source\":{\"schema\":\"sales\",\"table\":\"orders\"},\"target\":{\"schema\":\"sales\",\"table\":\"orders\"},\"rows\":2,\"query\":false}", json.at("/tables/0").toString());
        assertEquals("ok", outcome(json, "source sales.orders"), json.toString());
        assertEquals("warning", outcome(json, "target sales.orders"), json.toString());
        assertEquals("ok", outcome(json, "ledger public.unloadcopy_loads"), json.toString());
        assertEquals("SNAPSHOT", message(json, "source isolation"));
        assertEquals("SNAPSHOT", message(json, "target isolation"));

        try (S3Client s3 = SANDBOX.s3(CliSandbox.REGION)) {
            assertEquals(0, s3.listObjectsV2(request -> request.bucket(BUCKET).prefix("x/")).keyCount());
        }

        SANDBOX.execute("target", "CREATE TABLE public.unloadcopy_loads (x INT)", "DROP TABLE public.unloadcopy_loads");
    }

    @Test
    void readsItFromS3AndInTextToo() throws Exception {
        final Path file = config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/");

        try (S3Client s3 = SANDBOX.s3(CliSandbox.REGION)) {
            s3.putObject(request -> request.bucket(BUCKET).key("config.json"), RequestBody.fromFile(file));
        }

        final CliRun run = CliRun.of("", "check-config", "--root-certificate", SANDBOX.endpoints().caFile(), "s3://" + BUCKET + "/config.json").requireStatus(ExitStatus.OK);
        assertTrue(run.out().contains("sales.orders    sales.orders"), run.out());
        assertTrue(run.out().matches("(?s).*ok +configuration's bucket +cli-staging is in us-east-1.*"), run.out());
        assertTrue(run.out().indexOf('\u001B') < 0, "Colours are for terminals");
        assertTrue(CliRun.of("", "check-config", "s3://cli-elsewhere/config.json").requireStatus(ExitStatus.CHECK_FAILED).out()
                .contains("is in eu-west-1, but the Region given is us-east-1"));
    }

    @Test
    void everythingThatIsWrongIsNamedAtOnce() throws Exception {
        final JsonNode json = check(ExitStatus.CHECK_FAILED, config("items", "loader", "Loader-12345", "s3://cli-elsewhere/x/").toString());

        assertTrue(message(json, "staging bucket").contains("is in eu-west-1, but the Region given is us-east-1"), json.toString());
        assertEquals("ok", outcome(json, "source sales.items"));
        assertTrue(message(json, "target sales.items").contains("Create the schema and the table"), json.toString());
        assertTrue(json.at("/tables/0/rows").isNull(), json.toString());
        assertTrue(message(check(ExitStatus.CHECK_FAILED, config("orders", "loader", "Loader-12345", "s3://" + BUCKET + "/x/").toString()), "target sales.orders")
                .contains("The user lacks INSERT on sales.orders: GRANT INSERT"));
        final JsonNode wrongPassword = check(ExitStatus.CHECK_FAILED, config("orders", "loader", "Wrong-12345", "s3://no-such-bucket/x/").toString());
        assertEquals("failed", outcome(wrongPassword, "target login"), wrongPassword.toString());
        assertTrue(message(wrongPassword, "staging bucket").contains("There is no bucket no-such-bucket"), wrongPassword.toString());
    }

    @Test
    void columnsThatALoadCannotFillAreNamed() throws Exception {
        SANDBOX.execute("source", "CREATE TABLE sales.numbered (id BIGINT, name VARCHAR(20))", "CREATE TABLE sales.demanding (id BIGINT)");
        SANDBOX.execute("target", "CREATE TABLE sales.numbered (id BIGINT IDENTITY(1, 1), name VARCHAR(20))", "CREATE TABLE sales.demanding (id BIGINT, name VARCHAR(20) NOT NULL)");
        final SandboxEndpoints.Cluster target = SANDBOX.endpoints().cluster("target");
        final Path numbered = config("numbered", target.user(), target.password(), "s3://" + BUCKET + "/x/");
        final Path explicit = Files.writeString(folder.resolve("explicit.json"), Files.readString(numbered).replace("\"copyTarget\": {", "\"copyTarget\": {\"explicit_ids\": true, "));
        final Path demanding = config("demanding", target.user(), target.password(), "s3://" + BUCKET + "/x/");

        assertTrue(message(check(ExitStatus.CHECK_FAILED, numbered.toString()), "target sales.numbered").contains("column id is an IDENTITY column and is to be loaded, but explicit_ids is false"));
        assertEquals("ok", outcome(check(ExitStatus.OK, explicit.toString()), "target sales.numbered"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, demanding.toString()), "target sales.demanding").contains("column name is NOT NULL, has no default"));
    }

    /** COPY needs INSERT only, and what is unloaded needs SELECT on its own columns only. */
    @Test
    void privilegesAreCheckedForTheColumnsThatAreMoved() throws Exception {
        SANDBOX.execute("source", "CREATE TABLE sales.people (id BIGINT, name VARCHAR(20), ssn VARCHAR(11))", "CREATE USER clerk PASSWORD 'Clerk-12345'",
                "GRANT USAGE ON SCHEMA sales TO clerk", "GRANT SELECT (id, name) ON sales.people TO clerk");
        SANDBOX.execute("target", "CREATE TABLE sales.people (id BIGINT, name VARCHAR(20), ssn VARCHAR(11))", "CREATE USER appender PASSWORD 'Appender-12345'",
                "GRANT USAGE ON SCHEMA sales TO appender", "GRANT INSERT ON sales.people TO appender", "GRANT CREATE ON SCHEMA public TO appender");
        final SandboxEndpoints.Cluster source = SANDBOX.endpoints().cluster("source");
        final String all = Files.readString(config("people", "appender", "Appender-12345", "s3://" + BUCKET + "/x/"))
                .replaceFirst("(\"connectUser\": )\"" + source.user() + "\"", "$1\"clerk\"")
                .replaceFirst("(\"connectPwd\": )\"[^\"]+\"", "$1\"" + CliRun.of("Clerk-12345", "encrypt-value").requireStatus(ExitStatus.OK).out().strip() + "\"");
        final Path whole = Files.writeString(folder.resolve("whole.json"), all);
        final Path part = Files.writeString(folder.resolve("part.json"), all.replace("\"tableNames\"", "\"columns\": \"id\", \"tableNames\""));
        final Path hidden = Files.writeString(folder.resolve("hidden.json"), all.replace("\"tableNames\"", "\"columns\": \"ssn, id\", \"tableNames\""));

        final JsonNode sound = check(ExitStatus.OK, part.toString());
        assertEquals("1 column(s), may be read; whether masking policies change values is not shown to this user", message(sound, "source sales.people"));
        assertTrue(message(sound, "target sales.people").startsWith("1 column(s), may be loaded; their types could not be compared"), sound.toString());
        assertTrue(message(check(ExitStatus.CHECK_FAILED, whole.toString()), "source sales.people")
                .endsWith("The user lacks SELECT on the column(s) ssn. GRANT SELECT (\"ssn\") ON \"sales\".\"people\" to it, or list the columns to unload without them. It may read: id, name"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, hidden.toString()), "source sales.people").contains("The user lacks SELECT on the column(s) ssn. "));
    }

    /** Whether names that differ in their case are two tables, and two endpoints one cluster, the clusters tell. */
    @Test
    void namesThatFoldToOneTableAreRefused() throws Exception {
        SANDBOX.execute("target", "CREATE TABLE sales.t (id BIGINT, name VARCHAR(20))");
        final SandboxEndpoints.Cluster source = SANDBOX.endpoints().cluster("source");
        final SandboxEndpoints.Cluster target = SANDBOX.endpoints().cluster("target");
        final String plain = Files.readString(config("orders", target.user(), target.password(), "s3://" + BUCKET + "/x/"));
        final String itself = Files.readString(config("orders", source.user(), source.password(), "s3://" + BUCKET + "/x/"));
        final Path sourceTwins = Files.writeString(folder.resolve("source-twins.json"), plain.replace("[\"orders\"]", "[\"Orders\", \"orders\"]"));
        final Path targetTwins = Files.writeString(folder.resolve("target-twins.json"), plain.replace("[\"orders\"]", "[\"orders\", \"items\"]")
                .replace("\"copyTarget\": {", "\"copyTarget\": {\"tableNames\": [\"T\", \"t\"], "));
        final Path oneTable = Files.writeString(folder.resolve("one-table.json"), itself.replace("\"copyTarget\": {", "\"copyTarget\": {\"tableNames\": [\"ORDERS\"], ")
                .replaceFirst("(?s)(\"copyTarget\".*\"clusterEndpoint\": )\"[^\"]+\", \"clusterPort\": \\d+", "$1\"localhost\", \"clusterPort\": " + source.port()));

        final JsonNode twins = check(ExitStatus.CHECK_FAILED, sourceTwins.toString());
        assertTrue(message(twins, "source sales.Orders").startsWith("Orders and orders are one table of schema sales"), twins.toString());
        assertTrue(message(twins, "source sales.orders").startsWith("orders and Orders are one table of schema sales"), twins.toString());
        assertTrue(message(check(ExitStatus.CHECK_FAILED, targetTwins.toString()), "target sales.T").startsWith("T and t are one table of schema sales"));
        final JsonNode doubled = check(ExitStatus.CHECK_FAILED, oneTable.toString());
        assertTrue(message(doubled, "target sales.ORDERS").startsWith("sales.orders of the source and sales.ORDERS of the target are the same table"), doubled.toString());
    }

    @Test
    void tablesThatTheTargetLacksMayBeMade() throws Exception {
        final String target = SANDBOX.endpoints().cluster("target").user();
        final String sound = config("items", target, SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/").toString();
        final String withoutSchema = Files.writeString(folder.resolve("elsewhere.json"), Files.readString(Path.of(sound)).replaceFirst("(\"copyTarget\": \\{)", "$1\"schemaName\": \"new\", "))
                .toString();
        final String limited = config("orders", "loader", "Loader-12345", "s3://" + BUCKET + "/x/").toString();

        assertTrue(message(check(ExitStatus.CHECK_FAILED, sound), "target sales.items").contains("Create the schema and the table"));
        assertEquals("will be made like the source's", message(check(ExitStatus.OK, sound, "--target-table", "create-if-missing"), "target sales.items"));
        assertEquals("will be made like the source's, in place of one that is there", message(check(ExitStatus.OK, sound, "--target-table", "REPLACE"), "target sales.items"));
        assertEquals("failed", outcome(check(ExitStatus.CHECK_FAILED, withoutSchema, "--target-table", "create-if-missing"), "target new.items"));
        assertEquals("ok", outcome(check(ExitStatus.OK, withoutSchema, "--target-table", "create-if-missing", "--create-schema"), "target new.items"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, limited, "--target-table", "replace"), "target sales.orders").contains("the user may not create tables in its schema"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, limited, "--target-table", "create-if-missing"), "target sales.orders").contains("the user may not insert into it"));
        assertTrue(CliRun.of("", "check-config", "--target-table", "drop", sound).requireStatus(ExitStatus.USAGE).err().contains("--target-table is given twice, has no value, or"));
    }

    @Test
    void whatAReplacementWouldLoseIsNamed() throws Exception {
        SANDBOX.execute("source", "CREATE TABLE sales.kept (id BIGINT)", "CREATE TABLE sales.seen (id BIGINT)");
        SANDBOX.execute("target", "CREATE TABLE sales.kept (id BIGINT)", "GRANT CREATE ON SCHEMA sales TO loader", "ALTER TABLE sales.kept OWNER TO loader",
                "CREATE VIEW sales.seen AS SELECT id FROM sales.orders");
        final SandboxEndpoints.Cluster target = SANDBOX.endpoints().cluster("target");
        final String kept = config("kept", "loader", "Loader-12345", "s3://" + BUCKET + "/x/").toString();
        final String seen = config("seen", target.user(), target.password(), "s3://" + BUCKET + "/x/").toString();

        assertTrue(message(check(ExitStatus.CHECK_FAILED, seen), "target sales.seen").contains("it is a view or materialized view"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, kept, "--target-table", "replace"), "target sales.kept").contains("does not show user loader whether masking policies"));
        assertEquals("ok", outcome(check(ExitStatus.OK, kept, "--target-table", "replace", "--unverified-policies", "ignore"), "target sales.kept"));
        SANDBOX.execute("target", "CREATE USER sees_kept PASSWORD 'Sees-12345'", "GRANT SELECT ON sales.kept TO sees_kept");
        assertTrue(message(check(ExitStatus.CHECK_FAILED, kept, "--target-table", "replace", "--unverified-policies", "ignore"), "target sales.kept").contains("granted to sees_kept"));
    }

    @Test
    void aViewHasNoDefinitionThatATableCouldBeMadeFrom() throws Exception {
        SANDBOX.execute("source", "CREATE VIEW sales.recent AS SELECT id FROM sales.orders");
        final String config = config("recent", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/").toString();

        assertEquals("failed", outcome(check(ExitStatus.CHECK_FAILED, config, "--target-table", "create-if-missing"), "source sales.recent"));
        assertEquals("ok", outcome(check(ExitStatus.CHECK_FAILED, config), "source sales.recent"));
    }

    @Test
    void anUnloadStatementIsReadAsItIs() throws Exception {
        final String statement = "\"unloadStatement\": \"unload ('SELECT id, %s FROM {schema_name}.{table_name} WHERE id > 1') to '{dataStagingPath}' manifest\", ";
        final String plain = Files.readString(config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/"));
        final Path part = Files.writeString(folder.resolve("part.json"), plain.replaceFirst("(\"unloadSource\": \\{)", "$1" + statement.formatted("name")));
        final Path wrong = Files.writeString(folder.resolve("wrong.json"), plain.replaceFirst("(\"unloadSource\": \\{)", "$1" + statement.formatted("nothing")));
        final JsonNode json = check(ExitStatus.OK, part.toString());

        assertEquals("2 column(s), may be read by its query", message(json, "source sales.orders"));
        assertTrue(json.at("/tables/0/query").asBoolean() && json.at("/tables/0/rows").isNull(), json.toString());
        assertTrue(CliRun.of("", "check-config", "--root-certificate", SANDBOX.endpoints().caFile(), part.toString()).requireStatus(ExitStatus.OK).out().contains("part of sales.orders"));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, wrong.toString()), "source sales.orders").contains("nothing"));
    }

    /** The endpoint takes connections and never answers: whoever asks it would wait. */
    @Test
    void anUnloadStatementWithMoreThanOneStatementNeverLeavesTheMachine() throws Exception {
        final String statement = "\"unloadStatement\": \"unload ('SELECT id FROM sales.orders) AS x; DROP TABLE sales.orders; COMMIT; SELECT * FROM (SELECT 1') to '{dataStagingPath}'\", ";
        final String plain = Files.readString(config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/"));

        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            final String json = plain.replaceFirst("(\"unloadSource\": \\{)", "$1" + statement).replaceAll("\"clusterPort\": \"?\\d+\"?", "\"clusterPort\": " + silent.getLocalPort());
            final Path file = Files.writeString(folder.resolve("injected.json"), json);
            final JsonNode answer = check(ExitStatus.CHECK_FAILED, file.toString());

            assertEquals(1, answer.path("checks").size(), answer.toString());
            assertTrue(message(answer, "configuration").contains("unloadSource.unloadStatement (line "), answer.toString());
            assertTrue(message(answer, "configuration").contains("more than one statement"), answer.toString());
            silent.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, silent::accept);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "UTF-16"})
    void everyCommandNamesAnotherEncoding(final String charset) throws Exception {
        final Path file = Files.write(folder.resolve("encoded.json"), "{\"unloadSource\": {\n\"db\": \"d\u00e9v\"}}".getBytes(charset));

        for (final String command : List.of("check-config", "encrypt-config", "convert-config")) {
            final CliRun run = CliRun.of("", command, file.toString()).requireStatus(ExitStatus.CHECK_FAILED);

            assertTrue((run.out() + run.err()).contains("not UTF-8"), run.out() + run.err());
            assertTrue((run.out() + run.err()).contains("save it as UTF-8"), run.out() + run.err());
        }
    }

    @Test
    void aByteOrderMarkDoesNotMatter() throws Exception {
        final String plain = Files.readString(config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/"));
        final Path file = Files.writeString(folder.resolve("marked.json"), "\uFEFF" + plain);

        check(ExitStatus.OK, file.toString());
        CliRun.of("", "encrypt-config", file.toString()).requireStatus(ExitStatus.OK);
        CliRun.of("", "convert-config", file.toString()).requireStatus(ExitStatus.OK);
    }

    /** The driver would write all that it sends into a log. */
    @Test
    void optionsOfTheDriverAreNotTakenFromTheEnvironment() throws Exception {
        final Path logs = Files.createDirectory(folder.resolve("logs"));
        final Path options = Files.writeString(folder.resolve("options.ini"), "[DRIVER]\nloglevel=6\nlogpath=%s\n".formatted(logs));
        final Path config = config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/");
        final Map<String, String> environment = new HashMap<>(SANDBOX.environment());
        environment.put("AMAZON_REDSHIFT_JDBC_INI_FILE", options.toString());

        CliRun.of(environment, "", "check-config", "--root-certificate", SANDBOX.endpoints().caFile(), config.toString()).requireStatus(ExitStatus.OK);

        try (Stream<Path> files = Files.list(logs)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void expressionsAreReadAsColumns() throws Exception {
        final String columns = "\"columns\": \"id, coalesce(name, 'it''s, all') AS name\", ";
        final String plain = Files.readString(config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/"));
        final Path file = Files.writeString(folder.resolve("expressions.json"), plain.replaceFirst("(\"unloadSource\": \\{)", "$1" + columns));

        assertEquals("2 column(s), may be read by its query", message(check(ExitStatus.OK, file.toString()), "source sales.orders"));
    }

    @Test
    void aClusterThatCannotBeReachedIsNamedAndTheOtherIsStillLookedAt() throws Exception {
        final Path config = config("orders", SANDBOX.endpoints().cluster("target").user(), SANDBOX.endpoints().cluster("target").password(), "s3://" + BUCKET + "/x/");
        final SandboxEndpoints.Cluster source = SANDBOX.endpoints().cluster("source");
        final String closed;

        try (ServerSocket socket = new ServerSocket(0)) {
            closed = Integer.toString(socket.getLocalPort());
        }

        Files.writeString(config, Files.readString(config).replace("\"clusterPort\": " + source.port(), "\"clusterPort\": " + closed));
        final JsonNode json = check(ExitStatus.CHECK_FAILED, config.toString());
        assertTrue(message(json, "source login").startsWith("The connection to %s:%s/%s failed: ".formatted(source.host(), closed, source.database())), json.toString());
        assertEquals("skipped", outcome(json, "tables on %s:%s/%s".formatted(source.host(), closed, source.database())));
        assertEquals("ok", outcome(json, "target login"));

        Files.writeString(config, Files.readString(config).replaceFirst("\"clusterEndpoint\": \"[^\"]+\"", "\"clusterEndpoint\": \"no-such-cluster.invalid\""));
        assertTrue(message(check(ExitStatus.CHECK_FAILED, config.toString()), "source login").contains("no-such-cluster.invalid"));
    }

    /** Of another Region or account, to this KMS it is bytes that it never made. */
    @Test
    void aCiphertextOfAnotherKmsIsNamedWithItsField() throws Exception {
        final Path config = config("orders", "loader", "Loader-12345", "s3://" + BUCKET + "/x/");
        Files.writeString(config, Files.readString(config).replaceFirst("(?s)(\"copyTarget\".*\"connectPwd\": \")[^\"]+", "$1" + "QUJD".repeat(50)));
        final JsonNode json = check(ExitStatus.CHECK_FAILED, config.toString());

        assertEquals("ok", outcome(json, "unloadSource.connectPwd"));
        assertTrue(message(json, "copyTarget.connectPwd").startsWith("KMS Decrypt in us-east-1 failed: InvalidCiphertextException"), json.toString());
        assertTrue(message(json, "copyTarget.connectPwd").contains("wrong Region?"), json.toString());
        assertEquals("failed", outcome(json, "target login"));
    }

    @Test
    void anotherRegionInTheConfigurationIsNamed() throws Exception {
        final Path config = config("orders", "loader", "Loader-12345", "s3://" + BUCKET + "/x/");
        Files.writeString(config, Files.readString(config).replace("\"s3Staging\": {", "\"s3Staging\": {\"region\": \"eu-west-1\", "));

        assertTrue(message(check(ExitStatus.CHECK_FAILED, config.toString()), "Region").contains("s3Staging.region is eu-west-1, but the Region given is us-east-1"));
    }

    private JsonNode check(final int status, final String location, final String... options) throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(List.of("check-config", "--json", "--root-certificate", SANDBOX.endpoints().caFile(), location));
        arguments.addAll(List.of(options));
        return CliRun.of("", arguments.toArray(String[]::new)).requireStatus(status)
                .requireSilenceAbout("Loader-12345", "Wrong-12345", SANDBOX.endpoints().cluster("source").password(), SANDBOX.endpoints().secretAccessKey()).json();
    }

    private Path config(final String table, final String targetUser, final String targetPassword, final String path) throws IOException, InterruptedException {
        final SandboxEndpoints.Cluster source = SANDBOX.endpoints().cluster("source");
        final SandboxEndpoints.Cluster target = SANDBOX.endpoints().cluster("target");
        final String plain = """
                {"unloadSource": {"clusterEndpoint": "%s", "clusterPort": %d, "db": "%s", "connectUser": "%s", "connectPwd": "%s", "schemaName": "sales", "tableNames": ["%s"]},
                 "s3Staging": {"path": "%s", "aws_iam_role": "%s"},
                 "copyTarget": {"clusterEndpoint": "%s", "clusterPort": %d, "db": "%s", "connectUser": "%s", "connectPwd": "%s"}}
                """.formatted(source.host(), source.port(), source.database(), source.user(), source.password(), table, path, SANDBOX.endpoints().iamRole(),
                target.host(), target.port(), target.database(), targetUser, targetPassword);
        return Files.writeString(Files.createTempFile(folder, "config", ".json"), CliRun.of(plain, "encrypt-config").requireStatus(ExitStatus.OK).out());
    }

    private static String outcome(final JsonNode json, final String name) {
        return first(json, name).path("outcome").asText();
    }

    private static String message(final JsonNode json, final String name) {
        return first(json, name).path("message").asText();
    }

    /** Warnings come before the outcome of their check: the first one of a name counts. */
    private static JsonNode first(final JsonNode json, final String name) {
        return StreamSupport.stream(json.path("checks").spliterator(), false).filter(check -> check.path("name").asText().equals(name)).findFirst().orElseThrow();
    }
}
