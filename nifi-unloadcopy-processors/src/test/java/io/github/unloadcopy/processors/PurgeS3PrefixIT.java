package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.faults.Service;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.WhenTableFails;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PurgeS3PrefixIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    private final String runId = UUID.randomUUID().toString();
    private final String run = "purge/2026-11-22_10:11:12-%s/".formatted(runId);

    private TestRunner runner;

    @BeforeEach
    void setRunner() throws InitializationException {
        runner = SandboxRunner.create(new PurgeS3Prefix());
        runner.setProperty(PurgeS3Prefix.CREDENTIALS_PROVIDER_SERVICE, SandboxRunner.KMS_SERVICE);
        runner.setProperty(CommonProperties.ENDPOINT_OVERRIDE, SANDBOX.endpoints().s3().endpoint());
    }

    @Test
    void deletesThePrefixAndNothingElse() {
        SANDBOX.put(run + "db.public.orders/0000_part_00.gz", "data");
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        SANDBOX.put(run + "db.public.orders2/0000_part_00.gz", "another table");
        final MockFlowFile purged = SandboxRunner.succeed(runner, attributes("db.public.orders/", "3", "3"));

        purged.assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "2");
        purged.assertAttributeEquals(UnloadCopyAttributes.PURGE_BYTES, "12");
        assertEquals(List.of(run + "db.public.orders2/0000_part_00.gz"), SANDBOX.keys(run));
    }

    @Test
    void abortsUnfinishedUploads() {
        final String key = run + "db.public.orders/0000_part_00.gz";
        SANDBOX.s3().createMultipartUpload(request -> request.bucket(SandboxSession.BUCKET).key(key));
        final MockFlowFile purged = SandboxRunner.succeed(runner, attributes("db.public.orders/", "3", "3"));

        purged.assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "0");
        purged.assertAttributeEquals(UnloadCopyAttributes.PURGE_UPLOADS, "1");
        purged.assertAttributeNotExists(UnloadCopyAttributes.PURGE_NOTES);
        assertEquals(List.of(), SANDBOX.s3().listMultipartUploads(request -> request.bucket(SandboxSession.BUCKET).prefix(run)).uploads());
    }

    @Test
    void warnsWhenUploadsCannotBeLookedFor() throws Exception {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Match listing = new Match(Service.S3, "ListMultipartUploads", SandboxSession.BUCKET + "/" + run + "*", null, null);
        SANDBOX.endpoints().controlClient().add(new FaultRule("no-uploads", listing, null, new Effect(Effect.Type.ERROR, "AccessDenied", null, null, null, null, null)));

        try {
            final MockFlowFile purged = SandboxRunner.succeed(runner, attributes("db.public.orders/", "3", "3"));

            purged.assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "1");
            assertTrue(purged.getAttribute(UnloadCopyAttributes.PURGE_NOTES).contains("allow s3:ListBucketMultipartUploads on the bucket"), purged.getAttributes().toString());
            assertEquals(1, runner.getLogger().getWarnMessages().size());
            assertEquals(List.of(), SANDBOX.keys(run));
        } finally {
            SANDBOX.endpoints().controlClient().remove("no-uploads");
        }
    }

    @Test
    void anEmptyPrefixIsSuccess() {
        SandboxRunner.succeed(runner, attributes("db.public.orders/", "0", "0")).assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "0");
    }

    @Test
    void keepsWhatTheConfigurationKeeps() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_DELETE, "false");

        SandboxRunner.succeed(runner, attributes).assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "0");
        assertEquals(1, SANDBOX.keys(run).size());
    }

    @Test
    void keepsWhatIsNotProvenToBeLoaded() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");

        SandboxRunner.fail(runner, attributes("db.public.orders/", "3", "2"), PurgeS3Prefix.FAILURE, "FLOWFILE", "not proven", "3", "2");
        assertEquals(1, SANDBOX.keys(run).size());
    }

    @Test
    void keepsWhatWasNeverLoaded() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.remove(UnloadCopyAttributes.COPY_ROWS);

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "FLOWFILE", PurgeS3Prefix.ROWS_LOADED.getName());
        assertEquals(1, SANDBOX.keys(run).size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLastStepEndsItsTable(final boolean deleting) throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_DELETE, Boolean.toString(deleting));
        SandboxRunner.startRun(runs, attributes, WhenTableFails.GO_ON, 1);
        runner.enqueue(new byte[0], attributes);
        runner.run();

        runner.assertTransferCount(PurgeS3Prefix.SUCCESS, 1);
        final JsonNode table = SandboxRunner.summarizedTables(runner).get(0);
        assertEquals("SUCCEEDED", table.path("outcome").asText());
        assertEquals(3, table.path("rowsLoaded").asInt());
        assertEquals(deleting ? "" : attributes.get(UnloadCopyAttributes.STAGING_PREFIX), table.path("stagingPrefix").asText());
    }

    @Test
    void aFailureEndsItsTableToo() throws Exception {
        final StandardMigrationRunService runs = SandboxRunner.addRunService(runner);
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "2");
        SandboxRunner.startRun(runs, attributes, WhenTableFails.GO_ON, 1);
        runner.enqueue(new byte[0], attributes);
        runner.run();

        runner.assertTransferCount(PurgeS3Prefix.FAILURE, 1);
        assertEquals("PurgeS3Prefix", SandboxRunner.summarizedTables(runner).get(0).path("component").asText());
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "s3://unload-copy-staging/",
            "s3://unload-copy-staging/purge/",
            "s3://unload-copy-staging/purge/2026-11-22_10:11:12-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11/",
            "s3://unload-copy-staging/purge/2026-11-22_10:11:12-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11/table",
            "s3://unload-copy-staging/purge/2026-11-22_10:11:12-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11//",
            "s3://unload-copy-staging/purge/2026-11-22_10:11:12/table/",
            "/purge/2026-11-22_10:11:12-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11/table/"
    })
    void refusesWhatIsNotBelowARun(final String prefix) {
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_PREFIX, prefix);

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "FLOWFILE", "Prefix");
    }

    /** Everything else about them is right, so nothing but the run keeps them from being deleted. */
    @ParameterizedTest
    @ValueSource(strings = {
            "s3://{bucket}/purge/2026-11-22_10:11:12-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11/db.public.orders/",
            "s3://{bucket}/2026-11-22_10:11:12-{run}/db.public.orders/",
            "s3://{bucket}/purge/below/2026-11-22_10:11:12-{run}/db.public.orders/",
            "s3://another-bucket/purge/2026-11-22_10:11:12-{run}/db.public.orders/"
    })
    void refusesWhatIsNotOfTheFlowFilesRun(final String forged) {
        final String prefix = forged.replace("{bucket}", SandboxSession.BUCKET).replace("{run}", runId);
        final String key = prefix.substring(prefix.indexOf('/', "s3://".length()) + 1) + "manifest";
        SANDBOX.put(key, "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "s3://%s/purge".formatted(SandboxSession.BUCKET));
        attributes.put(UnloadCopyAttributes.STAGING_PREFIX, prefix);

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "FLOWFILE", "Prefix", prefix);
        assertEquals(List.of(key), SANDBOX.keys(key));
    }

    @Test
    void anAttributeAloneIsNotEnough() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.remove(UnloadCopyAttributes.RUN_ID);

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "FLOWFILE", PurgeS3Prefix.RUN_ID.getName());
        assertEquals(1, SANDBOX.keys(run).size());
    }

    @Test
    void aTypedInPathHoldsWhateverTheAttributesSay() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_PATH, "s3://%s/purge".formatted(SandboxSession.BUCKET));
        runner.setProperty(PurgeS3Prefix.STAGING_PATH, "s3://%s/other/".formatted(SandboxSession.BUCKET));

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "FLOWFILE", "staging path s3://%s/other/".formatted(SandboxSession.BUCKET));
        assertEquals(1, SANDBOX.keys(run).size());
    }

    @Test
    void aTypedInPrefixNeedsNoRun() {
        SANDBOX.put(run + "db.public.orders/manifest", "manifest");
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        runner.setProperty(PurgeS3Prefix.PREFIX, attributes.remove(UnloadCopyAttributes.STAGING_PREFIX));
        attributes.remove(UnloadCopyAttributes.RUN_ID);

        SandboxRunner.succeed(runner, attributes).assertAttributeEquals(UnloadCopyAttributes.PURGE_OBJECTS, "1");
    }

    @Test
    void missingBucket() {
        final Map<String, String> attributes = attributes("db.public.orders/", "3", "3");
        attributes.put(UnloadCopyAttributes.STAGING_PREFIX, "s3://no-such-bucket-anywhere/%sdb.public.orders/".formatted(run));

        SandboxRunner.fail(runner, attributes, PurgeS3Prefix.FAILURE, "STAGING", "no-such-bucket-anywhere", "NoSuchBucket");
    }

    private Map<String, String> attributes(final String table, final String unloaded, final String loaded) {
        return new HashMap<>(Map.of(
                UnloadCopyAttributes.RUN_ID, runId,
                UnloadCopyAttributes.STAGING_PREFIX, "s3://%s/%s%s".formatted(SandboxSession.BUCKET, run, table),
                UnloadCopyAttributes.UNLOAD_ROWS, unloaded,
                UnloadCopyAttributes.COPY_ROWS, loaded,
                UnloadCopyAttributes.STAGING_DELETE, "true"));
    }
}
