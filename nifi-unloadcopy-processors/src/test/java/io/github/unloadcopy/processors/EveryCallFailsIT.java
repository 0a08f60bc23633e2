package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.OutsideCalls;
import io.github.unloadcopy.OutsideCalls.Fate;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.redshift.QuickTableLoader;
import io.github.unloadcopy.redshift.TableLoader;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.services.FailingConnectionPool;
import io.github.unloadcopy.services.FailingKmsCredentialsService;
import io.github.unloadcopy.services.FailingRunService;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.services.RedshiftCluster;
import io.github.unloadcopy.services.RedshiftConnectionPool;
import org.apache.nifi.controller.ControllerService;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.LogMessage;
import org.apache.nifi.util.MockComponentLog;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Whole migrations of one table, in each of which one call to the outside fails: the first, the second, and so on, until a migration has fewer calls than that. Each is continued as an operator or
 * NiFi continues it, and has to come out exact.
 */
class EveryCallFailsIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();
    private static final String CONFIGURATION_KEY = "Config/Every-Call-Fails.json";
    private static final String LEDGER = "every_call.loads";
    private static final int ROWS = 3;
    private static final int MOST_FAULTS_REPORTED = 20;
    private static final int RETRIES = 3;

    private static final OutsideCalls CALLS = new OutsideCalls();
    private static final FailingRunService RUNS = new FailingRunService(CALLS);

    private static Continuation continuation;
    private static TestRunner decrypt;
    private static TestRunner unload;
    private static TestRunner copy;
    private static TestRunner purge;
    private static Connection source;
    private static Connection target;

    /** How a FlowFile that went to failure comes again. */
    private enum Continuation {

        /** NiFi retries the relationship: the FlowFile comes as it was before, and its table has not ended. */
        RETRIED,

        /** Somebody sends it to the same step again: it comes as it went to failure, and its table ended then. */
        SENT_AGAIN
    }

    @BeforeAll
    static void setUp() throws InitializationException, SQLException {
        source = SANDBOX.connect(SANDBOX.source());
        target = SANDBOX.connect(SANDBOX.target());
        execute(source, "CREATE SCHEMA every_call", "CREATE TABLE every_call.orders (id INTEGER, note VARCHAR(20))",
                "INSERT INTO every_call.orders VALUES (1, 'one'), (2, NULL), (3, '')");
        execute(target, "CREATE SCHEMA every_call", "CREATE TABLE every_call.orders (id INTEGER, note VARCHAR(20))");
        SANDBOX.put(CONFIGURATION_KEY, configuration());

        final FailingConnectionPool sourcePool = new FailingConnectionPool(CALLS, "source");
        final FailingConnectionPool targetPool = new FailingConnectionPool(CALLS, "target");
        decrypt = SandboxRunner.create(new FailingDecryptConfig());
        final KmsCredentialsService realKms = decrypt.getControllerService(SandboxRunner.KMS_SERVICE, KmsCredentialsService.class);
        final Map<String, ControllerService> services = Map.of("failing-kms", new FailingKmsCredentialsService(CALLS, realKms), "failing-source", sourcePool,
                "failing-target", targetPool, "failing-runs", RUNS);

        unload = SandboxRunner.create(new FailingUnload());
        copy = SandboxRunner.create(new FailingCopy());
        purge = SandboxRunner.create(new FailingPurge());

        for (final TestRunner runner : List.of(decrypt, unload, copy, purge)) {
            for (final Map.Entry<String, ControllerService> entry : services.entrySet()) {
                runner.addControllerService(entry.getKey(), entry.getValue());
            }

            configure(runner, sourcePool, RedshiftCluster.SOURCE);
            configure(runner, targetPool, RedshiftCluster.TARGET);
            services.values().forEach(runner::enableControllerService);
            runner.setProperty(CommonProperties.MIGRATION_RUN_SERVICE, "failing-runs");
        }

        for (final TestRunner runner : List.of(decrypt, unload, purge)) {
            runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
        }

        for (final TestRunner runner : List.of(decrypt, unload, copy)) {
            runner.setProperty(CommonProperties.KMS_CREDENTIALS_SERVICE, "failing-kms");
        }

        decrypt.setProperty(DecryptConfig.CONFIGURATION_LOCATION, "s3://%s/%s".formatted(SandboxSession.BUCKET, CONFIGURATION_KEY));
        decrypt.setIncomingConnection(false);
        unload.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, "failing-source");
        unload.setProperty(RedshiftUnload.TARGET_CONNECTION_POOLING_SERVICE, "failing-target");
        copy.setProperty(CommonProperties.CONNECTION_POOLING_SERVICE, "failing-target");
        copy.setProperty(RedshiftCopy.LOAD_LEDGER, LEDGER);
        purge.setProperty(PurgeS3Prefix.CREDENTIALS_PROVIDER_SERVICE, "failing-kms");
        purge.setProperty(PurgeS3Prefix.SOURCE_CONNECTION_POOLING_SERVICE, "failing-source");

        for (final TestRunner runner : List.of(decrypt, unload, purge)) {
            ((AbstractS3Processor) runner.getProcessor()).openS3Client(runner.getProcessContext());
        }
    }

    private static void configure(final TestRunner runner, final ControllerService pool, final RedshiftCluster cluster) {
        runner.setProperty(pool, RedshiftConnectionPool.KMS_CREDENTIALS_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(pool, RedshiftConnectionPool.CLUSTER, cluster);
        runner.setProperty(pool, RedshiftConnectionPool.SSL_ROOT_CERTIFICATE, SANDBOX.endpoints().caFile());
    }

    @AfterAll
    static void close() throws SQLException {
        source.close();
        target.close();

        for (final TestRunner runner : List.of(decrypt, unload, purge)) {
            ((AbstractS3Processor) runner.getProcessor()).closeS3Client();
        }
    }

    /** What is left of a migration that failed does not disturb the next one. */
    @BeforeEach
    void forgetMigrations() {
        RUNS.clear();
        Stream.of(unload, copy, purge).forEach(TestRunner::clearQueue);
    }

    @Test
    void everyMigrationIsExactWhicheverCallFails() {
        final long start = System.nanoTime();
        final List<String> faults = new ArrayList<>();
        final List<String> counts = new ArrayList<>();
        int migrations = 0;

        for (final Fate fate : List.of(Fate.NOT_MADE, Fate.ANSWER_LOST)) {
            int failing = 0;

            do {
                failing++;
                migrations++;
                final int number = failing;
                // Each call is met by both: by one when it is not made, and by the other when its answer is lost.
                continuation = failing % 2 == fate.ordinal() % 2 ? Continuation.RETRIED : Continuation.SENT_AGAIN;
                CALLS.follow((call, name) -> call == number ? fate : Fate.ANSWERED);
                migrate(faults);
            } while (CALLS.lastFailed() != null && faults.size() < MOST_FAULTS_REPORTED);

            counts.add("%d calls %s".formatted(CALLS.count(), fate));
        }

        System.out.printf("EveryCallFailsIT: %d migrations, %s, %d s%n", migrations, counts, Duration.ofNanos(System.nanoTime() - start).toSeconds());
        assertEquals(List.of(), faults);
    }

    @Test
    void aCommitWithoutAnswerIsUnknownWhileTheLedgerIsOutOfReach() throws IOException, SQLException {
        continuation = Continuation.RETRIED;
        CALLS.follow((number, name) -> Fate.ANSWERED);
        final Migration migration = new Migration();
        final Map<String, String> staged = migration.unload();
        final List<String> objects = staged(staged);
        CALLS.follow(new TargetLostAtCommit());
        copy.enqueue(new byte[0], staged);

        assertFalse(migration.trigger(copy));
        final MockFlowFile failed = copy.getFlowFilesForRelationship(RedshiftCopy.FAILURE).getFirst();
        failed.assertAttributeEquals(UnloadCopyAttributes.ERROR_REASON, "OUTCOME_UNKNOWN");
        assertFalse(objects.isEmpty());
        assertEquals(objects, staged(staged));

        CALLS.follow((number, name) -> Fate.ANSWERED);
        final Map<String, String> loaded = migration.step(copy, failed.getAttributes());
        assertEquals("true", loaded.get(UnloadCopyAttributes.COPY_ALREADY_LOADED));
        migration.end(loaded);
    }

    private void migrate(final List<String> faults) {
        try {
            new Migration().run();
        } catch (final IOException | SQLException | RuntimeException | AssertionError e) {
            faults.add("With %s, %s: %s".formatted(CALLS.lastFailed(), continuation, e));
            forgetMigrations();
        }
    }

    private static void execute(final Connection connection, final String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> query(final Connection connection, final String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            final List<String> found = new ArrayList<>();

            while (rows.next()) {
                found.add("%s, %s".formatted(rows.getString(1), rows.getString(2)));
            }

            return found;
        }
    }

    private static String configuration() {
        final ObjectNode config = JsonMapper.builder().build().createObjectNode();
        cluster(config.putObject("unloadSource"), SANDBOX.source()).put("schemaName", "every_call").putArray("tableNames").add("orders");
        config.putObject("s3Staging")
                .put("path", "s3://%s/EveryCallFails/".formatted(SandboxSession.BUCKET))
                .put("aws_iam_role", SANDBOX.endpoints().iamRole())
                .put("region", SANDBOX.endpoints().region())
                .put("deleteOnSuccess", "True");
        cluster(config.putObject("copyTarget"), SANDBOX.target());
        return config.toPrettyString();
    }

    private static ObjectNode cluster(final ObjectNode node, final SandboxEndpoints.Cluster cluster) {
        return node.put("clusterEndpoint", cluster.host())
                .put("clusterPort", cluster.port())
                .put("db", cluster.database())
                .put("connectUser", cluster.user())
                .put("connectPwd", SANDBOX.encrypt(cluster.password()));
    }

    /** Objects, versions and unfinished uploads below the prefix of the table in its run. */
    private static List<String> staged(final Map<String, String> attributes) {
        final String prefix = attributes.get(UnloadCopyAttributes.STAGING_PREFIX).substring("s3://%s/".formatted(SandboxSession.BUCKET).length());
        final ListObjectVersionsResponse versions = SANDBOX.s3().listObjectVersions(request -> request.bucket(SandboxSession.BUCKET).prefix(prefix));
        final Stream<String> objects = Stream.concat(versions.versions().stream().map(version -> version.key() + " " + version.versionId()),
                versions.deleteMarkers().stream().map(marker -> marker.key() + " " + marker.versionId()));
        return Stream.concat(objects, SANDBOX.s3().listMultipartUploads(request -> request.bucket(SandboxSession.BUCKET).prefix(prefix)).uploads().stream()
                .map(upload -> upload.key() + " " + upload.uploadId())).toList();
    }

    /** One migration, with all that is checked on its way. */
    private static final class Migration {

        private final List<MockFlowFile> summaries = new ArrayList<>();
        private int failures;
        private int rollbacks;

        void run() throws IOException, SQLException {
            end(step(copy, unload()));
        }

        Map<String, String> unload() throws SQLException {
            execute(target, "TRUNCATE every_call.orders", "DROP TABLE IF EXISTS " + LEDGER, "DROP TABLE IF EXISTS " + LEDGER + "_gate");
            return step(unload, start());
        }

        void end(final Map<String, String> loaded) throws IOException, SQLException {
            step(purge, loaded);
            final String runId = loaded.get(UnloadCopyAttributes.RUN_ID);
            assertEquals(query(source, "SELECT id, note FROM every_call.orders ORDER BY id"), query(target, "SELECT id, note FROM every_call.orders ORDER BY id"), "rows of the target");
            assertEquals(List.of(runId + ", " + ROWS), query(target, "SELECT run_id, row_count FROM " + LEDGER), "ledger");
            assertEquals(List.of(), staged(loaded), "staged");
            assertTrue(failures + rollbacks <= (CALLS.lastFailed() == null ? 0 : 1), "more than one try failed");
            assertSummary(runId);
        }

        /** A table that went to failure for good has ended, and no second summary corrects the first. */
        private void assertSummary(final String runId) {
            assertEquals(1, summaries.size(), "summaries");
            final MockFlowFile summary = summaries.getFirst();
            summary.assertAttributeEquals(UnloadCopyAttributes.RUN_ID, runId);
            summary.assertAttributeEquals(failures > 0 && continuation == Continuation.SENT_AGAIN ? UnloadCopyAttributes.RUN_FAILED : UnloadCopyAttributes.RUN_SUCCEEDED, "1");
        }

        /** Triggers DecryptConfig until its one table is there. */
        private Map<String, String> start() {
            for (int trial = 0; trial < 3; trial++) {
                final boolean rolledBack = trigger(decrypt);
                final List<MockFlowFile> tables = decrypt.getFlowFilesForRelationship(DecryptConfig.SUCCESS);

                if (!tables.isEmpty()) {
                    return tables.getFirst().getAttributes();
                }

                assertTrue(rolledBack || !decrypt.getFlowFilesForRelationship(DecryptConfig.FAILURE).isEmpty(), "a run that was never emitted keeps the next one from starting");
            }

            throw new AssertionError("DecryptConfig does not start");
        }

        Map<String, String> step(final TestRunner runner, final Map<String, String> attributes) throws SQLException {
            final Map<String, String> retried = new HashMap<>(attributes);
            retried.put("retryCount." + runner.getProcessor().getIdentifier(), "1");
            final List<String> before = runner == copy ? staged(attributes) : List.of();
            runner.enqueue(new byte[0], attributes);

            for (int trial = 0; trial < 2; trial++) {
                final boolean rolledBack = trigger(runner);
                final boolean succeeded = runner.getFlowFilesForRelationship("success").size() == 1;

                if (runner == copy) {
                    assertLoad(succeeded);
                    assertEquals(before, staged(attributes), "staged after the load");
                }

                if (succeeded) {
                    return runner.getFlowFilesForRelationship("success").getFirst().getAttributes();
                }

                if (rolledBack) {
                    assertEquals(1, runner.getQueueSize().getObjectCount());
                    rollbacks++;
                } else {
                    runner.enqueue(new byte[0], continuation == Continuation.RETRIED ? retried : runner.getFlowFilesForRelationship("failure").getFirst().getAttributes());
                    failures++;
                }
            }

            throw new AssertionError("%s fails twice".formatted(runner.getProcessor().getClass().getSimpleName()));
        }

        /** A load that succeeded is there, and one that failed is not: with the ledger in reach, none is unknown. */
        private static void assertLoad(final boolean succeeded) throws SQLException {
            assertEquals(succeeded ? ROWS : 0, query(target, "SELECT id, note FROM every_call.orders").size(), "rows after the load");
        }

        /** Returns whether the processor rolled back. */
        boolean trigger(final TestRunner runner) {
            runner.clearTransferState();
            runner.clearProvenanceEvents();
            final List<Integer> before = messages(runner).stream().map(List::size).toList();
            boolean rolledBack = false;

            try {
                runner.run(1, false, false);
            } catch (final AssertionError e) {
                if (!(e.getCause() instanceof ProcessException)) {
                    throw e;
                }

                rolledBack = true;
            }

            summaries.addAll(runner.getProcessor() instanceof DecryptConfig ? List.of() : runner.getFlowFilesForRelationship(RunReporting.SUMMARY));
            final List<String> texts = new ArrayList<>();

            for (int level = 0; level < before.size(); level++) {
                messages(runner).get(level).stream().skip(before.get(level)).forEach(message -> texts.add(SandboxRunner.text(message)));
            }

            runner.getProvenanceEvents().forEach(event -> texts.add(SandboxRunner.text(event)));

            for (final String relationship : List.of("success", "failure", "summary")) {
                runner.getFlowFilesForRelationship(relationship).forEach(flowFile -> texts.addAll(flowFile.getAttributes().values()));
            }

            SandboxRunner.assertNoSecrets(texts);
            assertEquals(0, CALLS.openConnections(), "connections that were not given back");
            return rolledBack;
        }

        private static List<List<LogMessage>> messages(final TestRunner runner) {
            final MockComponentLog log = runner.getLogger();
            return List.of(log.getErrorMessages(), log.getWarnMessages(), log.getInfoMessages(), log.getDebugMessages());
        }
    }

    /** Takes the target away with the COMMIT of the load, which is done. */
    private static final class TargetLostAtCommit implements OutsideCalls.Plan {

        private boolean noted;
        private boolean lost;

        @Override
        public Fate fate(final int number, final String name) {
            if (lost) {
                return name.endsWith(" target") ? Fate.NOT_MADE : Fate.ANSWERED;
            }

            noted |= name.startsWith("SQL INSERT INTO");
            lost = noted && name.equals("SQL COMMIT on target");
            return lost ? Fate.ANSWER_LOST : Fate.ANSWERED;
        }
    }

    /** NiFi's own contexts tell whether a relationship is retried; those of nifi-mock never do. */
    private static ProcessContext retrying(final ProcessContext context) {
        return (ProcessContext) Proxy.newProxyInstance(EveryCallFailsIT.class.getClassLoader(), new Class<?>[] {ProcessContext.class}, (proxy, method, arguments) -> {
            try {
                return switch (method.getName()) {
                    case "isRelationshipRetried" -> continuation == Continuation.RETRIED;
                    case "getRetryCount" -> RETRIES;
                    default -> method.invoke(context, arguments);
                };
            } catch (final InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    public static class FailingDecryptConfig extends DecryptConfig {

        @Override
        S3Client createS3Client(final ProcessContext context) {
            return CALLS.s3(super.createS3Client(context));
        }
    }

    public static class FailingUnload extends RedshiftUnload {

        @Override
        S3Client createS3Client(final ProcessContext context) {
            return CALLS.s3(super.createS3Client(context));
        }

        @Override
        public void onTrigger(final ProcessContext context, final ProcessSession session) {
            super.onTrigger(retrying(context), session);
        }
    }

    public static class FailingCopy extends RedshiftCopy {

        @Override
        TableLoader createLoader() {
            return QuickTableLoader.create();
        }

        @Override
        public void onTrigger(final ProcessContext context, final ProcessSession session) {
            super.onTrigger(retrying(context), session);
        }
    }

    public static class FailingPurge extends PurgeS3Prefix {

        @Override
        S3Client createS3Client(final ProcessContext context) {
            return CALLS.s3(super.createS3Client(context));
        }

        @Override
        public void onTrigger(final ProcessContext context, final ProcessSession session) {
            super.onTrigger(retrying(context), session);
        }
    }
}
