package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What {@link RunOncePerScheduleIT} shows for one NiFi, for a cluster whose primary node changes. With the delivered CRON schedule, or with a timer and a Minimum Run Interval, that starts no
 * second run. A run that nothing asked for adds its rows to the target once more.
 *
 * <p>With a schedule of one day, NiFi triggers Decrypt Config on a new primary node only if that node has not done so since the processor was started, and on a busy machine sometimes not even
 * then. So the timer is a short one here: every primary node triggers Decrypt Config, again and again, and the interval has to hold all of that back.
 *
 * <p>The interval holds on the new primary node only if that node sees the run of the other one: the state of the run service has to be the cluster's.
 */
@Tag("cluster")
@ExtendWith(SharedLandscape.class)
@TestMethodOrder(OrderAnnotation.class)
class PrimaryNodeChangeIT {
    private static final String SCHEMA = "clustered";
    /** Three of each flow's run. */
    private static final int EXPECTED_ROWS = 6;
    private static final int PROCESSORS = 4;

    @FunctionalInterface
    private interface Change {
        void make() throws Exception;
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static Clusters clusters;
    private static NiFiCluster cluster;
    private static DeliveredFlow byCron;
    private static DeliveredFlow byTimer;

    @BeforeAll
    static void runBothOnce(final Landscape landscape) throws Exception {
        clusters = new Clusters(landscape.clouds());
        cluster = NiFiCluster.launch(landscape.build(), folder, landscape.clouds().settings().environment());
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        clusters.execute("source", "CREATE TABLE clustered.daily (id INTEGER)", "INSERT INTO clustered.daily VALUES (1), (2), (3)");
        clusters.execute("target", "CREATE TABLE clustered.daily (id INTEGER)");
        cluster.awaitConnected();

        final NiFiClient client = cluster.first().client();
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "daily");
        final Path cronDriven = ScheduledFlow.cronDriven(folder, "30 secs");
        final Path timerDriven = ScheduledFlow.timerDriven(folder, "5 secs", "30 secs");
        awaitAccepted("the CRON-driven flow is imported", () -> byCron = new DeliveredFlow(landscape, client, "By CRON", cronDriven));
        awaitAccepted("the timer-driven flow is imported", () -> byTimer = new DeliveredFlow(landscape, client, "By timer", timerDriven));
        awaitAccepted("the configuration is used", () -> byCron.use(configuration, Map.of()));
        awaitAccepted("the services are enabled", () -> client.enableServices(byTimer.group()));

        byCron.start();
        awaitAccepted("Decrypt Config is started", () -> client.startProcessors(byCron.group(), DeliveredFlow.DECRYPT));
        client.start(byTimer.group());
        assertRuns();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The node that is killed is the one without the ZooKeeper. */
    @Test
    void primaryNodeIsKilled() throws Exception {
        final NiFiCluster.Node before = cluster.second();
        final NiFiCluster.Node after = cluster.first();
        makePrimary(before);
        final long triggers = ScheduledFlow.triggersWithoutRun(after.instance());
        before.instance().kill();
        assertNoRunOn(after, triggers + 1);

        before.instance().restart();
        cluster.awaitConnected();
        assertRuns();
    }

    @Test
    void primaryNodeIsDisconnected() throws Exception {
        final NiFiCluster.Node before = cluster.primary();
        final NiFiCluster.Node after = cluster.other(before);
        final long triggers = ScheduledFlow.triggersWithoutRun(after.instance());
        cluster.disconnect(before);
        assertNoRunOn(after, triggers + 1);

        cluster.connect(before);
        assertRuns();
    }

    /** Shows that it is the interval that holds the triggers back. The last test, because the interval stays removed and run follows run. */
    @Test
    @Order(Integer.MAX_VALUE)
    void withATimerAloneTheNextTriggerStartsARun() throws Exception {
        final NiFiClient client = cluster.first().client();
        client.stop(byTimer.group());
        awaitAccepted("the interval is removed", () -> ScheduledFlow.setMinimumRunInterval(client, byTimer.group(), null));
        client.start(byTimer.group());
        NiFiCluster.await("a second run has added its rows", () -> Integer.parseInt(rows()) > EXPECTED_ROWS);
    }

    /**
     * Makes a change that can be tried again when NiFi refuses it: while the state of a processor is another one on the node that was not asked, and while a node connects. NiFi lets a node
     * connect anew when its heartbeat comes while the coordinator has not yet made the change that the node has made.
     */
    private static void awaitAccepted(final String what, final Change change) throws Exception {
        NiFiCluster.await(what, () -> {
            change.make();
            return true;
        });
    }

    private static void makePrimary(final NiFiCluster.Node node) throws Exception {
        if (!cluster.primary().equals(node)) {
            cluster.disconnect(cluster.other(node));
            cluster.awaitPrimary(node);
            cluster.connect(cluster.other(node));
        }
    }

    /** The timer-driven flow's message on the new primary node is the signal that this node has triggered what it triggers. */
    private static void assertNoRunOn(final NiFiCluster.Node primary, final long triggers) throws Exception {
        cluster.awaitPrimary(primary);
        NiFiCluster.await("both flows run", () -> running(primary, byCron) && running(primary, byTimer));
        NiFiCluster.await("the timer-driven flow was triggered on the new primary node and started nothing", () -> {
            // Otherwise a run that does start would be reported only by the deadline.
            assertEquals(Integer.toString(EXPECTED_ROWS), rows(), "rows");
            return ScheduledFlow.triggersWithoutRun(primary.instance()) >= triggers;
        });
        NiFiCluster.await("nothing is on its way", () -> idle(primary.client().status(byCron.group())) && idle(primary.client().status(byTimer.group())));
        assertEquals(Integer.toString(EXPECTED_ROWS), rows(), "rows");
    }

    /** Both nodes have to be connected, because the cluster does not count what is queued on others. */
    private static void assertRuns() throws Exception {
        final NiFiClient client = cluster.first().client();
        final List<Integer> summaries = new ArrayList<>();
        NiFiCluster.await("a run by CRON and one by timer have ended, and nothing is on its way", () -> {
            final GroupStatus cron = client.status(byCron.group());
            final GroupStatus timer = client.status(byTimer.group());
            summaries.clear();
            summaries.addAll(List.of(cron.queuedIn("summary"), timer.queuedIn("summary")));
            return idle(cron) && idle(timer) && summaries.getFirst() >= 1 && summaries.getLast() >= 1;
        });
        assertEquals(List.of(1, 1), summaries, "runs by CRON and by timer");
        assertEquals(Integer.toString(EXPECTED_ROWS), rows(), "rows");
    }

    private static boolean idle(final GroupStatus status) {
        return status.activeThreads() == 0 && status.queuedBefore(DeliveredFlow.UNLOAD) + status.queuedBefore(DeliveredFlow.COPY) + status.queuedBefore(DeliveredFlow.PURGE) == 0;
    }

    private static boolean running(final NiFiCluster.Node node, final DeliveredFlow flow) throws NiFiException {
        int running = 0;

        for (final JsonNode processor : node.client().processors(flow.group())) {
            running += "RUNNING".equals(processor.path("component").path("state").asText()) ? 1 : 0;
        }

        return running == PROCESSORS;
    }

    private static String rows() throws Exception {
        return clusters.value("target", "SELECT count(*) FROM clustered.daily");
    }
}
