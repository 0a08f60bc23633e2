package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.WhileRunIsGoing;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.processor.VerifiableProcessor;
import org.apache.nifi.provenance.ProvenanceEventType;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.LogMessage;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.SharedSessionState;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DecryptConfigIT {

    private static final String CONFIGURATION_KEY = "Config/Unload-Copy.json";

    private final SandboxSession sandbox = SandboxSession.get();

    @TempDir
    private Path folder;

    private TestRunner runner;

    @BeforeEach
    void setRunner() throws InitializationException {
        runner = SandboxRunner.create(new DecryptConfig());
        runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, sandbox.endpoints().s3().endpoint());
        runner.setIncomingConnection(false);
    }

    @Test
    void emitsOneFlowFilePerTableFromS3() throws IOException {
        sandbox.put(CONFIGURATION_KEY, configuration(config -> config.withObject("unloadSource").putArray("tableNames").add("Orders").add("lineitem")));
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, "s3://%s/%s".formatted(SandboxSession.BUCKET, CONFIGURATION_KEY));
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 2);
        final List<MockFlowFile> tables = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS);
        final MockFlowFile orders = tables.getFirst();
        orders.assertContentEquals(new byte[0]);
        orders.assertAttributeEquals("unloadcopy.source.table", "Orders");
        orders.assertAttributeEquals("unloadcopy.target.table", "Orders");
        orders.assertAttributeEquals("unloadcopy.source.port", Integer.toString(sandbox.source().port()));
        orders.assertAttributeEquals("unloadcopy.staging.path", "s3://%s/Staging/".formatted(SandboxSession.BUCKET));
        orders.assertAttributeEquals("unloadcopy.staging.delete", "true");
        orders.assertAttributeEquals("unloadcopy.run.tables", "2");
        orders.assertAttributeEquals("unloadcopy.run.table.index", "1");
        tables.getLast().assertAttributeEquals(UnloadCopyAttributes.RUN_ID, orders.getAttribute(UnloadCopyAttributes.RUN_ID));
        SandboxRunner.assertNoSecrets(runner, orders);
        assertEquals(ProvenanceEventType.RECEIVE, runner.getProvenanceEvents().getFirst().getEventType());
    }

    @Test
    void everyRunHasAnIdOfItsOwn() {
        sandbox.put(CONFIGURATION_KEY, configuration(config -> { }));
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, "s3://%s/%s".formatted(SandboxSession.BUCKET, CONFIGURATION_KEY));
        runner.run(2);

        final List<MockFlowFile> tables = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS);
        assertEquals(2, tables.size());
        assertNotEquals(tables.getFirst().getAttribute(UnloadCopyAttributes.RUN_ID), tables.getLast().getAttribute(UnloadCopyAttributes.RUN_ID));
    }

    @Test
    void readsFlowFileContent() {
        runner.setIncomingConnection(true);
        runner.setProperty(DecryptConfig.CONFIGURATION_SOURCE, ConfigurationSource.CONTENT);
        runner.enqueue(configuration(config -> { }));
        runner.run();

        runner.assertTransferCount(DecryptConfig.SUCCESS, 1);
        runner.assertTransferCount(DecryptConfig.ORIGINAL, 1);
        runner.assertTransferCount(DecryptConfig.FAILURE, 0);
    }

    @Test
    void readsLocalFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("Config.json"), configuration(config -> { }));
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file.toString());
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
    }

    @Test
    void accessKeysTravelAsCiphertext() throws IOException {
        final String accessKeyId = sandbox.encrypt(sandbox.endpoints().accessKeyId());
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> config.withObject("s3Staging")
                .put("aws_access_key_id", accessKeyId)
                .put("aws_secret_access_key", sandbox.encrypt(sandbox.endpoints().secretAccessKey()))
                .remove("aws_iam_role")));
        runner.run();

        final MockFlowFile table = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).getFirst();
        table.assertAttributeEquals(UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT, accessKeyId);
        table.assertAttributeNotExists(UnloadCopyAttributes.STAGING_ROLE_ARN);
        SandboxRunner.assertNoSecrets(runner, table);
    }

    @Test
    void unknownFieldIsWarnedOf() throws IOException {
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> config.withObject("s3Staging").put("deleteOnSucces", true)));
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
        final List<String> warnings = runner.getLogger().getWarnMessages().stream().map(LogMessage::getMsg).toList();
        assertTrue(warnings.stream().anyMatch(warning -> warning.contains("deleteOnSucces")), warnings::toString);
    }

    @Test
    void notJson() throws IOException {
        failsWith(Files.writeString(folder.resolve("broken.json"), "{\n  \"unloadSource\": {,\n}").toString(), "CONFIGURATION", "Line 2");
    }

    @Test
    void missingField() throws IOException {
        failsWith(file(config -> config.withObject("unloadSource").remove("connectUser")), "CONFIGURATION", "unloadSource", "connectUser");
    }

    @Test
    void wrongType() throws IOException {
        failsWith(file(config -> config.withObject("copyTarget").put("clusterPort", "many")), "CONFIGURATION", "copyTarget.clusterPort");
    }

    @Test
    void stagingInAnotherRegion() throws IOException {
        failsWith(file(config -> config.withObject("s3Staging").put("region", "ap-southeast-2")), "FLOWFILE", "s3Staging.region", "ap-southeast-2", sandbox.endpoints().region());
    }

    @Test
    void ciphertextThatKmsCannotDecrypt() throws IOException {
        failsWith(file(config -> config.withObject("copyTarget").put("connectPwd", "bm90IGEgY2lwaGVydGV4dA==")),
                "KMS_InvalidCiphertextException", "copyTarget.connectPwd", "InvalidCiphertextException");
    }

    @Test
    void disabledKmsKey() throws IOException {
        final String keyId = sandbox.kms().createKey().keyMetadata().keyId();
        final String ciphertext = sandbox.encrypt(sandbox.target().password(), keyId);
        sandbox.kms().disableKey(request -> request.keyId(keyId));

        failsWith(file(config -> config.withObject("copyTarget").put("connectPwd", ciphertext)), "KMS_DisabledException", "copyTarget.connectPwd", "disabled");
    }

    @Test
    void configurationInLatin1() throws IOException {
        failsWith(Files.write(folder.resolve("latin.json"), "{\n\"unloadSource\": {\"db\": \"d\u00e9v\"}}".getBytes(StandardCharsets.ISO_8859_1)).toString(), "CONFIGURATION",
                "Line 2, offset 27", "not UTF-8");
    }

    @Test
    void configurationInUtf16() throws IOException {
        failsWith(Files.write(folder.resolve("wide.json"), configuration(config -> { }).getBytes(StandardCharsets.UTF_16)).toString(), "CONFIGURATION", "UTF-16", "save it as UTF-8");
    }

    @Test
    void missingFile() {
        failsWith(folder.resolve("missing.json").toString(), "FLOWFILE", "missing.json");
    }

    @Test
    void missingObject() {
        failsWith("s3://%s/no/such.json".formatted(SandboxSession.BUCKET), "STAGING", "no/such.json", "NoSuchKey");
    }

    @Test
    void missingBucket() {
        failsWith("s3://no-such-bucket-anywhere/config.json", "STAGING", "no-such-bucket-anywhere", "NoSuchBucket");
    }

    @Test
    void failureKeepsTheIncomingContent() throws IOException {
        runner.setIncomingConnection(true);
        runner.setProperty(DecryptConfig.CONFIGURATION_SOURCE, ConfigurationSource.CONTENT);
        runner.enqueue("not json");
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.FAILURE, 1);
        runner.getFlowFilesForRelationship(DecryptConfig.FAILURE).getFirst().assertContentEquals("not json");
    }

    @Test
    void tablesAreFragmentsOfTheirRun() throws IOException {
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> config.withObject("unloadSource").putArray("tableNames").add("orders").add("lineitem")));
        runner.run();

        final MockFlowFile last = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).getLast();
        last.assertAttributeEquals("fragment.identifier", last.getAttribute(UnloadCopyAttributes.RUN_ID));
        last.assertAttributeEquals("fragment.index", "2");
        last.assertAttributeEquals("fragment.count", "2");
    }

    @Test
    void aRunThatIsGoingIsNotStartedAgain() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runner.run();
        final String runId = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).getFirst().getAttribute(UnloadCopyAttributes.RUN_ID);
        runner.clearTransferState();
        runner.run();

        runner.assertTransferCount(DecryptConfig.SUCCESS, 0);
        runner.assertTransferCount(DecryptConfig.FAILURE, 0);
        assertEquals(1, runner.getLogger().getInfoMessages().stream().filter(message -> message.getMsg().contains("is going") && message.getMsg().contains(runId)).count());
        assertEquals(List.of(), runner.getLogger().getWarnMessages());

        runs.forget(runId);
        runner.run();
        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
    }

    @Test
    void anotherRunIsStartedWhereThatIsWanted() throws Exception {
        SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.WHILE_RUN_IS_GOING, WhileRunIsGoing.START_ANOTHER);
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runner.run(2);

        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 2);
    }

    @Test
    void anIncomingFlowFileWaitsWhileItsRunIsGoing() throws Exception {
        SandboxRunner.addRunService(runner);
        runner.setIncomingConnection(true);
        runner.setProperty(DecryptConfig.CONFIGURATION_SOURCE, ConfigurationSource.CONTENT);
        final String configuration = configuration(config -> { });
        runner.enqueue(configuration);
        runner.enqueue(configuration);
        runner.enqueue(configuration(config -> config.withObject("unloadSource").putArray("tableNames").add("lineitem")));
        runner.run(3);

        runner.assertTransferCount(DecryptConfig.SUCCESS, 2);
        runner.assertTransferCount(DecryptConfig.ORIGINAL, 2);
        assertEquals(1, runner.getQueueSize().getObjectCount());
        runner.assertPenalizeCount(1);
    }

    @Test
    void runsThatCannotBeRememberedAreNotStarted() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.getStateManager(runs).setFailOnStateSet(Scope.CLUSTER, true);

        failsWith(file(config -> { }), "RUN_SERVICE", "state provider");
    }

    @Test
    void aRunThatIsNotCommittedIsForgotten() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runner.run(1, false);
        final String runId = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).getFirst().getAttribute(UnloadCopyAttributes.RUN_ID);
        runs.forget(runId);
        final DecryptConfig processor = (DecryptConfig) runner.getProcessor();
        final SharedSessionState shared = new SharedSessionState(processor, new AtomicLong());

        assertThrows(IllegalStateException.class, () -> processor.onTrigger(runner.getProcessContext(), () -> new FailingSession(shared, processor)));
        final Map<String, String> state = runner.getStateManager(runs).getState(Scope.CLUSTER).toMap();
        assertEquals(1, state.size(), state::toString);
        assertTrue(state.values().iterator().next().contains(runId), "the last run is the one that was committed: " + state);
        runner.stop();
    }

    /** Each of these is a start of the processor, as after a restart of NiFi, a change of a parameter, or on a node that becomes the primary node. */
    @Test
    void aStartBeforeTheMinimumRunIntervalIsOverStartsNothing() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "20 hours");
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        final String runId = runAndFinish(runs);
        runner.run();
        runner.run();

        runner.assertTransferCount(DecryptConfig.SUCCESS, 0);
        runner.assertTransferCount(DecryptConfig.FAILURE, 0);
        final List<String> messages = runner.getLogger().getInfoMessages().stream().map(LogMessage::getMsg).filter(message -> message.contains("Nothing is started")).toList();
        assertEquals(2, messages.size(), messages::toString);

        for (final String word : List.of(runId, "config.json", "Minimum Run Interval is 20 hours", "Run Once")) {
            assertTrue(messages.getFirst().contains(word), messages::getFirst);
        }

        assertEquals(List.of(), runner.getLogger().getWarnMessages());

        // Run Once, as the property's description tells.
        runner.removeProperty(DecryptConfig.MINIMUM_RUN_INTERVAL);
        runAndFinish(runs);
        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "20 hours");
        runner.run();
        runner.assertTransferCount(DecryptConfig.SUCCESS, 0);
    }

    @Test
    void anIncomingFlowFileStartsARunAtAnyTime() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "20 hours");
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runAndFinish(runs);
        runner.setIncomingConnection(true);
        runner.enqueue("on purpose");
        runner.run();

        runner.assertTransferCount(DecryptConfig.SUCCESS, 1);
        runner.assertTransferCount(DecryptConfig.ORIGINAL, 1);
    }

    @Test
    void anotherConfigurationIsStartedWithinTheMinimumRunInterval() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "20 hours");
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runAndFinish(runs);
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, Files.writeString(folder.resolve("other.json"), configuration(config -> { })).toString());
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
    }

    @Test
    void aRunThatIsNotCommittedDoesNotCount() throws Exception {
        SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "20 hours");
        runner.setProperty(DecryptConfig.WHILE_RUN_IS_GOING, WhileRunIsGoing.START_ANOTHER);
        final DecryptConfig processor = (DecryptConfig) runner.getProcessor();
        final SharedSessionState shared = new SharedSessionState(processor, new AtomicLong());
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, folder.resolve("missing.json").toString());
        runner.run(1, false);
        runner.clearTransferState();
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        assertThrows(IllegalStateException.class, () -> processor.onTrigger(runner.getProcessContext(), () -> new FailingSession(shared, processor)));

        runner.run(1, true, false);
        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
    }

    @Test
    void theMinimumRunIntervalIsATimePeriod() throws Exception {
        SandboxRunner.addRunService(runner);
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> { }));
        runner.assertValid();

        for (final String value : List.of("0 secs", "20", "367 days")) {
            runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, value);
            runner.assertNotValid();
        }

        runner.setProperty(DecryptConfig.MINIMUM_RUN_INTERVAL, "366 days");
        runner.assertValid();
    }

    @Test
    void verifyNamesEachStep() throws IOException {
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, file(config -> config.withObject("copyTarget").put("connectPwd", "bm90IGEgY2lwaGVydGV4dA==")));
        final List<ConfigVerificationResult> results = ((VerifiableProcessor) runner.getProcessor()).verify(runner.getProcessContext(), runner.getLogger(), Map.of());

        assertEquals(List.of(Outcome.SUCCESSFUL, Outcome.SUCCESSFUL, Outcome.FAILED), results.stream().map(ConfigVerificationResult::getOutcome).toList());
        assertTrue(results.getLast().getExplanation().contains("copyTarget.connectPwd"), results.getLast()::getExplanation);
    }

    /** Triggers the processor once, and tells the service that the only table has ended. Returns the id of the run. */
    private String runAndFinish(final StandardMigrationRunService runs) throws MigrationRunException {
        runner.run();
        runner.assertAllFlowFilesTransferred(DecryptConfig.SUCCESS, 1);
        final String runId = runner.getFlowFilesForRelationship(DecryptConfig.SUCCESS).getFirst().getAttribute(UnloadCopyAttributes.RUN_ID);
        runs.forget(runId);
        runner.clearTransferState();
        return runId;
    }

    private void failsWith(final String location, final String reason, final String... words) {
        runner.setProperty(DecryptConfig.CONFIGURATION_LOCATION, location);
        runner.run();

        runner.assertAllFlowFilesTransferred(DecryptConfig.FAILURE, 1);
        final MockFlowFile failed = runner.getFlowFilesForRelationship(DecryptConfig.FAILURE).getFirst();
        final String message = failed.getAttribute(UnloadCopyAttributes.ERROR_MESSAGE);
        assertEquals(reason, failed.getAttribute(UnloadCopyAttributes.ERROR_REASON), message);
        assertEquals(1, runner.getLogger().getErrorMessages().size());
        assertEquals(message, runner.getLogger().getErrorMessages().getFirst().getThrowable().getMessage());

        for (final String word : words) {
            assertTrue(message.contains(word), () -> "The message does not say '%s': %s".formatted(word, message));
        }

        SandboxRunner.assertNoSecrets(runner, failed);
    }

    private String file(final Consumer<ObjectNode> change) throws IOException {
        return Files.writeString(folder.resolve("config.json"), configuration(change)).toString();
    }

    /** A valid configuration for the sandbox's clusters, changed. */
    private String configuration(final Consumer<ObjectNode> change) {
        final ObjectNode config = JsonMapper.builder().build().createObjectNode();
        cluster(config.putObject("unloadSource"), sandbox.source()).put("schemaName", "public").putArray("tableNames").add("orders");
        config.putObject("s3Staging")
                .put("path", "s3://%s/Staging/".formatted(SandboxSession.BUCKET))
                .put("aws_iam_role", sandbox.endpoints().iamRole())
                .put("region", sandbox.endpoints().region())
                .put("deleteOnSuccess", "True");
        cluster(config.putObject("copyTarget"), sandbox.target());
        change.accept(config);
        return config.toPrettyString();
    }

    private ObjectNode cluster(final ObjectNode node, final SandboxEndpoints.Cluster cluster) {
        return node.put("clusterEndpoint", cluster.host())
                .put("clusterPort", cluster.port())
                .put("db", cluster.database())
                .put("connectUser", cluster.user())
                .put("connectPwd", sandbox.encrypt(cluster.password()));
    }
}
