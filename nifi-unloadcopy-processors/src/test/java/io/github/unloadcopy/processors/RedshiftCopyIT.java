package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.WhenTableFails;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedshiftCopyIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    private TestRunner runner;

    @BeforeAll
    static void createTables() throws SQLException {
        SANDBOX.execute(SANDBOX.source(),
                "CREATE SCHEMA load",
                "CREATE TABLE load.orders (id INTEGER, note VARCHAR(100))",
                "INSERT INTO load.orders SELECT n, CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'note ^ \"' || n || '\" \\\\' END FROM generate_series(1, 500) AS n",
                "CREATE TABLE load.empty (id INTEGER)");
        SANDBOX.execute(SANDBOX.target(), "CREATE SCHEMA load", "CREATE TABLE load.empty (id INTEGER)");
    }

    @BeforeEach
    void setRunner() throws InitializationException, SQLException {
        runner = SandboxRunner.create(new RedshiftCopy());
        runner.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.TARGET_POOL);
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        SANDBOX.execute(SANDBOX.target(), "DROP TABLE IF EXISTS load.orders", "CREATE TABLE load.orders (note VARCHAR(100), extra INTEGER DEFAULT 7, id INTEGER)");
    }

    @ParameterizedTest
    @EnumSource(Encryption.class)
    void loadsEveryValueByColumnName(final Encryption encryption) throws InitializationException, SQLException {
        final MockFlowFile loaded = SandboxRunner.succeed(runner, staged("orders", encryption));

        loaded.assertAttributeEquals(UnloadCopyAttributes.COPY_ROWS, "500");
        loaded.assertAttributeEquals(UnloadCopyAttributes.COPY_ALREADY_LOADED, "false");
        assertEquals(SANDBOX.query(SANDBOX.source(), "SELECT id, note, 7 FROM load.orders ORDER BY id"), SANDBOX.query(SANDBOX.target(), "SELECT id, note, extra FROM load.orders ORDER BY id"));
        SandboxRunner.assertNoSecrets(runner, loaded);
    }

    @Test
    void theSameFlowFileIsLoadedOnce() throws InitializationException, SQLException {
        final Map<String, String> staged = staged("orders", Encryption.SSE_KMS);
        runner.enqueue(new byte[0], staged);
        runner.enqueue(new byte[0], staged);
        runner.run(2);

        runner.assertAllFlowFilesTransferred(RedshiftCopy.SUCCESS, 2);
        runner.getFlowFilesForRelationship(RedshiftCopy.SUCCESS).getLast().assertAttributeEquals(UnloadCopyAttributes.COPY_ALREADY_LOADED, "true");
        assertEquals("500", rows());
    }

    @Test
    void anotherRunIsLoadedAsWell() throws InitializationException, SQLException {
        SandboxRunner.succeed(runner, staged("orders", Encryption.SSE_KMS));
        runner.clearTransferState();
        SandboxRunner.succeed(runner, staged("orders", Encryption.SSE_KMS));

        assertEquals("1000", rows());
    }

    @Test
    void aTableWithoutRowsSucceeds() throws InitializationException {
        SandboxRunner.succeed(runner, staged("empty", Encryption.SSE_KMS)).assertAttributeEquals(UnloadCopyAttributes.COPY_ROWS, "0");
        assertTrue(runner.getLogger().getInfoMessages().stream().anyMatch(message -> message.getMsg().endsWith("Loaded load.empty: 0 rows")),
                runner.getLogger().getInfoMessages().toString());
    }

    @Test
    void aStagedFileThatIsMissingRollsBack() throws InitializationException, SQLException {
        final Map<String, String> staged = staged("orders", Encryption.SSE_KMS);
        final String lost = keys(staged).getFirst();
        SANDBOX.s3().deleteObject(request -> request.bucket(SandboxSession.BUCKET).key(lost));

        SandboxRunner.fail(runner, staged, RedshiftCopy.FAILURE, "COUNT_MISMATCH", "load.orders", "500");
        assertEquals("0", rows());
        assertFalse(keys(staged).isEmpty());
    }

    @Test
    void missingTable() throws InitializationException, SQLException {
        SANDBOX.execute(SANDBOX.target(), "DROP TABLE load.orders");

        keepsStagedData(staged("orders", Encryption.SSE_KMS), "TABLE_MISSING", "load.orders");
    }

    @Test
    void aFailureEndsItsTable() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        final Map<String, String> staged = staged("orders", Encryption.SSE_KMS);
        SandboxRunner.startRun(runs, staged, WhenTableFails.GO_ON, 1);
        SANDBOX.execute(SANDBOX.target(), "DROP TABLE load.orders");
        runner.enqueue(new byte[0], staged);
        runner.run();

        runner.assertTransferCount(RedshiftCopy.FAILURE, 1);
        final JsonNode table = SandboxRunner.summarizedTables(runner).get(0);
        assertEquals(List.of("FAILED", "RedshiftCopy", "TABLE_MISSING", "500", staged.get(UnloadCopyAttributes.STAGING_PREFIX)),
                List.of(table.path("outcome").asText(), table.path("component").asText(), table.path("reason").asText(), table.path("rowsUnloaded").asText(),
                        table.path("stagingPrefix").asText()));
        SandboxRunner.assertNoSecrets(runner, runner.getFlowFilesForRelationship(RunReporting.SUMMARY).getFirst());
    }

    @Test
    void fewerColumns() throws InitializationException, SQLException {
        SANDBOX.execute(SANDBOX.target(), "DROP TABLE load.orders", "CREATE TABLE load.orders (id INTEGER)");

        keepsStagedData(staged("orders", Encryption.SSE_KMS), "COLUMN_MISSING", "load.orders", "note");
        assertEquals("0", rows());
    }

    @Test
    void missingTableWithoutRows() throws InitializationException {
        final Map<String, String> staged = staged("empty", Encryption.SSE_KMS);
        staged.put("unloadcopy.target.table", "no_such_table");

        SandboxRunner.fail(runner, staged, RedshiftCopy.FAILURE, "TABLE_MISSING", "load.no_such_table");
    }

    @Test
    void valueTooLong() throws InitializationException, SQLException {
        SANDBOX.execute(SANDBOX.target(), "DROP TABLE load.orders", "CREATE TABLE load.orders (id INTEGER, note VARCHAR(5))");

        keepsStagedData(staged("orders", Encryption.SSE_KMS), "LOAD_ERRORS", "load.orders", "note", "String length exceeds DDL length");
        assertEquals("0", rows());
    }

    @Test
    void wrongPassword() throws InitializationException {
        final Map<String, String> staged = staged("orders", Encryption.SSE_KMS);
        staged.put("unloadcopy.target.password.ciphertext", SANDBOX.encrypt("not the password"));

        keepsStagedData(staged, "LOGIN_REFUSED", SANDBOX.target().user());
    }

    @Test
    void roleThatMayNotRead() throws InitializationException, SQLException {
        final Map<String, String> staged = staged("orders", Encryption.SSE_KMS);
        staged.put(UnloadCopyAttributes.STAGING_ROLE_ARN, "arn:aws:iam::000000000000:role/Nothing");

        keepsStagedData(staged, "S3_ACCESS_DENIED", "load.orders");
        assertEquals("0", rows());
    }

    @Test
    void dataKeyWithAnotherContext() throws InitializationException, SQLException {
        final Map<String, String> staged = staged("orders", Encryption.CLIENT_SIDE);
        staged.put(UnloadCopyAttributes.DATA_KEY_CONTEXT, "{\"run\":\"another\"}");

        keepsStagedData(staged, "KMS_InvalidCiphertextException", "context");
        assertEquals("0", rows());
    }

    private void keepsStagedData(final Map<String, String> staged, final String reason, final String... words) {
        final List<String> before = keys(staged);
        SandboxRunner.fail(runner, staged, RedshiftCopy.FAILURE, reason, words);

        assertFalse(before.isEmpty());
        assertEquals(before, keys(staged));
    }

    private static List<String> keys(final Map<String, String> staged) {
        return SANDBOX.keys(staged.get(UnloadCopyAttributes.STAGING_PREFIX).substring(("s3://" + SandboxSession.BUCKET + "/").length()));
    }

    private static String rows() throws SQLException {
        return SANDBOX.query(SANDBOX.target(), "SELECT count(*) FROM load.orders").getFirst().getFirst();
    }

    private static Map<String, String> staged(final String table, final Encryption encryption) throws InitializationException {
        final TestRunner unload = SandboxRunner.create(new RedshiftUnload());
        unload.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.SOURCE_POOL);
        unload.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        unload.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
        unload.setProperty(RedshiftUnload.ENCRYPTION, encryption);
        return new HashMap<>(SandboxRunner.succeed(unload, SandboxRunner.tableAttributes("load", table)).getAttributes());
    }
}
