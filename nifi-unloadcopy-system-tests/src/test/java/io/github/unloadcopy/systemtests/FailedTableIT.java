package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** One table of a run fails in the real NiFi: what its users see, what becomes of the other tables, and how the failed one is tried again. */
class FailedTableIT extends FlowTest {
    private static final String SCHEMA = "failing";

    @BeforeAll
    static void fillSource() throws Exception {
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        clusters.execute("source",
                "CREATE TABLE failing.good (id INTEGER)", "INSERT INTO failing.good VALUES " + numbers(100),
                "CREATE TABLE failing.bad (id INTEGER)", "INSERT INTO failing.bad VALUES " + numbers(200), "UPDATE failing.bad SET id = id + 40000");
        // Both tables are there, so that only the load can fail: the values need an INTEGER.
        clusters.execute("target", "CREATE TABLE failing.good (id INTEGER)", "CREATE TABLE failing.bad (id SMALLINT)");
    }

    @Test
    void aFailedTableIsKeptExplainedAndTriedAgain() throws Exception {
        final NiFiClient client = landscape.client();
        final long lastBulletin = client.bulletins(-1).stream().mapToLong(Bulletin::id).max().orElse(-1);

        final FlowRun run = flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "good", "bad"));

        assertEquals(List.of(1, 1), List.of(run.done().size(), run.failed().size()));
        final Map<String, String> failed = run.failed().getFirst();
        final String prefix = failed.get("unloadcopy.staging.prefix");
        final List<String> bulletins = client.bulletins(lastBulletin).stream().filter(bulletin -> bulletin.level().equals("ERROR")).map(Bulletin::message).toList();
        assertEquals("bad", failed.get("unloadcopy.target.table"));
        assertEquals("RedshiftCopy", failed.get("unloadcopy.error.component"));
        assertEquals("LOAD_ERRORS", failed.get("unloadcopy.error.reason"));
        assertTrue(failed.get("unloadcopy.error.message").contains("failing.bad"), failed::toString);
        assertEquals(1, bulletins.size(), bulletins::toString);
        assertTrue(bulletins.getFirst().contains(failed.get("unloadcopy.error.message")), bulletins::toString);
        clusters.assertMoved("failing.good", "failing.good");
        assertEquals(List.of(1, 1), List.of(run.summary().path("succeeded").asInt(), run.summary().path("failed").asInt()));
        final List<String> staged = flow.staged();
        assertFalse(staged.isEmpty());
        assertTrue(staged.stream().allMatch(object -> object.startsWith(prefix)), () -> prefix + " " + staged);

        clusters.execute("target", "DROP TABLE failing.bad", "CREATE TABLE failing.bad (id INTEGER)");
        client.connectFunnel(flow.group(), "failed", DeliveredFlow.COPY);
        client.startProcessors(flow.group(), DeliveredFlow.COPY, DeliveredFlow.PURGE);
        flow.awaitQueued(2, 0, 1);

        clusters.assertMoved("failing.bad", "failing.bad");
        clusters.assertMoved("failing.good", "failing.good");
        assertEquals(List.of(), flow.staged());
        assertEquals(1, flow.status().queuedIn("summary"), "what is tried again after the summary makes no other");
    }

    private static String numbers(final int last) {
        return IntStream.rangeClosed(1, last).mapToObj("(%d)"::formatted).collect(Collectors.joining(","));
    }
}
