package io.github.unloadcopy.processors;

import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import org.apache.nifi.processor.Processor;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whole migrations of tables whose names differ only in their case: one table to most sessions, and several to those with enable_case_sensitive_identifier. */
class FoldedNamesIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();
    private static final String PASSWORD = "Cased-12345";

    @BeforeAll
    static void createTables() throws SQLException {
        for (final SandboxEndpoints.Cluster cluster : List.of(SANDBOX.source(), SANDBOX.target())) {
            SANDBOX.execute(cluster, "CREATE SCHEMA folded", "CREATE USER cased PASSWORD '%s'".formatted(PASSWORD), "ALTER USER cased SET enable_case_sensitive_identifier TO true",
                    "GRANT USAGE, CREATE ON SCHEMA folded TO cased", "GRANT USAGE, CREATE ON SCHEMA public TO cased",
                    "SET enable_case_sensitive_identifier TO true",
                    "CREATE TABLE folded.\"Orders\" (id INTEGER)", "CREATE TABLE folded.orders (id INTEGER)", "GRANT ALL ON folded.\"Orders\" TO cased", "GRANT ALL ON folded.orders TO cased");
        }

        SANDBOX.execute(SANDBOX.source(), "SET enable_case_sensitive_identifier TO true", "INSERT INTO folded.\"Orders\" VALUES (1), (2)", "INSERT INTO folded.orders VALUES (3)",
                "CREATE TABLE folded.k2 (id INTEGER)", "INSERT INTO folded.k2 VALUES (1)");
        SANDBOX.execute(SANDBOX.target(), "CREATE TABLE folded.t (id INTEGER)");
    }

    @Test
    void tablesThatAreTwoToTheClustersAreMovedEachWithItsOwnRows() throws Exception {
        final List<Map<String, String>> tables = tables("""
                "schemaName": "folded", "tableNames": ["Orders", "orders"]""", "\"schemaName\": \"folded\"");

        for (final Map<String, String> table : tables) {
            for (final String side : List.of(UnloadCopyAttributes.SOURCE, UnloadCopyAttributes.TARGET)) {
                table.put(side + UnloadCopyAttributes.USER, "cased");
                table.put(side + UnloadCopyAttributes.PASSWORD_CIPHERTEXT, SANDBOX.encrypt(PASSWORD));
            }

            final MockFlowFile unloaded = SandboxRunner.succeed(unload(true), table);
            unloaded.assertAttributeEquals(UnloadCopyAttributes.SOURCE_CASE_SENSITIVE, "true");
            SandboxRunner.succeed(copy("folded.loads"), unloaded.getAttributes());
        }

        assertEquals(List.of(List.of("1"), List.of("2")), rows("folded.\"Orders\""));
        assertEquals(List.of(List.of("3")), rows("folded.orders"));
    }

    @Test
    void tablesThatAreOneToTheSourceAreRefusedBeforeTheUnload() throws Exception {
        for (final Map<String, String> table : tables("""
                "schemaName": "folded", "tableNames": ["Orders", "orders"]""", "\"tableNames\": [\"a\", \"b\"]")) {
            final MockFlowFile failed = SandboxRunner.fail(unload(false), table, RedshiftUnload.FAILURE, "INVALID_REQUEST", "Orders", "orders", "are one table of schema folded",
                    "moved twice", "enable_case_sensitive_identifier");
            assertEquals(List.of(), SANDBOX.keys("Staging/" + failed.getAttribute(UnloadCopyAttributes.RUN_ID)));
        }
    }

    @Test
    void tablesThatAreOneToTheTargetAreRefusedBeforeTheUnloadOrTheLoad() throws Exception {
        final List<Map<String, String>> tables = tables("""
                "schemaName": "folded", "tableNames": ["k2", "orders"]""", "\"schemaName\": \"folded\", \"tableNames\": [\"T\", \"t\"]");

        for (final Map<String, String> table : tables) {
            SandboxRunner.fail(unload(true), table, RedshiftUnload.FAILURE, "INVALID_REQUEST", "are one table of schema folded", "rows of two tables");
            SandboxRunner.fail(copy("public.unloadcopy_loads"), SandboxRunner.succeed(unload(false), table).getAttributes(), RedshiftCopy.FAILURE, "INVALID_REQUEST", "rows of two tables");
        }

        assertEquals(List.of(), rows("folded.t"));
    }

    /** Another name of the cluster, and another case of the table. */
    @Test
    void aTableIsNotLoadedIntoItself() throws Exception {
        final Map<String, String> table = tables("""
                "schemaName": "folded", "tableNames": ["k2"]""", "\"schemaName\": \"Folded\", \"tableNames\": [\"K2\"]").getFirst();

        for (final String attribute : List.of(UnloadCopyAttributes.PORT, UnloadCopyAttributes.DATABASE, UnloadCopyAttributes.USER, UnloadCopyAttributes.PASSWORD_CIPHERTEXT)) {
            table.put(UnloadCopyAttributes.TARGET + attribute, table.get(UnloadCopyAttributes.SOURCE + attribute));
        }

        table.put(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.ENDPOINT, "localhost");
        SandboxRunner.fail(unload(true), table, RedshiftUnload.FAILURE, "INVALID_REQUEST", "folded.k2 of the source and Folded.K2 of the target are the same table");
        SandboxRunner.fail(copy("public.unloadcopy_loads"), SandboxRunner.succeed(unload(false), table).getAttributes(), RedshiftCopy.FAILURE, "INVALID_REQUEST", "would double its rows");
        assertEquals(List.of(List.of("1")), SANDBOX.query(SANDBOX.source(), "SELECT id FROM folded.k2"));
    }

    @Test
    void aColumnIsNotUnloadedTwice() throws Exception {
        final Map<String, String> table = SandboxRunner.tableAttributes("folded", "k2");
        table.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.COLUMNS, "id, ID");

        SandboxRunner.fail(unload(false), table, RedshiftUnload.FAILURE, "INVALID_REQUEST", "as id and ID: name it once");
    }

    /** What DecryptConfig emits. */
    private static List<Map<String, String>> tables(final String source, final String target) throws InitializationException {
        final TestRunner runner = runner(new DecryptConfig());
        runner.setProperty(DecryptConfig.CONFIGURATION_SOURCE, ConfigurationSource.CONTENT);
        runner.enqueue("""
                {"unloadSource": {%s, %s}, "s3Staging": {"path": "s3://%s/Staging/", "aws_iam_role": "%s"}, "copyTarget": {%s, %s}}""".formatted(cluster(SANDBOX.source()), source,
                SandboxSession.BUCKET, SANDBOX.endpoints().iamRole(), cluster(SANDBOX.target()), target));
        runner.run();
        assertTrue(runner.getFlowFilesForRelationship(DecryptConfig.FAILURE).isEmpty(), runner.getLogger().getErrorMessages().toString());
        final List<Map<String, String>> tables = new ArrayList<>();
        runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).forEach(table -> tables.add(new HashMap<>(table.getAttributes())));
        return tables;
    }

    private static String cluster(final SandboxEndpoints.Cluster cluster) {
        return """
                "clusterEndpoint": "%s", "clusterPort": %d, "db": "%s", "connectUser": "%s", "connectPwd": "%s\"""".formatted(cluster.host(), cluster.port(), cluster.database(), cluster.user(),
                SANDBOX.encrypt(cluster.password()));
    }

    private static TestRunner unload(final boolean withTarget) throws InitializationException {
        final TestRunner runner = runner(new RedshiftUnload());
        runner.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.SOURCE_POOL);

        if (withTarget) {
            runner.setProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE, SandboxRunner.TARGET_POOL);
        }

        return runner;
    }

    private static TestRunner copy(final String ledger) throws InitializationException {
        final TestRunner runner = SandboxRunner.create(new RedshiftCopy());
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.TARGET_POOL);
        runner.setProperty(RedshiftCopy.LOAD_LEDGER, ledger);
        return runner;
    }

    private static TestRunner runner(final Processor processor) throws InitializationException {
        final TestRunner runner = SandboxRunner.create(processor);
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
        return runner;
    }

    private static List<List<String>> rows(final String table) throws SQLException {
        SANDBOX.execute(SANDBOX.target(), "ALTER USER %s SET enable_case_sensitive_identifier TO true".formatted(SANDBOX.target().user()));

        try {
            return SANDBOX.query(SANDBOX.target(), "SELECT id FROM %s ORDER BY id".formatted(table));
        } finally {
            SANDBOX.execute(SANDBOX.target(), "ALTER USER %s RESET enable_case_sensitive_identifier".formatted(SANDBOX.target().user()));
        }
    }
}
