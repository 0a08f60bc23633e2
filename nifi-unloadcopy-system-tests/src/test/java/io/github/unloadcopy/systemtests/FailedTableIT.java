package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One table of a run fails in the real NiFi: what its users see, what becomes of the other tables, and how the failed one is tried again. */
class FailedTableIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SCHEMA = "failing";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static Landscape landscape;

    @BeforeAll
    static void start() throws Exception {
        landscape = new Landscape(Build.current(), folder.resolve("landscape"));
        landscape.openClouds(0);
        landscape.launchNiFi();
        landscape.awaitNiFi();
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        execute("source",
                "CREATE TABLE failing.good (id INTEGER)", "INSERT INTO failing.good VALUES " + numbers(100),
                "CREATE TABLE failing.bad (id INTEGER)", "INSERT INTO failing.bad VALUES " + numbers(200), "UPDATE failing.bad SET id = id + 40000");
        // Both tables are there, so that only the load can fail: the values need an INTEGER.
        execute("target", "CREATE TABLE failing.good (id INTEGER)", "CREATE TABLE failing.bad (id SMALLINT)");
    }

    @AfterAll
    static void stop() throws IOException {
        landscape.close();
    }

    @Test
    void aFailedTableIsKeptExplainedAndTriedAgain() throws Exception {
        final NiFiClient client = landscape.client();
        final ProcessGroup group = client.upload(landscape.build().exampleFlow(), "One table fails");
        client.setParameters(group, landscape.parameters());
        client.setParameters(group, Map.of("Configuration Location", writeConfiguration()));
        client.enableServices(group);
        client.start(group);
        awaitQueued(group, 1, 1);
        client.stop(group);

        final Map<String, String> failed = queuedIn(group, "failed");
        final Map<String, String> summary = queuedIn(group, "summary");
        final String prefix = failed.get("unloadcopy.staging.prefix");
        final List<String> bulletins = client.bulletins(-1).stream().filter(bulletin -> bulletin.level().equals("ERROR")).map(Bulletin::message).toList();
        assertEquals("bad", failed.get("unloadcopy.target.table"));
        assertEquals("RedshiftCopy", failed.get("unloadcopy.error.component"));
        assertEquals("LOAD_ERRORS", failed.get("unloadcopy.error.reason"));
        assertTrue(failed.get("unloadcopy.error.message").contains("failing.bad"), failed::toString);
        assertEquals(1, bulletins.size(), bulletins::toString);
        assertTrue(bulletins.getFirst().contains(failed.get("unloadcopy.error.message")), bulletins::toString);
        assertEquals(List.of("100"), query("SELECT count(*) FROM failing.good"));
        assertEquals(List.of("1", "1"), List.of(summary.get("unloadcopy.run.succeeded"), summary.get("unloadcopy.run.failed")));
        final List<String> staged = staged();
        assertFalse(staged.isEmpty());
        assertTrue(staged.stream().allMatch(object -> object.startsWith(prefix)), () -> prefix + " " + staged);

        execute("target", "DROP TABLE failing.bad", "CREATE TABLE failing.bad (id INTEGER)");
        client.connectFunnel(group, "failed", "Copy into Redshift");
        client.startProcessors(group, "Copy into Redshift", "Purge Staged Data");
        awaitQueued(group, 2, 0);

        assertEquals(List.of("200"), query("SELECT count(*) FROM failing.bad"));
        assertEquals(List.of("100"), query("SELECT count(*) FROM failing.good"));
        assertEquals(List.of(), staged());
        assertEquals(1, client.status(group).queuedIn("summary"), "what is tried again after the summary makes no other");
    }

    private static String numbers(final int last) {
        return IntStream.rangeClosed(1, last).mapToObj("(%d)"::formatted).collect(Collectors.joining(","));
    }

    private static CloudSettings settings() {
        return landscape.clouds().settings();
    }

    private static String writeConfiguration() {
        final ObjectNode configuration = new ObjectMapper().createObjectNode();
        describeCluster(configuration.putObject("unloadSource"), "source").put("schemaName", SCHEMA).putArray("tableNames").add("good").add("bad");
        configuration.putObject("s3Staging")
                .put("aws_iam_role", settings().iamRole())
                .put("path", settings().location(settings().stagingPrefix()))
                .put("region", settings().region())
                .put("deleteOnSuccess", true);
        describeCluster(configuration.putObject("copyTarget"), "target");
        final String key = settings().prefix() + "config.json";
        landscape.clouds().s3().putObject(request -> request.bucket(settings().bucket()).key(key), RequestBody.fromString(configuration.toPrettyString()));
        return settings().location(key);
    }

    private static ObjectNode describeCluster(final ObjectNode node, final String name) {
        final SandboxEndpoints.Cluster cluster = settings().cluster(name);
        return node.put("clusterEndpoint", cluster.host())
                .put("clusterPort", cluster.port())
                .put("connectPwd", landscape.clouds().encrypt(cluster.password()))
                .put("connectUser", cluster.user())
                .put("db", cluster.database());
    }

    private static void awaitQueued(final ProcessGroup group, final int done, final int failed) throws Exception {
        Await.until(DEADLINE, () -> "%d tables are done and %d failed".formatted(done, failed), () -> {
            final GroupStatus status = landscape.client().status(group);
            return status.queuedIn("done") == done && status.queuedIn("failed") == failed && status.activeThreads() == 0;
        });
    }

    private static Map<String, String> queuedIn(final ProcessGroup group, final String name) throws NiFiException {
        for (final Queue connection : landscape.client().status(group).connections()) {
            if (connection.name().equals(name) && connection.queued() > 0) {
                return landscape.client().queued(connection).getFirst();
            }
        }

        throw new NiFiException("Nothing is queued in " + name);
    }

    private static List<String> staged() {
        return StagedObjects.list(landscape.clouds().s3(), settings().bucket(), settings().stagingPrefix());
    }

    private static void execute(final String cluster, final String... statements) throws SQLException {
        try (Connection connection = landscape.clouds().connect(cluster); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<String> query(final String sql) throws SQLException {
        try (Connection connection = landscape.clouds().connect("target"); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return List.of(rows.getString(1));
        }
    }
}
