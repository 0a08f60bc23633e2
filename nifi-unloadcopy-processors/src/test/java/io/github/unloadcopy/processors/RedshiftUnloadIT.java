package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.services.StandardKmsCredentialsService;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.WhenTableFails;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.controller.ControllerService;
import org.apache.nifi.processor.VerifiableProcessor;
import org.apache.nifi.provenance.ProvenanceEventRecord;
import org.apache.nifi.provenance.ProvenanceEventType;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedshiftUnloadIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    private TestRunner runner;

    @BeforeAll
    static void createTables() throws SQLException {
        SANDBOX.execute(SANDBOX.source(),
                "CREATE SCHEMA unload",
                "CREATE TABLE unload.orders (id INTEGER, note VARCHAR(100))",
                "INSERT INTO unload.orders SELECT n, 'note ' || n FROM generate_series(1, 1000) AS n",
                "CREATE TABLE unload.empty (id INTEGER)");
    }

    @BeforeEach
    void setRunner() throws InitializationException {
        runner = SandboxRunner.create(new RedshiftUnload());
        runner.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, SandboxRunner.SOURCE_POOL);
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
    }

    @Test
    void stagesTheTableUnderARunsOwnPrefix() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        final MockFlowFile staged = SandboxRunner.succeed(runner, attributes);

        final String folder = "Staging/2026-11-22_10:11:12-%s/%s.unload.orders/".formatted(attributes.get(UnloadCopyAttributes.RUN_ID), SANDBOX.source().database());
        staged.assertAttributeEquals(UnloadCopyAttributes.STAGING_PREFIX, "s3://%s/%s".formatted(SandboxSession.BUCKET, folder));
        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_ROWS, "1000");
        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_FILES, "2");
        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_COLUMNS, "\"id\",\"note\"");
        staged.assertAttributeNotExists(UnloadCopyAttributes.DATA_KEY_WRAPPED);
        assertEquals(3, SANDBOX.keys(folder).size());
        SandboxRunner.assertNoSecrets(runner, staged);

        final ProvenanceEventRecord event = runner.getProvenanceEvents().getFirst();
        assertEquals(ProvenanceEventType.REMOTE_INVOCATION, event.getEventType());
        assertEquals(staged.getAttribute(UnloadCopyAttributes.STAGING_PREFIX), event.getTransitUri());
    }

    @Test
    void clientSideKeepsTheWrappedKeyOnly() {
        runner.setProperty(RedshiftUnload.ENCRYPTION, Encryption.CLIENT_SIDE);
        final MockFlowFile staged = SandboxRunner.succeed(runner, SandboxRunner.tableAttributes("unload", "orders"));

        staged.assertAttributeExists(UnloadCopyAttributes.DATA_KEY_WRAPPED);
        assertTrue(staged.getAttribute(UnloadCopyAttributes.DATA_KEY_CONTEXT).contains("unload.orders"));
        final String manifest = staged.getAttribute(UnloadCopyAttributes.STAGING_MANIFEST).substring(("s3://" + SandboxSession.BUCKET + "/").length());
        final String firstFile = SANDBOX.keys(manifest.substring(0, manifest.lastIndexOf('/'))).getFirst();
        assertTrue(SANDBOX.s3().headObject(request -> request.bucket(SandboxSession.BUCKET).key(firstFile)).metadata().containsKey("x-amz-key"));
    }

    @Test
    void aTableWithoutRowsSucceedsWithoutManifest() {
        final MockFlowFile staged = SandboxRunner.succeed(runner, SandboxRunner.tableAttributes("unload", "empty"));

        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_ROWS, "0");
        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_FILES, "0");
        staged.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_BYTES, "0");
        staged.assertAttributeNotExists(UnloadCopyAttributes.STAGING_MANIFEST);
        assertTrue(runner.getLogger().getInfoMessages().stream().anyMatch(message -> message.getMsg().endsWith("Unloaded unload.empty: 0 rows in 0 files of 0 bytes")),
                runner.getLogger().getInfoMessages().toString());
    }

    @Test
    void anIdentityColumnOfTheTargetIsToldBeforeTheUnload() throws SQLException {
        final MockFlowFile failed = SandboxRunner.fail(runner, withTarget("IDENTITY(1, 1)"), RedshiftUnload.FAILURE, "IDENTITY_COLUMN", "unload.orders", "column id", "explicit_ids to true");

        assertEquals(List.of(), SANDBOX.keys("Staging/2026-11-22_10:11:12-" + failed.getAttribute(UnloadCopyAttributes.RUN_ID)));
    }

    @Test
    void aColumnOfTheTargetThatGetsNoValueIsToldBeforeTheUnload() throws SQLException {
        final Map<String, String> attributes = withTarget("");
        attributes.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.COLUMNS, "id");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "VALUE_MISSING", "unload.orders", "column note is NOT NULL");
    }

    @Test
    void aTargetThatFitsIsUnloadedFor() throws SQLException {
        final Map<String, String> attributes = withTarget("IDENTITY(1, 1)");
        attributes.put(UnloadCopyAttributes.EXPLICIT_IDS, "true");
        SandboxRunner.succeed(runner, attributes);

        // Without a configuration, RedshiftCopy is told by its own property.
        attributes.remove(UnloadCopyAttributes.EXPLICIT_IDS);
        runner.clearTransferState();
        SandboxRunner.succeed(runner, attributes);
    }

    private Map<String, String> withTarget(final String identity) throws SQLException {
        runner.setProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE, SandboxRunner.TARGET_POOL);
        SANDBOX.execute(SANDBOX.target(), "CREATE SCHEMA IF NOT EXISTS unload", "DROP TABLE IF EXISTS unload.orders",
                "CREATE TABLE unload.orders (id INTEGER %s, note VARCHAR(100) NOT NULL)".formatted(identity));
        return SandboxRunner.tableAttributes("unload", "orders");
    }

    @Test
    void unloadsOnlyTheColumnsAskedFor() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put("unloadcopy.source.columns", "note");

        SandboxRunner.succeed(runner, attributes).assertAttributeEquals(UnloadCopyAttributes.UNLOAD_COLUMNS, "\"note\"");
    }

    @Test
    void unloadsExpressionsUnderTheirNames() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put("unloadcopy.source.columns", "id, id * 2 as double_id, coalesce(note, 'none, yet') AS note");

        SandboxRunner.succeed(runner, attributes).assertAttributeEquals(UnloadCopyAttributes.UNLOAD_COLUMNS, "\"id\",\"double_id\",\"note\"");
    }

    @Test
    void aQueryIsOneSelectWhereverItComesFrom() throws SQLException {
        final String query = "SELECT id FROM unload.orders) AS x; DROP TABLE unload.empty; COMMIT; SELECT * FROM (SELECT 1 AS id";
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.SOURCE_QUERY, query);
        // Refused before any connection is made.
        attributes.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.ENDPOINT, "no-such-cluster.invalid");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "FLOWFILE", "Property Query", "more than one statement");
        assertEquals(List.of(List.of("0")), SANDBOX.query(SANDBOX.source(), "SELECT count(*) FROM unload.empty"));

        runner.setProperty(RedshiftUnload.QUERY, query);
        runner.assertNotValid();
        runner.setProperty(RedshiftUnload.QUERY, "SELECT id FROM unload.orders; -- all of them");
        runner.assertValid();
        runner.setProperty(RedshiftUnload.COLUMNS, "id, id * 2");
        runner.assertNotValid();
        runner.setProperty(RedshiftUnload.COLUMNS, "id, id * 2 AS twice");
        runner.assertValid();
    }

    @Test
    void runsTwiceWithTheSameOutcomeInAnotherFolder() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        runner.enqueue(new byte[0], attributes);
        runner.enqueue(new byte[0], attributes);
        runner.run(2);

        runner.assertAllFlowFilesTransferred(RedshiftUnload.SUCCESS, 2);
        final List<MockFlowFile> staged = runner.getFlowFilesForRelationship(RedshiftUnload.SUCCESS);
        staged.getLast().assertAttributeEquals(UnloadCopyAttributes.STAGING_PREFIX, staged.getFirst().getAttribute(UnloadCopyAttributes.STAGING_PREFIX));
        assertNotEquals(staged.getFirst().getAttribute(UnloadCopyAttributes.STAGING_MANIFEST), staged.getLast().getAttribute(UnloadCopyAttributes.STAGING_MANIFEST));
        staged.getLast().assertAttributeEquals(UnloadCopyAttributes.UNLOAD_ROWS, "1000");
    }

    @Test
    void forgetsWhatAnEarlierAttemptStaged() throws SQLException {
        SANDBOX.execute(SANDBOX.source(), "DROP TABLE IF EXISTS unload.emptied", "CREATE TABLE unload.emptied (id INTEGER)");
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "emptied");
        attributes.put(UnloadCopyAttributes.STAGING_MANIFEST, "s3://bucket/earlier/manifest");
        attributes.put(UnloadCopyAttributes.STAGING_MANIFEST_SHA256, "00");

        final MockFlowFile unloaded = SandboxRunner.succeed(runner, attributes);

        unloaded.assertAttributeEquals(UnloadCopyAttributes.UNLOAD_ROWS, "0");
        unloaded.assertAttributeNotExists(UnloadCopyAttributes.STAGING_MANIFEST);
        unloaded.assertAttributeNotExists(UnloadCopyAttributes.STAGING_MANIFEST_SHA256);
    }

    @Test
    void accessKeysReachTheCluster() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.remove(UnloadCopyAttributes.STAGING_ROLE_ARN);
        attributes.put(UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT, SANDBOX.encrypt(SANDBOX.endpoints().accessKeyId()));
        attributes.put(UnloadCopyAttributes.STAGING_SECRET_ACCESS_KEY_CIPHERTEXT, SANDBOX.encrypt(SANDBOX.endpoints().secretAccessKey()));

        SandboxRunner.assertNoSecrets(runner, SandboxRunner.succeed(runner, attributes));
    }

    @Test
    void wrongAccessKeyIsNotRepeatedInTheFailure() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        final String wrong = "wrong-" + SANDBOX.target().password();
        attributes.remove(UnloadCopyAttributes.STAGING_ROLE_ARN);
        attributes.put(UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT, SANDBOX.encrypt(SANDBOX.endpoints().accessKeyId()));
        attributes.put(UnloadCopyAttributes.STAGING_SECRET_ACCESS_KEY_CIPHERTEXT, SANDBOX.encrypt(wrong));

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "S3_ACCESS_DENIED", "unload.orders");
    }

    @Test
    void wrongPassword() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put("unloadcopy.source.password.ciphertext", SANDBOX.encrypt("not the password"));

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "LOGIN_REFUSED", SANDBOX.source().user(), "password");
    }

    @Test
    void unreachableEndpoint() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put("unloadcopy.source.port", "1");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "CONNECTION_FAILED", "127.0.0.1:1");
    }

    @Test
    void missingTable() {
        SandboxRunner.fail(runner, SandboxRunner.tableAttributes("unload", "no_such_table"), RedshiftUnload.FAILURE, "TABLE_MISSING", "unload.no_such_table");
    }

    @Test
    void aFailureEndsItsTableAndStopsTheRun() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "no_such_table");
        SandboxRunner.startRun(runs, attributes, WhenTableFails.STOP_NOT_BEGUN, 2);
        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "TABLE_MISSING", "unload.no_such_table");
        runner.clearTransferState();
        final Map<String, String> second = SandboxRunner.tableAttributes("unload", "orders");
        second.put(UnloadCopyAttributes.RUN_ID, attributes.get(UnloadCopyAttributes.RUN_ID));
        second.put(UnloadCopyAttributes.RUN_TABLE_INDEX, "2");
        runner.enqueue(new byte[0], second);
        runner.run();

        final MockFlowFile stopped = runner.getFlowFilesForRelationship(RedshiftUnload.FAILURE).getFirst();
        stopped.assertAttributeEquals(UnloadCopyAttributes.ERROR_REASON, "RUN_STOPPED");
        assertTrue(stopped.getAttribute(UnloadCopyAttributes.ERROR_MESSAGE).contains("unload.orders"));
        assertTrue(stopped.getAttribute(UnloadCopyAttributes.ERROR_MESSAGE).contains("unload.no_such_table"));
        stopped.assertAttributeNotExists(UnloadCopyAttributes.STAGING_PREFIX);
        assertEquals(1, runner.getLogger().getErrorMessages().size(), "only the table that failed is an error");
        final JsonNode tables = SandboxRunner.summarizedTables(runner);
        assertEquals(List.of("FAILED", "TABLE_MISSING", "NOT_BEGUN", "RUN_STOPPED"), List.of(tables.get(0).path("outcome").asText(), tables.get(0).path("reason").asText(),
                tables.get(1).path("outcome").asText(), tables.get(1).path("reason").asText()));

        // The run is over: the table may be run again.
        runner.clearTransferState();
        runner.enqueue(new byte[0], second);
        runner.run();
        runner.assertAllFlowFilesTransferred(RedshiftUnload.SUCCESS, 1);
    }

    @Test
    void aStagedTableHasNotEnded() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        SandboxRunner.startRun(runs, attributes, WhenTableFails.GO_ON, 1);

        SandboxRunner.succeed(runner, attributes);
        runner.getStateManager(runs).assertStateSet(attributes.get(UnloadCopyAttributes.RUN_ID), Scope.CLUSTER);
    }

    @Test
    void missingColumn() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put("unloadcopy.source.columns", "id, no_such_column");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "COLUMN_MISSING", "no_such_column", "unload.orders");
    }

    @Test
    void roleThatMayNotWrite() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.STAGING_ROLE_ARN, "arn:aws:iam::000000000000:role/ReadOnly");

        final MockFlowFile failed = SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "S3_ACCESS_DENIED", "unload.orders", "s3:PutObject");
        failed.assertAttributeExists(UnloadCopyAttributes.STAGING_PREFIX);
    }

    @Test
    void roleThatMayNotUseTheKey() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.STAGING_ROLE_ARN, "arn:aws:iam::000000000000:role/NoKms");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "KMS_REFUSED", "unload.orders", "kms:");
    }

    @Test
    void disabledKmsKey() {
        final String keyId = SANDBOX.kms().createKey().keyMetadata().keyId();
        SANDBOX.kms().disableKey(request -> request.keyId(keyId));

        failsUnderKey(keyId, "KMS_KeyState.Disabled");
    }

    @Test
    void missingKmsKey() {
        failsUnderKey("alias/NoSuchKey", "KMS_NotFoundException");
    }

    private void failsUnderKey(final String keyId, final String reason) {
        final ControllerService kms = runner.getControllerService(SandboxRunner.KMS_SERVICE);
        runner.disableControllerService(kms);
        runner.setProperty(kms, StandardKmsCredentialsService.KMS_KEY, keyId);
        runner.enableControllerService(kms);

        SandboxRunner.fail(runner, SandboxRunner.tableAttributes("unload", "orders"), RedshiftUnload.FAILURE, reason, keyId);
    }

    @Test
    void bucketInAnotherRegion() {
        SANDBOX.s3().createBucket(request -> request.bucket("bucket-in-frankfurt").createBucketConfiguration(bucket -> bucket.locationConstraint("eu-central-1")));
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "s3://bucket-in-frankfurt/staging");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "S3_OTHER_REGION", "bucket-in-frankfurt", "Region");
    }

    @Test
    void missingBucket() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "s3://no-such-bucket-anywhere/staging");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "S3_BUCKET_MISSING", "no-such-bucket-anywhere");
    }

    @Test
    void stagingPathThatIsNotInS3() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", "orders");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "/tmp/staging");

        SandboxRunner.fail(runner, attributes, RedshiftUnload.FAILURE, "FLOWFILE", "/tmp/staging");
    }

    @Test
    void attributesThatAreMissing() {
        SandboxRunner.fail(runner, Map.of(), RedshiftUnload.FAILURE, "FLOWFILE", RedshiftUnload.SCHEMA_NAME.getName());
    }

    @Test
    void verifyLooksAtBothTables() throws SQLException {
        final String table = "verified";
        SANDBOX.execute(SANDBOX.source(), "DROP TABLE IF EXISTS unload." + table, "CREATE TABLE unload.%s (id INTEGER, shape GEOMETRY)".formatted(table));
        SANDBOX.execute(SANDBOX.target(), "CREATE SCHEMA IF NOT EXISTS unload", "DROP TABLE IF EXISTS unload." + table, "CREATE TABLE unload.%s (id INTEGER, more INTEGER NOT NULL)".formatted(table));
        runner.setProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE, SandboxRunner.TARGET_POOL);
        final Map<String, String> attributes = SandboxRunner.tableAttributes("unload", table);

        assertEquals(List.of(Outcome.SUCCESSFUL, Outcome.SKIPPED), verify(Map.of()).stream().map(ConfigVerificationResult::getOutcome).toList());

        final List<ConfigVerificationResult> wrong = verify(attributes);
        assertEquals(List.of(Outcome.SUCCESSFUL, Outcome.SUCCESSFUL, Outcome.FAILED, Outcome.FAILED), wrong.stream().map(ConfigVerificationResult::getOutcome).toList());
        assertTrue(wrong.get(2).getExplanation().contains("Column shape of unload.verified is GEOMETRY"), wrong.get(2).getExplanation());

        attributes.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.COLUMNS, "id");
        final List<ConfigVerificationResult> better = verify(attributes);
        assertEquals("unload.verified has 1 column(s) to unload", better.get(2).getExplanation());
        assertTrue(better.get(3).getExplanation().contains("column more is NOT NULL"), better.get(3).getExplanation());

        SANDBOX.execute(SANDBOX.target(), "ALTER TABLE unload.verified DROP COLUMN more");
        assertEquals(List.of("unload.verified has 1 column(s) to unload", "unload.verified can be loaded"), verify(attributes).stream().skip(2).map(ConfigVerificationResult::getExplanation).toList());
    }

    private List<ConfigVerificationResult> verify(final Map<String, String> attributes) {
        return ((VerifiableProcessor) runner.getProcessor()).verify(runner.getProcessContext(), runner.getLogger(), attributes);
    }
}
