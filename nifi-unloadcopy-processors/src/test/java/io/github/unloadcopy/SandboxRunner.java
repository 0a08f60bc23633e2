package io.github.unloadcopy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.unloadcopy.processors.UnloadCopyAttributes;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.services.MigrationRun;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.services.RedshiftCluster;
import io.github.unloadcopy.services.RedshiftConnectionPool;
import io.github.unloadcopy.services.SandboxCredentialsService;
import io.github.unloadcopy.services.StandardKmsCredentialsService;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.TableRecord;
import io.github.unloadcopy.services.WhenTableFails;
import io.github.unloadcopy.services.WhileRunIsGoing;
import org.apache.nifi.processor.Processor;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.provenance.ProvenanceEventRecord;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.LogMessage;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.apache.nifi.util.TestRunners;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Test runners whose services reach the sandbox, and what every failure has to look like.
 */
public final class SandboxRunner {

    public static final String KMS_SERVICE = "kms";
    public static final String SOURCE_POOL = "source";
    public static final String TARGET_POOL = "target";
    public static final String RUN_SERVICE = "runs";
    public static final String CREDENTIALS_SERVICE = "credentials";

    private SandboxRunner() {
    }

    /** A runner with the sandbox's credentials, the KMS service, and a pool for each cluster, all enabled. */
    public static TestRunner create(final Processor processor) throws InitializationException {
        final TestRunner runner = TestRunners.newTestRunner(processor);
        addKmsService(runner, SandboxSession.get().endpoints().kms().endpoint());
        addPool(runner, SOURCE_POOL, RedshiftCluster.SOURCE);
        addPool(runner, TARGET_POOL, RedshiftCluster.TARGET);
        return runner;
    }

    private static void addKmsService(final TestRunner runner, final String endpoint) throws InitializationException {
        final SandboxCredentialsService credentials = new SandboxCredentialsService();
        runner.addControllerService(CREDENTIALS_SERVICE, credentials);
        runner.enableControllerService(credentials);

        final StandardKmsCredentialsService kms = new StandardKmsCredentialsService();
        runner.addControllerService(KMS_SERVICE, kms);
        runner.setProperty(kms, StandardKmsCredentialsService.CREDENTIALS_PROVIDER_SERVICE, CREDENTIALS_SERVICE);
        runner.setProperty(kms, StandardKmsCredentialsService.REGION, SandboxSession.get().endpoints().region());
        runner.setProperty(kms, StandardKmsCredentialsService.ENDPOINT_OVERRIDE, endpoint);
        runner.enableControllerService(kms);
    }

    private static void addPool(final TestRunner runner, final String id, final RedshiftCluster cluster) throws InitializationException {
        final RedshiftConnectionPool pool = new RedshiftConnectionPool();
        runner.addControllerService(id, pool);
        runner.setProperty(pool, RedshiftConnectionPool.KMS_CREDENTIALS_SERVICE, KMS_SERVICE);
        runner.setProperty(pool, RedshiftConnectionPool.CLUSTER, cluster);
        runner.setProperty(pool, RedshiftConnectionPool.SSL_ROOT_CERTIFICATE, SandboxSession.get().endpoints().caFile());
        runner.enableControllerService(pool);
    }

    /** Adds a service that remembers runs, enabled, to the services of the processor. */
    public static StandardMigrationRunService addRunService(final TestRunner runner) throws InitializationException {
        final StandardMigrationRunService runs = new StandardMigrationRunService();
        runner.addControllerService(RUN_SERVICE, runs);
        runner.enableControllerService(runs);
        runner.setProperty("Migration Run Service", RUN_SERVICE);
        return runs;
    }

    /** Starts the run that the attributes name, with so many tables, and makes the FlowFile that has them the first of these. */
    public static void startRun(final StandardMigrationRunService runs, final Map<String, String> attributes, final WhenTableFails whenTableFails, final int tables) throws MigrationRunException {
        final List<TableRecord> records = new ArrayList<>();

        for (int index = 1; index <= tables; index++) {
            records.add(TableRecord.of(index, "public.table" + index, "public.table" + index));
        }

        attributes.putIfAbsent(UnloadCopyAttributes.RUN_ID, UUID.randomUUID().toString());
        attributes.put(UnloadCopyAttributes.RUN_TABLE_INDEX, "1");
        runs.start(new MigrationRun(attributes.get(UnloadCopyAttributes.RUN_ID), "key", "s3://bucket/config.json", Instant.now(), whenTableFails, records), WhileRunIsGoing.SKIP,
                Duration.ZERO);
    }

    /** The tables in the only summary that the processor emitted. */
    public static JsonNode summarizedTables(final TestRunner runner) throws IOException {
        runner.assertTransferCount("summary", 1);
        return JsonMapper.builder().build().readTree(runner.getFlowFilesForRelationship("summary").getFirst().toByteArray()).path("tables");
    }

    /** The attributes that DecryptConfig writes for one table that has the same name on both sides. */
    public static Map<String, String> tableAttributes(final String schema, final String table) {
        final SandboxSession sandbox = SandboxSession.get();
        final Map<String, String> attributes = new HashMap<>();
        putCluster(attributes, UnloadCopyAttributes.SOURCE, sandbox.source(), schema, table);
        putCluster(attributes, UnloadCopyAttributes.TARGET, sandbox.target(), schema, table);
        attributes.put(UnloadCopyAttributes.RUN_ID, UUID.randomUUID().toString());
        attributes.put(UnloadCopyAttributes.RUN_STARTED, "2026-11-22T10:11:12Z");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "s3://%s/Staging".formatted(SandboxSession.BUCKET));
        attributes.put(UnloadCopyAttributes.STAGING_ROLE_ARN, sandbox.endpoints().iamRole());
        attributes.put(UnloadCopyAttributes.STAGING_DELETE, "true");
        attributes.put(UnloadCopyAttributes.EXPLICIT_IDS, "false");
        return attributes;
    }

    private static void putCluster(final Map<String, String> attributes, final String prefix, final SandboxEndpoints.Cluster cluster, final String schema, final String table) {
        attributes.put(prefix + UnloadCopyAttributes.ENDPOINT, cluster.host());
        attributes.put(prefix + UnloadCopyAttributes.PORT, Integer.toString(cluster.port()));
        attributes.put(prefix + UnloadCopyAttributes.DATABASE, cluster.database());
        attributes.put(prefix + UnloadCopyAttributes.USER, cluster.user());
        attributes.put(prefix + UnloadCopyAttributes.PASSWORD_CIPHERTEXT, SandboxSession.get().encrypt(cluster.password()));
        attributes.put(prefix + UnloadCopyAttributes.SCHEMA, schema);
        attributes.put(prefix + UnloadCopyAttributes.TABLE, table);
    }

    /** Runs one FlowFile that has to succeed, and returns it. */
    public static MockFlowFile succeed(final TestRunner runner, final Map<String, String> attributes) {
        runner.enqueue(new byte[0], attributes);
        runner.run();
        assertEquals(List.of(), runner.getLogger().getErrorMessages().stream().map(LogMessage::getMsg).toList());
        runner.assertAllFlowFilesTransferred("success", 1);
        return runner.getFlowFilesForRelationship("success").getFirst();
    }

    /**
     * Runs one FlowFile that has to fail as failures should: penalized, with attributes and one error message that hold each of the given words, and no secret anywhere.
     */
    public static MockFlowFile fail(final TestRunner runner, final Map<String, String> attributes, final Relationship failure, final String reason, final String... words) {
        runner.enqueue(new byte[0], attributes);
        runner.run();
        runner.assertAllFlowFilesTransferred(failure, 1);
        runner.assertPenalizeCount(1);
        final MockFlowFile failed = runner.getFlowFilesForRelationship(failure).getFirst();
        final String message = failed.getAttribute(UnloadCopyAttributes.ERROR_MESSAGE);
        final List<LogMessage> errors = runner.getLogger().getErrorMessages();

        assertEquals(1, errors.size());
        assertEquals(reason, failed.getAttribute(UnloadCopyAttributes.ERROR_REASON), message);
        assertEquals(runner.getProcessor().getClass().getSimpleName(), failed.getAttribute(UnloadCopyAttributes.ERROR_COMPONENT));
        assertEquals(message, errors.getFirst().getThrowable().getMessage());

        for (final String word : words) {
            assertTrue(message.contains(word), () -> "The message does not say '%s': %s".formatted(word, message));
        }

        assertNoSecrets(runner, failed);
        return failed;
    }

    /** Looks for the sandbox's secrets in attributes, in log messages and in the stack traces that NiFi writes to its log. */
    public static void assertNoSecrets(final TestRunner runner, final MockFlowFile flowFile) {
        final List<String> texts = new ArrayList<>(flowFile.getAttributes().values());

        for (final List<LogMessage> messages : List.of(runner.getLogger().getErrorMessages(), runner.getLogger().getWarnMessages(), runner.getLogger().getInfoMessages(),
                runner.getLogger().getDebugMessages())) {
            messages.forEach(message -> texts.add(text(message)));
        }

        runner.getProvenanceEvents().forEach(event -> texts.add(text(event)));
        assertNoSecrets(texts);
    }

    /** Looks for the sandbox's secrets in texts. */
    public static void assertNoSecrets(final Collection<String> texts) {
        final SandboxEndpoints endpoints = SandboxSession.get().endpoints();
        final List<String> secrets = List.of(endpoints.secretAccessKey(), endpoints.cluster("source").password(), endpoints.cluster("target").password());

        for (final String text : texts) {
            secrets.forEach(secret -> assertFalse(text != null && text.contains(secret), () -> "A secret is in: " + text.replace(secret, "****")));
        }
    }

    /** All that a message says in NiFi's log. */
    public static String text(final LogMessage message) {
        return message.getMsg() + stackTrace(message.getThrowable());
    }

    /** All that an event says of its own. */
    public static String text(final ProvenanceEventRecord event) {
        return event.getDetails() + event.getTransitUri() + event.getAttributes();
    }

    private static String stackTrace(final Throwable throwable) {
        final StringWriter text = new StringWriter();

        if (throwable != null) {
            throwable.printStackTrace(new PrintWriter(text));
        }

        return text.toString();
    }
}
