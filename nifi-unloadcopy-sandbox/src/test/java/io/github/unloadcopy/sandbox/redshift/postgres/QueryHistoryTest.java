package io.github.unloadcopy.sandbox.redshift.postgres;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class QueryHistoryTest {

    @TempDir
    private Path folder;

    private static Journal.Run run(final long queryId, final String text) {
        return new Journal.Run(queryId, 1, 1, "dev", 0, Instant.EPOCH, "default", text);
    }

    private List<String> rows() throws IOException {
        final List<String> rows = new ArrayList<>();
        for (final String line : Files.readAllLines(folder.resolve("sandbox_queries.json"))) {
            final JsonNode row = new ObjectMapper().readTree(line);
            rows.add(row.path("query_id") + " " + row.path("status").textValue() + " " + row.path("query_text").textValue());
        }

        return rows;
    }

    @Test
    void whatRanWhenTheSandboxWasKilledHasFailed() throws IOException {
        final QueryHistory killed = new QueryHistory(folder);
        killed.started(run(1, "COPY ä"), "COPY");
        killed.started(run(2, "UNLOAD"), "UNLOAD");
        killed.ended(run(2, "UNLOAD"), "UNLOAD", false, null);
        Files.writeString(folder.resolve("sandbox_queries.json"), "{\"query_id\":3,\"sta", StandardOpenOption.APPEND);

        new QueryHistory(folder).started(run(4, "UNLOAD"), "UNLOAD");

        assertEquals(List.of("1 failed COPY ä", "2 success UNLOAD", "4 running UNLOAD"), rows());
    }

    /** Each query of the views reads the file: it must not grow for ever. */
    @Test
    void whatEndedLongAgoIsForgotten() throws IOException {
        final QueryHistory history = new QueryHistory(folder);
        history.started(run(0, "runs on"), "UNLOAD");
        for (int id = 1; id <= 2000; id++) {
            history.started(run(id, "COPY"), "COPY");
            history.ended(run(id, "COPY"), "COPY", false, null);
        }

        final List<String> rows = rows();
        assertTrue(rows.size() <= 1000, () -> rows.size() + " lines");
        assertEquals("0 running runs on", rows.getFirst());
        assertEquals("2000 success COPY", rows.getLast());
        assertTrue(rows.contains("1501 success COPY"), "the last 500 are there");
    }

    @Test
    void textsAreCutBetweenCharacters() throws IOException {
        new QueryHistory(folder).started(run(1, "\0" + "😀".repeat(4000)), "COPY");

        assertEquals(List.of("1 running  " + "😀".repeat(3999)), rows());
    }
}
