package io.github.unloadcopy.processors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.unloadcopy.services.MigrationRun;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.services.StandardMigrationRunService;
import io.github.unloadcopy.services.TableRecord;
import io.github.unloadcopy.services.WhenTableFails;
import io.github.unloadcopy.services.WhileRunIsGoing;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.flowfile.attributes.CoreAttributes;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockFlowFile;
import org.apache.nifi.util.MockProcessContext;
import org.apache.nifi.util.MockProcessSession;
import org.apache.nifi.util.SharedSessionState;
import org.apache.nifi.util.TestRunner;
import org.apache.nifi.util.TestRunners;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RunReportingTest {

    private static final String RUN = "6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11";
    private static final String PREFIX = "s3://bucket/2026-11-22_02:00:00-%s/db.public.orders/".formatted(RUN);

    private final StandardMigrationRunService service = new StandardMigrationRunService();
    private final RedshiftUnload processor = new RedshiftUnload();
    private final TestRunner runner = TestRunners.newTestRunner(processor);
    private final RetryingContext context = new RetryingContext(processor);
    private final SharedSessionState shared = new SharedSessionState(processor, new AtomicLong());

    @BeforeEach
    void enableService() throws InitializationException {
        runner.addControllerService("runs", service);
        runner.enableControllerService(service);
        context.addControllerService(service, Map.of(), null);
        context.setProperty(CommonProperties.MIGRATION_RUN_SERVICE, "runs");
    }

    @Test
    void theSummaryIsADocumentOfAllTables() throws Exception {
        start(WhenTableFails.GO_ON, 2);
        assertTrue(failed(1, Map.of(UnloadCopyAttributes.STAGING_PREFIX, PREFIX, UnloadCopyAttributes.UNLOAD_ROWS, "20", UnloadCopyAttributes.UNLOAD_QUERY_ID, "7")).isEmpty());
        final List<MockFlowFile> summaries = succeeded(2, Map.of(UnloadCopyAttributes.UNLOAD_ROWS, "30", UnloadCopyAttributes.COPY_ROWS, "30", UnloadCopyAttributes.COPY_QUERY_ID, "9",
                UnloadCopyAttributes.COPY_ALREADY_LOADED, "true", UnloadCopyAttributes.ERROR_MESSAGE, "of an earlier try"));

        assertEquals(1, summaries.size());
        final MockFlowFile summary = summaries.getFirst();
        summary.assertAttributeEquals(CoreAttributes.MIME_TYPE.key(), "application/json");
        summary.assertAttributeEquals(CoreAttributes.FILENAME.key(), "unloadcopy-run-%s.json".formatted(RUN));
        summary.assertAttributeEquals("unloadcopy.run.id", RUN);
        summary.assertAttributeEquals("unloadcopy.run.configuration", "s3://bucket/config.json");
        summary.assertAttributeEquals("unloadcopy.run.tables", "2");
        summary.assertAttributeEquals("unloadcopy.run.succeeded", "1");
        summary.assertAttributeEquals("unloadcopy.run.failed", "1");
        summary.assertAttributeEquals("unloadcopy.run.not.begun", "0");
        summary.assertAttributeEquals("unloadcopy.run.already.loaded", "1");

        final JsonNode document = JsonMapper.builder().build().readTree(summary.toByteArray());
        assertEquals(RUN, document.path("run").asText());
        assertEquals(30, document.path("rowsLoaded").asInt());
        final JsonNode failed = document.path("tables").get(0);
        assertEquals(List.of("FAILED", "RedshiftCopy", "TABLE_MISSING", "It is missing", PREFIX, "7"),
                List.of(failed.path("outcome").asText(), failed.path("component").asText(), failed.path("reason").asText(), failed.path("message").asText(),
                        failed.path("stagingPrefix").asText(), failed.path("unloadQueryId").asText()));
        final JsonNode succeeded = document.path("tables").get(1);
        assertEquals("SUCCEEDED", succeeded.path("outcome").asText());
        assertEquals("public.table2", succeeded.path("source").asText());
        assertEquals("public.copy2", succeeded.path("target").asText());
        assertTrue(succeeded.path("alreadyLoaded").asBoolean());
        assertFalse(succeeded.has("message") || succeeded.has("stagingPrefix"), succeeded::toString);
        assertEquals(Set.of("last/key"), state().keySet());
    }

    @Test
    void dataThatIsKeptIsNamed() throws Exception {
        start(WhenTableFails.GO_ON, 1);
        final MockProcessSession session = new MockProcessSession(shared, processor);
        reporting(session).succeeded(table(session, 1, Map.of()), PREFIX);

        assertEquals(PREFIX, JsonMapper.builder().build().readTree(session.getFlowFilesForRelationship(RunReporting.SUMMARY).getFirst().toByteArray())
                .path("tables").get(0).path("stagingPrefix").asText());
    }

    /** The attribute is the one that NiFi's session counts in. */
    @Test
    void aTableHasNotEndedWhileNiFiTriesItAgain() throws Exception {
        start(WhenTableFails.STOP_NOT_BEGUN, 1);
        context.retries = 2;
        final String attribute = "retryCount." + processor.getIdentifier();

        assertTrue(failed(1, Map.of()).isEmpty());
        assertTrue(failed(1, Map.of(attribute, "1")).isEmpty());
        assertTrue(service.begin(RUN).isEmpty());
        assertEquals(1, failed(1, Map.of(attribute, "2")).size());
    }

    @Test
    void aSummaryThatIsNotCommittedComesAgain() throws Exception {
        start(WhenTableFails.GO_ON, 1);
        final MockProcessSession failing = new FailingSession(shared, processor);
        assertThrows(IllegalStateException.class, () -> reporting(failing).succeeded(table(failing, 1, Map.of()), null));
        assertTrue(state().containsKey(RUN));

        assertEquals(1, succeeded(1, Map.of()).size());
        assertEquals(Set.of("last/key"), state().keySet());
        assertEquals(0, succeeded(1, Map.of()).size());
    }

    @Test
    void aStoppedRunNamesTheTableThatFailed() throws Exception {
        start(WhenTableFails.STOP_NOT_BEGUN, 2);
        failed(2, Map.of());
        final MockProcessSession session = new MockProcessSession(shared, processor);
        final RunStoppedException exception = assertThrows(RunStoppedException.class, () -> reporting(session).begin(table(session, 1, Map.of())));

        assertTrue(exception.getMessage().contains("public.table1") && exception.getMessage().contains("public.table2") && exception.getMessage().contains("TABLE_MISSING"), exception::getMessage);
    }

    @Test
    void withoutTheServiceNothingIsTold() throws Exception {
        start(WhenTableFails.GO_ON, 1);
        context.removeProperty(CommonProperties.MIGRATION_RUN_SERVICE);

        assertTrue(failed(1, Map.of()).isEmpty());
        assertNull(JsonMapper.builder().build().readTree(state().get(RUN + "/1")).get("outcome"));
    }

    @Test
    void aFlowFileThatNamesNoRunIsOfNone() throws Exception {
        start(WhenTableFails.STOP_NOT_BEGUN, 2);
        failed(2, Map.of());

        for (final String index : List.of("", "one", "99999999999")) {
            final MockProcessSession session = new MockProcessSession(shared, processor);
            final FlowFile flowFile = table(session, 1, Map.of(UnloadCopyAttributes.RUN_TABLE_INDEX, index));
            reporting(session).begin(flowFile);
            reporting(session).succeeded(flowFile, null);
        }

        assertThrows(RunStoppedException.class, () -> {
            final MockProcessSession session = new MockProcessSession(shared, processor);
            reporting(session).begin(table(session, 1, Map.of()));
        });
    }

    @Test
    void aServiceThatFailsRollsTheSessionBack() throws Exception {
        start(WhenTableFails.GO_ON, 1);
        runner.getStateManager(service).setFailOnStateSet(Scope.CLUSTER, true);

        assertThrows(ProcessException.class, () -> succeeded(1, Map.of()));
    }

    private void start(final WhenTableFails whenTableFails, final int tables) throws MigrationRunException {
        final List<TableRecord> records = tables == 1 ? List.of(TableRecord.of(1, "public.table1", "public.copy1"))
                : List.of(TableRecord.of(1, "public.table1", "public.copy1"), TableRecord.of(2, "public.table2", "public.copy2"));
        service.start(new MigrationRun(RUN, "key", "s3://bucket/config.json", Instant.now().truncatedTo(ChronoUnit.SECONDS), whenTableFails, records), WhileRunIsGoing.SKIP,
                Duration.ZERO);
    }

    private List<MockFlowFile> succeeded(final int index, final Map<String, String> attributes) {
        final MockProcessSession session = new MockProcessSession(shared, processor);
        reporting(session).succeeded(table(session, index, attributes), null);
        return session.getFlowFilesForRelationship(RunReporting.SUMMARY);
    }

    private List<MockFlowFile> failed(final int index, final Map<String, String> attributes) {
        final MockProcessSession session = new MockProcessSession(shared, processor);
        final Map<String, String> all = new HashMap<>(attributes);
        all.put(UnloadCopyAttributes.ERROR_COMPONENT, "RedshiftCopy");
        all.put(UnloadCopyAttributes.ERROR_REASON, "TABLE_MISSING");
        all.put(UnloadCopyAttributes.ERROR_MESSAGE, "It is missing");
        reporting(session).failed(table(session, index, all), RedshiftUnload.FAILURE);
        return session.getFlowFilesForRelationship(RunReporting.SUMMARY);
    }

    private RunReporting reporting(final MockProcessSession session) {
        return new RunReporting(context, session, processor.getIdentifier(), runner.getLogger());
    }

    private static FlowFile table(final MockProcessSession session, final int index, final Map<String, String> attributes) {
        final Map<String, String> all = new HashMap<>();
        all.put(UnloadCopyAttributes.RUN_ID, RUN);
        all.put(UnloadCopyAttributes.RUN_TABLE_INDEX, Integer.toString(index));
        all.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.SCHEMA, "public");
        all.put(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.TABLE, "table" + index);
        all.put(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.SCHEMA, "public");
        all.put(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.TABLE, "copy" + index);
        all.putAll(attributes);
        final FlowFile flowFile = session.putAllAttributes(session.create(), all);
        session.transfer(flowFile, RedshiftUnload.FAILURE);
        return flowFile;
    }

    private Map<String, String> state() throws IOException {
        return runner.getStateManager(service).getState(Scope.CLUSTER).toMap();
    }

    /** NiFi's mock retries nothing. */
    private static final class RetryingContext extends MockProcessContext {

        private int retries;

        private RetryingContext(final RedshiftUnload processor) {
            super(processor);
        }

        @Override
        public boolean isRelationshipRetried(final Relationship relationship) {
            return retries > 0 && relationship.equals(RedshiftUnload.FAILURE);
        }

        @Override
        public int getRetryCount() {
            return retries;
        }
    }
}
