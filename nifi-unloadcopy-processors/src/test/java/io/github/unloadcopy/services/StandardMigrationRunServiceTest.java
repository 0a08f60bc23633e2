package io.github.unloadcopy.services;

import io.github.unloadcopy.processors.RedshiftUnload;
import org.apache.nifi.components.state.Scope;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.state.MockStateManager;
import org.apache.nifi.util.LogMessage;
import org.apache.nifi.util.TestRunner;
import org.apache.nifi.util.TestRunners;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StandardMigrationRunServiceTest {

    private static final String SERVICE = "runs";
    private static final Instant STARTED = Instant.parse("2026-11-22T02:00:00Z");
    private static final Duration INTERVAL = Duration.ofHours(20);
    /** What ZooKeeper keeps for a component, and what NiFi keeps of one entry. */
    private static final int ZOOKEEPER_BYTES = 1_048_575;
    private static final int ENTRY_BYTES = 65_535;

    private final SettableClock clock = new SettableClock();
    private final TestRunner runner = TestRunners.newTestRunner(new RedshiftUnload());
    private final StandardMigrationRunService service = new StandardMigrationRunService(clock);

    @BeforeEach
    void enableService() throws InitializationException {
        runner.addControllerService(SERVICE, service);
        runner.setProperty(service, StandardMigrationRunService.MAXIMUM_RUN_DURATION, "2 hours");
        runner.enableControllerService(service);
    }

    @Test
    void aRunThatIsGoingIsNotStartedAgain() throws MigrationRunException {
        assertTrue(start("first", "key", 2).isEmpty());
        service.confirm("first");
        service.end("first", succeeded(1));

        assertEquals(new GoingRun("first", "2026-11-22T02:00:00Z", 2, 1), start("second", "key", 2).orElseThrow());
        assertTrue(start("other", "another key", 2).isEmpty());

        service.end("first", succeeded(2));
        assertTrue(start("third", "key", 2).isEmpty());
    }

    @Test
    void anotherMayBeStartedBesideIt() throws MigrationRunException {
        start("first", "key", 1);
        assertTrue(service.start(run("second", "key", 1, WhenTableFails.GO_ON), WhileRunIsGoing.START_ANOTHER, Duration.ZERO).isEmpty());

        assertEquals("first", service.end("first", succeeded(1)).orElseThrow().run());
        assertEquals("second", service.end("second", succeeded(1)).orElseThrow().run());
    }

    @Test
    void theSummaryTellsEveryTable() throws MigrationRunException {
        service.start(run("run", "key", 3, WhenTableFails.STOP_NOT_BEGUN), WhileRunIsGoing.SKIP, Duration.ZERO);
        assertTrue(service.end("run", failed(2, "no such table")).isEmpty());
        assertTrue(service.end("run", new TableRecord(3, "s.t3", "s.t3", TableOutcome.NOT_BEGUN, "2026-11-22T02:01:00Z", null, null, null, null, null, null, null, null,
                "RedshiftUnload", "RUN_STOPPED", "t2 failed", null)).isEmpty());
        final RunSummary summary = service.end("run", new TableRecord(1, "s.t1", "s.t1", TableOutcome.SUCCEEDED, "2026-11-22T02:02:03.400Z", true, 7L, 7L, 100L, 20L, 30L, "11", "12",
                null, null, null, null)).orElseThrow();

        assertEquals(List.of(3, 1, 1, 1, 1), List.of(summary.tableCount(), summary.succeeded(), summary.failed(), summary.notBegun(), summary.alreadyLoaded()));
        assertEquals(7, summary.rowsLoaded());
        assertEquals("2026-11-22T02:02:03.400Z", summary.ended());
        assertEquals(123_400, summary.durationMillis());
        assertEquals(List.of(TableOutcome.SUCCEEDED, TableOutcome.FAILED, TableOutcome.NOT_BEGUN), summary.tables().stream().map(TableRecord::outcome).toList());
        assertEquals("no such table", summary.tables().get(1).message());
    }

    @Test
    void theLastOutcomeOfATableCounts() throws MigrationRunException {
        start("run", "key", 2);
        service.end("run", failed(1, "at first"));
        service.end("run", succeeded(1));
        final RunSummary summary = service.end("run", succeeded(2)).orElseThrow();

        assertEquals(List.of(2, 0), List.of(summary.succeeded(), summary.failed()));
    }

    @Test
    void theSummaryComesAgainWithItsOwnTableOnly() throws MigrationRunException {
        start("run", "key", 2);
        service.end("run", failed(1, "out of order"));
        assertTrue(service.end("run", succeeded(2)).isPresent());

        assertTrue(service.end("run", failed(1, "tried again")).isEmpty());
        assertEquals("tried again", service.end("run", succeeded(2)).orElseThrow().tables().getFirst().message());

        service.forget("run");
        assertTrue(service.end("run", succeeded(2)).isEmpty());
        assertEquals(Set.of("last/key"), state().keySet());
    }

    @Test
    void manyThreadsMakeOneSummary() throws Exception {
        final int tables = 64;
        start("run", "key", tables);
        final List<Callable<Optional<RunSummary>>> ends = new ArrayList<>();

        for (int index = 1; index <= tables; index++) {
            final TableRecord table = succeeded(index);
            ends.add(() -> service.end("run", table));
        }

        final List<RunSummary> summaries = new ArrayList<>();

        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (final Future<Optional<RunSummary>> end : threads.invokeAll(ends)) {
                end.get().ifPresent(summaries::add);
            }
        }

        assertEquals(1, summaries.size());
        assertEquals(tables, summaries.getFirst().succeeded());
    }

    @Test
    void aFailureStopsWhatHasNotBegun() throws MigrationRunException {
        service.start(run("run", "key", 3, WhenTableFails.STOP_NOT_BEGUN), WhileRunIsGoing.SKIP, Duration.ZERO);
        assertTrue(service.begin("run").isEmpty());
        service.end("run", failed(2, "no such table"));

        assertEquals("s.t2", service.begin("run").orElseThrow().source());
        service.end("run", failed(1, "this too"));
        assertEquals("s.t2", service.begin("run").orElseThrow().source(), "the first failure is the one that stopped the run");
    }

    @Test
    void aFailureStopsNothingWhereTheOthersGoOn() throws MigrationRunException {
        start("run", "key", 3);
        service.end("run", failed(2, "no such table"));

        assertTrue(service.begin("run").isEmpty());
    }

    @Test
    void aRunThatIsNotKnownStopsNothing() throws MigrationRunException {
        assertTrue(service.begin("unknown").isEmpty());
        assertTrue(service.end("unknown", succeeded(1)).isEmpty());
        service.confirm("unknown");
        service.forget("unknown");

        runner.getStateManager(service).assertStateNotSet();
        assertEquals(1, runner.getControllerServiceLogger(SERVICE).getInfoMessages().size());
    }

    @Test
    void aTableThatTheRunDoesNotHaveEndsNothing() throws MigrationRunException {
        start("run", "key", 1);

        assertTrue(service.end("run", succeeded(2)).isEmpty());
        assertTrue(service.end("run", succeeded(1)).isPresent());
    }

    @Test
    void anOldRunIsGivenUpWithAWarning() throws MigrationRunException {
        start("first", "key", 7);
        service.confirm("first");
        service.end("first", succeeded(1));
        clock.now = STARTED.plus(Duration.ofHours(2));
        assertTrue(start("second", "key", 2).isPresent());

        clock.now = clock.now.plusSeconds(1);
        assertTrue(start("third", "key", 2).isEmpty());
        final String warning = warnings().getFirst();
        assertTrue(warning.contains("first") && warning.contains("6 of 7") && warning.contains("s.t2, s.t3, s.t4, s.t5, s.t6, …"), warning);
        assertFalse(state().containsKey("first/1"));
    }

    /** A run that was lost is to cost the next day's run, and no more; one that is going has to be seen by it. */
    @Test
    void theDefaultSuitsARunEachDay() throws MigrationRunException {
        runner.disableControllerService(service);
        runner.removeProperty(service, StandardMigrationRunService.MAXIMUM_RUN_DURATION);
        runner.enableControllerService(service);
        start("first", "key", 1);
        service.confirm("first");
        clock.now = STARTED.plus(Duration.ofDays(1)).plusSeconds(5);
        assertTrue(start("second", "key", 1).isPresent());

        clock.now = STARTED.plus(Duration.ofDays(2));
        assertTrue(start("third", "key", 1).isEmpty());
    }

    @Test
    void aRunThatWasNeverEmittedIsGivenUpSoon() throws MigrationRunException {
        start("first", "key", 2);
        clock.now = STARTED.plus(StandardMigrationRunService.LONGEST_EMISSION);
        assertTrue(start("second", "key", 2).isPresent());

        clock.now = clock.now.plusSeconds(1);
        assertTrue(start("third", "key", 2).isEmpty());
        assertTrue(warnings().getFirst().contains("never emitted"), warnings()::toString);
    }

    @Test
    void aTableThatBeginsConfirmsItsRun() throws MigrationRunException {
        start("first", "key", 2);
        service.begin("first");
        clock.now = STARTED.plus(StandardMigrationRunService.LONGEST_EMISSION).plusSeconds(1);

        assertTrue(start("second", "key", 2).isPresent());
    }

    @Test
    void anEndedRunWhoseSummaryWasNotForgottenGoesSilently() throws MigrationRunException {
        start("first", "key", 1);
        service.end("first", succeeded(1));
        clock.now = STARTED.plus(Duration.ofHours(3));
        start("second", "other", 1);

        assertFalse(state().containsKey("first"));
        assertEquals(List.of(), warnings());
    }

    @Test
    void runsOutliveTheService() throws Exception {
        start("first", "key", 2);
        service.confirm("first");
        runner.disableControllerService(service);
        runner.enableControllerService(service);

        assertTrue(start("second", "key", 2).isPresent());
    }

    @Test
    void aRunThatHasEndedIsNotStartedAgainTooSoon() throws MigrationRunException {
        finish("first", "key");
        clock.now = STARTED.plus(INTERVAL).minusSeconds(1);

        assertEquals(new RecentRun("first", "2026-11-22T02:00:00Z"), startScheduled("second", "key").orElseThrow());
        assertFalse(state().containsKey("second"));
        assertTrue(startScheduled("other", "another key").isEmpty());

        clock.now = STARTED.plus(INTERVAL);
        assertTrue(startScheduled("third", "key").isEmpty());
    }

    @Test
    void withoutAnIntervalARunIsStartedAtAnyTime() throws MigrationRunException {
        finish("first", "key");

        assertTrue(start("second", "key", 1).isEmpty());
    }

    /** The next runs are of the same minute every day, however long each of them took. */
    @Test
    void theIntervalCountsFromTheStart() throws MigrationRunException {
        start("first", "key", 1);
        service.confirm("first");
        clock.now = STARTED.plus(Duration.ofMinutes(119));
        service.end("first", succeeded(1));
        service.forget("first");

        clock.now = STARTED.plus(INTERVAL);
        assertTrue(startScheduled("second", "key").isEmpty());
    }

    @Test
    void aRunStartedOnPurposeCounts() throws MigrationRunException {
        finish("first", "key");
        clock.now = STARTED.plus(Duration.ofHours(5));
        finish("on purpose", "key");
        clock.now = STARTED.plus(INTERVAL);

        assertEquals("on purpose", startScheduled("second", "key").orElseThrow().id());
    }

    @Test
    void aRunThatIsNotForgottenYetCounts() throws MigrationRunException {
        start("first", "key", 1);
        service.end("first", succeeded(1));

        assertEquals(new RecentRun("first", "2026-11-22T02:00:00Z"), startScheduled("second", "key").orElseThrow());
    }

    @Test
    void aRunThatIsGivenUpCounts() throws MigrationRunException {
        start("first", "key", 1);
        service.confirm("first");
        clock.now = STARTED.plus(Duration.ofHours(3));

        assertEquals(new RecentRun("first", "2026-11-22T02:00:00Z"), startScheduled("second", "key").orElseThrow());
        assertEquals(1, warnings().size());
    }

    @Test
    void aRunWhoseTablesFailedCounts() throws MigrationRunException {
        start("first", "key", 1);
        assertEquals(1, service.end("first", failed(1, "no such table")).orElseThrow().failed());
        service.forget("first");

        assertEquals("first", startScheduled("second", "key").orElseThrow().id());
    }

    @Test
    void aRunThatWasNeverEmittedDoesNotCount() throws MigrationRunException {
        start("not committed", "key", 1);
        service.forget("not committed");
        assertTrue(startScheduled("stopped before the commit", "key").isEmpty());

        clock.now = STARTED.plus(StandardMigrationRunService.LONGEST_EMISSION).plusSeconds(1);
        assertTrue(startScheduled("third", "key").isEmpty());
    }

    /** Runs side by side end in any order. */
    @Test
    void theRunThatStartedLastCounts() throws MigrationRunException {
        start("first", "key", 1);
        clock.now = STARTED.plus(Duration.ofHours(1));
        service.start(run("second", "key", 1, WhenTableFails.GO_ON), WhileRunIsGoing.START_ANOTHER, Duration.ZERO);

        for (final String id : List.of("second", "first")) {
            service.end(id, succeeded(1));
            service.forget(id);
        }

        clock.now = STARTED.plus(INTERVAL);
        assertEquals("second", startScheduled("third", "key").orElseThrow().id());
    }

    /** Two nodes do, while one of them becomes the primary node. */
    @Test
    void simultaneousTriggersStartOneRun() throws Exception {
        finish("first", "key");
        clock.now = STARTED.plus(Duration.ofDays(1));
        final List<Callable<Optional<PriorRun>>> triggers = new ArrayList<>();

        for (int node = 1; node <= 8; node++) {
            final MigrationRun run = run("node " + node, "key", 1, WhenTableFails.GO_ON);
            triggers.add(() -> service.start(run, WhileRunIsGoing.START_ANOTHER, INTERVAL));
        }

        final Set<String> kept = new HashSet<>();
        int started = 0;

        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (final Future<Optional<PriorRun>> trigger : threads.invokeAll(triggers)) {
                final Optional<PriorRun> prior = trigger.get();
                started += prior.isEmpty() ? 1 : 0;
                prior.ifPresent(run -> kept.add(run.id()));
            }
        }

        assertEquals(1, started);
        assertEquals(1, kept.size());
        assertTrue(kept.iterator().next().startsWith("node "), kept::toString);
    }

    @Test
    void theLastRunOutlivesTheService() throws MigrationRunException {
        finish("first", "key");
        runner.disableControllerService(service);
        runner.enableControllerService(service);

        assertEquals("first", startScheduled("second", "key").orElseThrow().id());
    }

    @Test
    void clearedStateKeepsNothingFromStarting() throws Exception {
        finish("first", "key");
        runner.getStateManager(service).clear(Scope.CLUSTER);

        assertTrue(startScheduled("second", "key").isEmpty());
    }

    /** As the version before last runs were remembered has written it. */
    @Test
    void theStateOfAnOlderVersionIsRead() throws Exception {
        runner.getStateManager(service).setState(Map.of(
                "first", """
                        {"key":"key","configuration":"s3://bucket/config.json","started":"2026-11-22T02:00:00Z","whenTableFails":"GO_ON","tables":1,"pending":1,"emitted":true}""",
                "first/1", """
                        {"index":1,"source":"s.t1","target":"s.t1"}"""), Scope.CLUSTER);
        assertEquals(new GoingRun("first", "2026-11-22T02:00:00Z", 1, 0), startScheduled("second", "key").orElseThrow());

        assertTrue(service.end("first", succeeded(1)).isPresent());
        service.forget("first");
        assertEquals(new RecentRun("first", "2026-11-22T02:00:00Z"), startScheduled("third", "key").orElseThrow());
    }

    @Test
    void lastRunsAreForgottenInTheEnd() throws MigrationRunException {
        finish("first", "key");
        clock.now = STARTED.plus(StandardMigrationRunService.LONGEST_MEMORY);
        start("second", "other", 1);
        assertTrue(state().containsKey("last/key"));

        clock.now = clock.now.plusSeconds(1);
        start("third", "another", 1);
        assertFalse(state().containsKey("last/key"));
    }

    @Test
    void lastRunsOfManyKeysFitIntoTheState() throws MigrationRunException {
        final int keys = 1_000;
        final String prefix = "0d9f1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11 s3://a-bucket/" + "a-folder/".repeat(10);

        for (int key = 1; key <= keys; key++) {
            clock.now = clock.now.plusSeconds(1);
            finish("6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f" + (1_000 + key), prefix + key);
        }

        assertTrue(bytes() <= RunStates.MAXIMUM_BYTES_OF_LAST_RUNS, () -> bytes() + " bytes");
        assertTrue(state().size() > 300, () -> state().size() + " keys");
        assertTrue(state().containsKey("last/" + prefix + keys) && !state().containsKey("last/" + prefix + 1), "the oldest go first");
        assertTrue(RunStates.MAXIMUM_BYTES + RunStates.MAXIMUM_BYTES_OF_LAST_RUNS < ZOOKEEPER_BYTES);
    }

    @Test
    void aThousandFailuresFitIntoTheState() throws MigrationRunException {
        final int tables = 1_000;
        start("run", "key", tables);
        final String message = "The table \"t\" cannot be read\n — größer als erlaubt. ".repeat(60);

        for (int index = 1; index < tables; index++) {
            service.end("run", failed(index, message));
        }

        assertTrue(bytes() < ZOOKEEPER_BYTES, () -> bytes() + " bytes");
        assertTrue(state().values().stream().allMatch(value -> value.getBytes(StandardCharsets.UTF_8).length < ENTRY_BYTES));
        final RunSummary summary = service.end("run", failed(tables, message)).orElseThrow();
        assertEquals(tables, summary.failed());

        for (final TableRecord table : summary.tables()) {
            assertTrue(table.message().length() > 100 && table.message().endsWith("…") && message.startsWith(table.message().substring(0, table.message().length() - 1)), table::message);
        }
    }

    @Test
    void aMessageOfAFewTablesIsWhole() throws MigrationRunException {
        start("run", "key", 10);
        final String message = "x".repeat(1_900);
        service.end("run", failed(1, message));

        assertTrue(state().get("run/1").contains(message));
    }

    @Test
    void moreTablesThanThereIsRoomForAreRefused() throws MigrationRunException {
        start("first", "key", 1_000);
        final MigrationRunException exception = assertThrows(MigrationRunException.class, () -> start("second", "other", 1_000));

        assertTrue(exception.getMessage().contains("1000"), exception::getMessage);
        assertFalse(state().containsKey("second"));
    }

    @Test
    void aStateProviderThatFailsIsTold() {
        final MockStateManager stateManager = runner.getStateManager(service);
        stateManager.setFailOnStateSet(Scope.CLUSTER, true);
        final MigrationRunException exception = assertThrows(MigrationRunException.class, () -> start("run", "key", 1));

        assertSame(IOException.class, exception.getCause().getClass());
    }

    private Optional<PriorRun> start(final String id, final String key, final int tables) throws MigrationRunException {
        return service.start(run(id, key, tables, WhenTableFails.GO_ON), WhileRunIsGoing.SKIP, Duration.ZERO);
    }

    /** As a schedule does. */
    private Optional<PriorRun> startScheduled(final String id, final String key) throws MigrationRunException {
        return service.start(run(id, key, 1, WhenTableFails.GO_ON), WhileRunIsGoing.SKIP, INTERVAL);
    }

    /** Starts a run of one table, and brings it to its end. */
    private void finish(final String id, final String key) throws MigrationRunException {
        assertTrue(start(id, key, 1).isEmpty());
        service.confirm(id);
        assertTrue(service.end(id, succeeded(1)).isPresent());
        service.forget(id);
    }

    private MigrationRun run(final String id, final String key, final int tables, final WhenTableFails whenTableFails) {
        final List<TableRecord> records = new ArrayList<>();

        for (int index = 1; index <= tables; index++) {
            records.add(TableRecord.of(index, "s.t" + index, "s.t" + index));
        }

        return new MigrationRun(id, key, "s3://bucket/config.json", clock.now, whenTableFails, records);
    }

    private static TableRecord succeeded(final int index) {
        return new TableRecord(index, "s.t" + index, "s.t" + index, TableOutcome.SUCCEEDED, "2026-11-22T02:01:00Z", null, 5L, 5L, 80L, 20L, 30L, "1", "2", null, null, null, null);
    }

    private static TableRecord failed(final int index, final String message) {
        return new TableRecord(index, "s.t" + index, "s.t" + index, TableOutcome.FAILED, "2026-11-22T02:01:00Z", null, 5L, null, 80L, 20L, null, "1", null,
                "RedshiftCopy", "TABLE_MISSING", message, "s3://staging-bucket/unload-copy/2026-11-22_02:00:00-6e7c1a52-8f0f-4dd3-9a2c-1a0d2b6f1e11/db.s.t" + index + "/");
    }

    private Map<String, String> state() {
        try {
            return runner.getStateManager(service).getState(Scope.CLUSTER).toMap();
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int bytes() {
        int bytes = 0;

        for (final Map.Entry<String, String> entry : state().entrySet()) {
            bytes += entry.getKey().getBytes(StandardCharsets.UTF_8).length + entry.getValue().getBytes(StandardCharsets.UTF_8).length + 6;
        }

        return bytes;
    }

    private List<String> warnings() {
        return runner.getControllerServiceLogger(SERVICE).getWarnMessages().stream().map(LogMessage::getMsg).toList();
    }

    private static final class SettableClock extends Clock {

        private Instant now = STARTED;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            return this;
        }
    }
}
