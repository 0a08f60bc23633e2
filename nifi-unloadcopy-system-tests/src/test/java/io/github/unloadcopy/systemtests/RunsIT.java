package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Runs of the delivered flow in the real NiFi: one that goes is not started again, a failure stops it or does not, and its end has one summary. */
class RunsIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SCHEMA = "runs";
    private static final String DECRYPT = "Decrypt Config";
    private static final String UNLOAD = "Unload from Redshift";
    private static final String COPY = "Copy into Redshift";
    private static final String PURGE = "Purge Staged Data";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static Landscape landscape;

    private final ObjectMapper mapper = new ObjectMapper();
    private ProcessGroup group;

    @BeforeAll
    static void start() throws Exception {
        landscape = new Landscape(Build.current(), folder.resolve("landscape"));
        landscape.openClouds(0);
        landscape.launchNiFi();
        landscape.awaitNiFi();
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        execute("source", "CREATE TABLE runs.first (id INTEGER)", "INSERT INTO runs.first VALUES (1), (2), (3)",
                "CREATE TABLE runs.second (id INTEGER)", "INSERT INTO runs.second VALUES (1), (2)");
    }

    @AfterAll
    static void stop() throws IOException {
        landscape.close();
    }

    @BeforeEach
    void importFlow() throws Exception {
        execute("target", "DROP TABLE IF EXISTS runs.first", "DROP TABLE IF EXISTS runs.second", "CREATE TABLE runs.first (id INTEGER)", "CREATE TABLE runs.second (id INTEGER)");
        group = client().upload(landscape.build().exampleFlow(), "Runs");
        client().setParameters(group, landscape.parameters());
    }

    /** Parameters are shared by all imports, and change only while nobody uses them. */
    @AfterEach
    void disableFlow() throws NiFiException {
        client().stop(group);
        client().disableServices(group);
    }

    @Test
    void theOthersGoOnAndTheSummaryTellsAll() throws Exception {
        final ObjectNode retries = JsonNodeFactory.instance.objectNode().put("retryCount", 1).put("backoffMechanism", "PENALIZE_FLOWFILE").put("maxBackoffPeriod", "1 sec")
                .put("penaltyDuration", "1 sec");
        retries.putArray("retriedRelationships").add("failure");
        client().configure(group, UNLOAD, retries);
        begin("GO_ON", "missing", "first", "second");
        final Instant before = Instant.now().minusSeconds(1);
        client().start(group);
        awaitQueued(2, 1, 1);
        client().stop(group);

        final JsonNode summary = summary();
        assertEquals(List.of(3, 2, 1, 0, 0, 5), numbers(summary));
        assertEquals(settings().location(settings().prefix() + "config.json"), summary.path("configuration").asText());
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
        client().configure(group, UNLOAD, JsonNodeFactory.instance.objectNode().put("concurrentlySchedulableTaskCount", 1).put("penaltyDuration", "1 sec"));
        begin("STOP_NOT_BEGUN", "missing", "first", "second");
        client().start(group);
        awaitQueued(0, 3, 1);
        client().stop(group);

        final JsonNode summary = summary();
        final List<String> tables = new ArrayList<>();
        summary.path("tables").forEach(table -> tables.add("%s %s".formatted(table.path("outcome").asText(), table.path("reason").asText())));
        assertEquals(List.of(3, 0, 1, 2, 0, 0), numbers(summary));
        assertEquals(List.of("FAILED TABLE_MISSING", "NOT_BEGUN RUN_STOPPED", "NOT_BEGUN RUN_STOPPED"), tables);
        assertTrue(summary.path("tables").get(2).path("message").asText().contains("runs.missing"), summary::toString);
        assertEquals("0", query("SELECT count(*) FROM runs.first"));

        // The run has ended: what was stopped may be run again.
        client().connectFunnel(group, "failed", UNLOAD);
        client().startProcessors(group, UNLOAD, COPY, PURGE);
        Await.until(DEADLINE, () -> "the two other tables are loaded", () -> client().status(group).queuedIn("done") == 2);
        assertEquals("3", query("SELECT count(*) FROM runs.first"));
    }

    @Test
    void aRunThatIsGoingIsNotStartedAgain() throws Exception {
        begin("GO_ON", "first");
        client().runOnce(group, DECRYPT);
        client().runOnce(group, UNLOAD);
        assertEquals(List.of(0, 1), waiting());

        client().runOnce(group, DECRYPT);
        assertEquals(List.of(0, 1), waiting());
        assertEquals(1, skipped());

        client().configure(group, DECRYPT, JsonNodeFactory.instance.objectNode().put("schedulingStrategy", "CRON_DRIVEN").put("schedulingPeriod", "* * * * * ?"));
        client().startProcessors(group, DECRYPT);
        Await.until(DEADLINE, () -> "two more triggers are skipped", () -> skipped() >= 3);
        client().stop(group);
        assertEquals(List.of(0, 1), waiting());

        final long skipped = skipped();
        landscape.niFi().restart();
        landscape.niFi().awaitReady();
        // Its services are enabled again in the background.
        client().enableServices(group);
        client().runOnce(group, DECRYPT);
        assertEquals(List.of(0, 1), waiting());
        assertEquals(skipped + 1, skipped());

        client().startProcessors(group, COPY, PURGE);
        awaitQueued(1, 0, 1);
        client().runOnce(group, DECRYPT);
        assertEquals(List.of(1, 0), waiting());
    }

    private void begin(final String whenTableFails, final String... tables) throws Exception {
        final ObjectNode configuration = mapper.createObjectNode();
        final ArrayNode names = describeCluster(configuration.putObject("unloadSource"), "source").put("schemaName", SCHEMA).putArray("tableNames");
        List.of(tables).forEach(names::add);
        configuration.putObject("s3Staging")
                .put("aws_iam_role", settings().iamRole())
                .put("path", settings().location(settings().stagingPrefix()))
                .put("region", settings().region())
                .put("deleteOnSuccess", true);
        describeCluster(configuration.putObject("copyTarget"), "target");
        final String key = settings().prefix() + "config.json";
        landscape.clouds().s3().putObject(request -> request.bucket(settings().bucket()).key(key), RequestBody.fromString(configuration.toPrettyString()));
        client().setParameters(group, Map.of("Configuration Location", settings().location(key), "When a Table Fails", whenTableFails));
        client().enableServices(group);
    }

    private static ObjectNode describeCluster(final ObjectNode node, final String name) {
        final SandboxEndpoints.Cluster cluster = settings().cluster(name);
        return node.put("clusterEndpoint", cluster.host())
                .put("clusterPort", cluster.port())
                .put("connectPwd", landscape.clouds().encrypt(cluster.password()))
                .put("connectUser", cluster.user())
                .put("db", cluster.database());
    }

    private void awaitQueued(final int done, final int failed, final int summaries) throws Exception {
        Await.until(DEADLINE, () -> "%d tables are done, %d failed, and %d summaries are there".formatted(done, failed, summaries), () -> {
            final GroupStatus status = client().status(group);
            return status.queuedIn("done") == done && status.queuedIn("failed") == failed && status.queuedIn("summary") == summaries && status.activeThreads() == 0;
        });
    }

    /** FlowFiles that wait to be unloaded, and to be copied. */
    private List<Integer> waiting() throws NiFiException {
        final GroupStatus status = client().status(group);
        return List.of(status.queuedBefore(UNLOAD), status.queuedBefore(COPY));
    }

    private static long skipped() throws IOException {
        return Files.readAllLines(landscape.niFi().applicationLog()).stream().filter(line -> line.contains("Nothing is started, because run ") && line.contains("0 of 1 tables")).count();
    }

    private JsonNode summary() throws NiFiException {
        for (final Queue connection : client().status(group).connections()) {
            if (connection.name().equals("summary") && connection.queued() > 0) {
                return client().content(connection, client().queued(connection).getFirst().get("uuid"));
            }
        }

        throw new NiFiException("No summary is queued");
    }

    private static List<Integer> numbers(final JsonNode summary) {
        return List.of(summary.path("tableCount").asInt(), summary.path("succeeded").asInt(), summary.path("failed").asInt(), summary.path("notBegun").asInt(),
                summary.path("alreadyLoaded").asInt(), summary.path("rowsLoaded").asInt());
    }

    private static NiFiClient client() {
        return landscape.client();
    }

    private static CloudSettings settings() {
        return landscape.clouds().settings();
    }

    private static void execute(final String cluster, final String... statements) throws SQLException {
        try (Connection connection = landscape.clouds().connect(cluster); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String query(final String sql) throws SQLException {
        try (Connection connection = landscape.clouds().connect("target"); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
