package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Two flows in the real NiFi that have had their run of today: the delivered one, which is CRON-driven, and the same one timer-driven with a Minimum Run Interval. Whatever then starts their
 * processors again starts no second run; what is meant to, does. A run that nothing asked for adds its rows to the target once more.
 *
 * <p>NiFi triggers the timer-driven one at every start, which is in its log. The flows start together, so by then the other one has been triggered as well, if it was to be.
 */
@ExtendWith(SharedLandscape.class)
@TestMethodOrder(OrderAnnotation.class)
class RunOncePerScheduleIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SCHEMA = "scheduled";
    private static final int ROWS = 3;
    private static final int PROCESSORS = 4;
    private static final String RUNNING = "RUNNING";

    @TempDir
    private static Path folder;

    private static Landscape landscape;
    private static Clusters clusters;
    private static DeliveredFlow byCron;
    private static DeliveredFlow byTimer;
    private static int runsByCron = 1;
    private static int runsByTimer = 1;

    @BeforeAll
    static void runBothOnce(final Landscape shared) throws Exception {
        landscape = shared;
        clusters = new Clusters(landscape.clouds());
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        clusters.execute("source", "CREATE TABLE scheduled.daily (id INTEGER)", "INSERT INTO scheduled.daily VALUES (1), (2), (3)");
        clusters.execute("target", "CREATE TABLE scheduled.daily (id INTEGER)");
        byCron = new DeliveredFlow(landscape, "By CRON", ScheduledFlow.cronDriven(folder, "30 secs"));
        byTimer = new DeliveredFlow(landscape, "By timer", ScheduledFlow.timerDriven(folder, "1 day", "30 secs"));
        byCron.use(new ConfigurationFile(landscape.clouds(), SCHEMA, "daily"), Map.of());
        client().enableServices(byTimer.group());

        byCron.start();
        client().startProcessors(byCron.group(), DeliveredFlow.DECRYPT);
        client().start(byTimer.group());
        awaitRuns();
    }

    @AfterAll
    static void close() throws Exception {
        try {
            if (byTimer != null) {
                assertRuns();
            }
        } finally {
            // Other classes share the NiFi and the flows' parameters.
            for (final DeliveredFlow flow : Stream.of(byCron, byTimer).filter(Objects::nonNull).toList()) {
                flow.close();
            }
        }
    }

    @Test
    void stopAndStartOfTheGroup() throws Exception {
        final long before = triggersWithoutRun();
        client().stop(byCron.group());
        client().stop(byTimer.group());
        client().start(byCron.group());
        client().start(byTimer.group());

        assertNoRunAfter(before + 1);
    }

    @Test
    void restartOfNiFi() throws Exception {
        final long before = triggersWithoutRun();
        landscape.niFi().restart();
        landscape.niFi().awaitReady();

        assertNoRunAfter(before + 1);
    }

    @Test
    void killOfNiFi() throws Exception {
        // NiFi writes its flow some moments after a change.
        Await.until(DEADLINE, () -> "the flow that NiFi has written runs", () -> runningInStoredFlow() == 2 * PROCESSORS);
        final long before = triggersWithoutRun();
        landscape.niFi().killAndRestart();
        landscape.niFi().awaitReady();

        assertNoRunAfter(before + 1);
    }

    @Test
    void changeOfAParameterOfTheProcessor() throws Exception {
        for (final String value : List.of("STOP_NOT_BEGUN", "GO_ON")) {
            final long before = triggersWithoutRun();
            client().setParameters(byCron.group(), Map.of("When a Table Fails", value));

            assertNoRunAfter(before + 1);
        }
    }

    @Test
    void changeOfAParameterOfItsServices() throws Exception {
        for (final String key : List.of("alias/another", landscape.parameters().get("KMS Key"))) {
            final long before = triggersWithoutRun();
            client().setParameters(byCron.group(), Map.of("KMS Key", key));

            assertNoRunAfter(before + 1);
        }
    }

    @Test
    void newVersionOfTheFlow() throws Exception {
        final long before = triggersWithoutRun();
        final String timeout = "31 secs";
        client().replace(byCron.group(), ScheduledFlow.cronDriven(folder, timeout));
        client().replace(byTimer.group(), ScheduledFlow.timerDriven(folder, "1 day", timeout));

        for (final DeliveredFlow flow : List.of(byCron, byTimer)) {
            assertEquals(timeout, decrypt(flow).path("config").path("properties").path("Communications Timeout").asText());
        }

        assertEquals(List.of("CRON_DRIVEN", "TIMER_DRIVEN"), List.of(decrypt(byCron).path("config").path("schedulingStrategy").asText(),
                decrypt(byTimer).path("config").path("schedulingStrategy").asText()));
        assertNoRunAfter(before + 1);
    }

    @Test
    void runOnceStartsARunOnPurpose() throws Exception {
        client().stop(byCron.group());
        byCron.start();
        runsByCron++;
        client().startProcessors(byCron.group(), DeliveredFlow.DECRYPT);
        awaitRuns();
        assertRuns();
    }

    /** NiFi does not tell it from a timer's first trigger, so the interval has to be removed for it. */
    @Test
    void runOnceWithAMinimumRunIntervalNeedsItRemoved() throws Exception {
        final long before = triggersWithoutRun();
        client().stop(byTimer.group());
        byTimer.start();
        awaitTriggersWithoutRun(before + 1);
        assertRuns();

        ScheduledFlow.setMinimumRunInterval(client(), byTimer.group(), null);
        byTimer.step(DeliveredFlow.DECRYPT);
        runsByTimer++;
        awaitRuns();
        ScheduledFlow.setMinimumRunInterval(client(), byTimer.group(), ScheduledFlow.MINIMUM_RUN_INTERVAL);
        client().startProcessors(byTimer.group(), DeliveredFlow.DECRYPT);

        assertNoRunAfter(before + 2);
    }

    /** The last one: with an incoming connection, Decrypt Config is not triggered without a FlowFile any more. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aFlowFileStartsARunOnPurpose() throws Exception {
        for (final DeliveredFlow flow : List.of(byCron, byTimer)) {
            client().stop(flow.group());
            client().connectFunnel(flow.group(), "done", DeliveredFlow.DECRYPT);
            // NiFi's rule for processors with an incoming connection.
            client().configure(flow.group(), DeliveredFlow.DECRYPT, JsonNodeFactory.instance.objectNode().put("executionNode", "ALL"));
            Await.until(DEADLINE, () -> "a FlowFile waits", () -> flow.status().queuedBefore(DeliveredFlow.DECRYPT) > 0);
            flow.start();
        }

        runsByCron++;
        runsByTimer++;
        awaitRuns();
        assertRuns();
    }

    private static void assertNoRunAfter(final long triggers) throws Exception {
        Await.until(DEADLINE, () -> "both flows run", () -> running(byCron) && running(byTimer));
        awaitTriggersWithoutRun(triggers);
        assertRuns();
    }

    private static void awaitTriggersWithoutRun(final long triggers) throws Exception {
        Await.until(DEADLINE, () -> "the timer-driven flow was triggered and started nothing", () -> triggersWithoutRun() >= triggers);
    }

    private static void awaitRuns() throws Exception {
        Await.until(DEADLINE, () -> "%d runs by CRON and %d by timer have ended".formatted(runsByCron, runsByTimer),
                () -> byCron.status().queuedIn("summary") >= runsByCron && byTimer.status().queuedIn("summary") >= runsByTimer);
    }

    private static void assertRuns() throws Exception {
        for (final DeliveredFlow flow : List.of(byCron, byTimer)) {
            Await.until(DEADLINE, () -> "nothing is on its way", () -> {
                final GroupStatus status = flow.status();
                return status.activeThreads() == 0 && status.queuedBefore(DeliveredFlow.UNLOAD) + status.queuedBefore(DeliveredFlow.COPY) + status.queuedBefore(DeliveredFlow.PURGE) == 0;
            });
        }

        assertEquals(List.of(runsByCron, runsByTimer), List.of(byCron.status().queuedIn("summary"), byTimer.status().queuedIn("summary")), "runs by CRON and by timer");
        assertEquals(Integer.toString(ROWS * (runsByCron + runsByTimer)), clusters.value("target", "SELECT count(*) FROM scheduled.daily"), "rows");
    }

    private static boolean running(final DeliveredFlow flow) throws NiFiException {
        int running = 0;

        for (final JsonNode processor : client().processors(flow.group())) {
            running += RUNNING.equals(processor.path("component").path("state").asText()) ? 1 : 0;
        }

        return running == PROCESSORS;
    }

    private static int runningInStoredFlow() throws IOException {
        try (InputStream stream = new GZIPInputStream(Files.newInputStream(landscape.niFi().home().resolve("conf/flow.json.gz")))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\"scheduledState\":\"RUNNING\"", -1).length - 1;
        }
    }

    private static long triggersWithoutRun() throws IOException {
        return ScheduledFlow.triggersWithoutRun(landscape.niFi());
    }

    private static JsonNode decrypt(final DeliveredFlow flow) throws NiFiException {
        for (final JsonNode processor : client().processors(flow.group())) {
            if (processor.path("component").path("name").asText().equals(DeliveredFlow.DECRYPT)) {
                return processor.path("component");
            }
        }

        throw new NiFiException("The flow has no " + DeliveredFlow.DECRYPT);
    }

    private static NiFiClient client() {
        return landscape.client();
    }
}
