package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs of the delivered flow in the real NiFi: one that goes is not started again, a failure stops it or does not, and its end has one summary. */
class RunsIT extends FlowTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SCHEMA = "runs";

    @BeforeAll
    static void fillSource() throws Exception {
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        clusters.execute("source", "CREATE TABLE runs.first (id INTEGER)", "INSERT INTO runs.first VALUES (1), (2), (3)",
                "CREATE TABLE runs.second (id INTEGER)", "INSERT INTO runs.second VALUES (1), (2)");
    }

    @BeforeEach
    void emptyTarget() throws Exception {
        clusters.execute("target", "DROP TABLE IF EXISTS runs.first", "DROP TABLE IF EXISTS runs.second", "CREATE TABLE runs.first (id INTEGER)", "CREATE TABLE runs.second (id INTEGER)");
    }

    @Test
    void theOthersGoOnAndTheSummaryTellsAll() throws Exception {
        final ObjectNode retries = JsonNodeFactory.instance.objectNode().put("retryCount", 1).put("backoffMechanism", "PENALIZE_FLOWFILE").put("maxBackoffPeriod", "1 sec")
                .put("penaltyDuration", "1 sec");
        retries.putArray("retriedRelationships").add("failure");
        client().configure(flow.group(), DeliveredFlow.UNLOAD, retries);
        begin("GO_ON", "missing", "first", "second");
        final Instant before = Instant.now().minusSeconds(1);
        flow.start();
        flow.awaitQueued(2, 1, 1);
        client().stop(flow.group());

        final JsonNode summary = flow.summary();
        assertEquals(List.of(3, 2, 1, 0, 0, 5), numbers(summary));
        assertEquals(flow.location(), summary.path("configuration").asText());
        assertTrue(Instant.parse(summary.path("started").asText()).isAfter(before));
        assertFalse(Instant.parse(summary.path("ended").asText()).isBefore(Instant.parse(summary.path("started").asText())));
        final JsonNode missing = summary.path("tables").get(0);
        final JsonNode first = summary.path("tables").get(1);
        assertEquals(List.of("FAILED", "runs.missing", "RedshiftUnload", "TABLE_MISSING"),
                List.of(missing.path("outcome").asText(), missing.path("source").asText(), missing.path("component").asText(), missing.path("reason").asText()));
        assertTrue(missing.path("message").asText().contains("runs.missing"));
        assertTrue(missing.path("stagingPrefix").asText().contains(summary.path("run").asText()));
        assertEquals(List.of("SUCCEEDED", "runs.first", "3", "3"),
                List.of(first.path("outcome").asText(), first.path("source").asText(), first.path("rowsUnloaded").asText(), first.path("rowsLoaded").asText()));
        assertTrue(first.hasNonNull("unloadQueryId") && first.hasNonNull("copyQueryId"), first::toString);
        assertFalse(first.has("stagingPrefix"), first::toString);
    }

    @Test
    void aFailureStopsWhatHasNotBegun() throws Exception {
        client().configure(flow.group(), DeliveredFlow.UNLOAD, JsonNodeFactory.instance.objectNode().put("concurrentlySchedulableTaskCount", 1).put("penaltyDuration", "1 sec"));
        begin("STOP_NOT_BEGUN", "missing", "first", "second");
        flow.start();
        flow.awaitQueued(0, 3, 1);
        client().stop(flow.group());

        final JsonNode summary = flow.summary();
        final List<String> tables = new ArrayList<>();
        summary.path("tables").forEach(table -> tables.add("%s %s".formatted(table.path("outcome").asText(), table.path("reason").asText())));
        assertEquals(List.of(3, 0, 1, 2, 0, 0), numbers(summary));
        assertEquals(List.of("FAILED TABLE_MISSING", "NOT_BEGUN RUN_STOPPED", "NOT_BEGUN RUN_STOPPED"), tables);
        assertTrue(summary.path("tables").get(2).path("message").asText().contains("runs.missing"), summary::toString);
        assertEquals("0", clusters.value("target", "SELECT count(*) FROM runs.first"));

        // The run has ended: what was stopped may be run again.
        client().connectFunnel(flow.group(), "failed", DeliveredFlow.UNLOAD);
        client().startProcessors(flow.group(), DeliveredFlow.UNLOAD, DeliveredFlow.COPY, DeliveredFlow.PURGE);
        Await.until(DEADLINE, () -> "the two other tables are loaded", () -> flow.status().queuedIn("done") == 2);
        assertEquals("3", clusters.value("target", "SELECT count(*) FROM runs.first"));
    }

    @Test
    void aRunThatIsGoingIsNotStartedAgain() throws Exception {
        begin("GO_ON", "first");
        final long skippedBefore = skipped();
        flow.step(DeliveredFlow.DECRYPT, DeliveredFlow.UNLOAD);
        assertEquals(List.of(0, 1), waiting());

        flow.step(DeliveredFlow.DECRYPT);
        assertEquals(List.of(0, 1), waiting());
        assertEquals(skippedBefore + 1, skipped());

        client().configure(flow.group(), DeliveredFlow.DECRYPT, JsonNodeFactory.instance.objectNode().put("schedulingStrategy", "CRON_DRIVEN").put("schedulingPeriod", "* * * * * ?"));
        client().startProcessors(flow.group(), DeliveredFlow.DECRYPT);
        Await.until(DEADLINE, () -> "two more triggers are skipped", () -> skipped() >= skippedBefore + 3);
        client().stop(flow.group());
        assertEquals(List.of(0, 1), waiting());

        final long skipped = skipped();
        landscape.niFi().restart();
        landscape.niFi().awaitReady();
        // Its services are enabled again in the background.
        client().enableServices(flow.group());
        flow.step(DeliveredFlow.DECRYPT);
        assertEquals(List.of(0, 1), waiting());
        assertEquals(skipped + 1, skipped());

        client().startProcessors(flow.group(), DeliveredFlow.COPY, DeliveredFlow.PURGE);
        flow.awaitQueued(1, 0, 1);
        flow.step(DeliveredFlow.DECRYPT);
        assertEquals(List.of(1, 0), waiting());
    }

    @Test
    void cronStartsARunOnThePrimaryNode() throws Exception {
        for (final JsonNode processor : client().processors(flow.group())) {
            if (processor.path("component").path("name").asText().equals(DeliveredFlow.DECRYPT)) {
                assertEquals("PRIMARY", processor.path("component").path("config").path("executionNode").asText());
            }
        }

        client().configure(flow.group(), DeliveredFlow.DECRYPT, JsonNodeFactory.instance.objectNode().put("schedulingStrategy", "CRON_DRIVEN").put("schedulingPeriod", "0/5 * * * * ?"));
        begin("GO_ON", "first");
        client().start(flow.group());
        Await.until(DEADLINE, () -> "two runs have come and gone", () -> flow.status().queuedIn("summary") >= 2);
        client().stop(flow.group());

        final int runs = flow.status().queuedIn("summary");
        assertEquals(Integer.toString(3 * runs), clusters.value("target", "SELECT count(*) FROM runs.first"), "every run adds the source's three rows");
    }

    private void begin(final String whenTableFails, final String... tables) throws Exception {
        flow.use(new ConfigurationFile(landscape.clouds(), SCHEMA, tables), Map.of("When a Table Fails", whenTableFails));
    }

    /** FlowFiles that wait to be unloaded, and to be copied. */
    private List<Integer> waiting() throws NiFiException {
        final GroupStatus status = flow.status();
        return List.of(status.queuedBefore(DeliveredFlow.UNLOAD), status.queuedBefore(DeliveredFlow.COPY));
    }

    private static long skipped() throws IOException {
        return Files.readAllLines(landscape.niFi().applicationLog()).stream().filter(line -> line.contains("Nothing is started, because run ") && line.contains("0 of 1 tables")).count();
    }

    private static List<Integer> numbers(final JsonNode summary) {
        return List.of(summary.path("tableCount").asInt(), summary.path("succeeded").asInt(), summary.path("failed").asInt(), summary.path("notBegun").asInt(),
                summary.path("alreadyLoaded").asInt(), summary.path("rowsLoaded").asInt());
    }

    private static NiFiClient client() {
        return landscape.client();
    }
}
