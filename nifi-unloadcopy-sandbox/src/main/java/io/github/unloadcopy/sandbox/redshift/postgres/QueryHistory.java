package io.github.unloadcopy.sandbox.redshift.postgres;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The UNLOADs and COPYs of a cluster, those that run and the last 500 that have ended, as SYS_QUERY_HISTORY, STL_QUERY, STV_RECENTS and STV_INFLIGHT show it.
 *
 * <p>It is a file that the SQL function {@code pg_internal.query_history()} reads: one line of JSON per change, of which the last one of a query counts. System tables do not use the consistency
 * model of user tables (page "System tables and views" of the Redshift Database Developer Guide); a table of PostgreSQL's would hide what has begun or ended since the reader's snapshot.
 */
public final class QueryHistory {

    private static final String FILE = "sandbox_queries.json";
    private static final String RUNNING = "running";
    /** What STL and SYS views have room for. */
    private static final int LONGEST_TEXT = 4000;
    /** Each query of the views reads the whole file. */
    private static final int MOST_ENDED = 500;
    private static final int MOST_LINES = 2 * MOST_ENDED;

    private final ObjectMapper mapper = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private final Path file;
    /** The last line of each query, by the query's number. */
    private final Map<Long, Line> latest = new LinkedHashMap<>();
    private int lines;

    /**
     * Opens the history of a cluster; what ran when the sandbox was stopped has failed.
     *
     * @param dataDirectory PostgreSQL's own
     */
    public QueryHistory(final Path dataDirectory) throws IOException {
        this.file = dataDirectory.resolve(FILE);
        if (Files.exists(file)) {
            endAbandoned();
        }
    }

    /** Shows a statement as running; at once, to every session. */
    public void started(final Journal.Run run, final String type) throws IOException {
        append(row(run, type, RUNNING, null, null));
    }

    /**
     * Shows how a statement ended; at once, to every session. Nothing of the statement may be at work any more.
     *
     * @param cancelled whether it was cancelled or its session terminated
     * @param message null unless it failed
     */
    public void ended(final Journal.Run run, final String type, final boolean cancelled, final String message) throws IOException {
        final String failure = cancelled ? "canceled" : "failed";
        append(row(run, type, message == null ? "success" : failure, time(Instant.now()), message));
    }

    private static Map<String, Object> row(final Journal.Run run, final String type, final String status, final String end, final String message) {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("user_id", run.userId());
        row.put("query_id", run.queryId());
        row.put("query_label", clean(run.label()));
        row.put("transaction_id", run.transactionId());
        row.put("session_id", run.processId());
        row.put("database_name", run.database());
        row.put("query_type", type);
        row.put("status", status);
        row.put("start_time", time(run.start()));
        row.put("end_time", end);
        row.put("error_message", clean(message));
        row.put("query_text", clean(run.text()));
        return row;
    }

    private synchronized void append(final Map<String, Object> row) throws IOException {
        final Line line = new Line(mapper.writeValueAsString(row) + '\n', RUNNING.equals(row.get("status")));
        latest.put(((Number) row.get("query_id")).longValue(), line);
        lines++;
        if (lines <= MOST_LINES) {
            Files.writeString(file, line.text(), StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } else {
            rewrite();
        }
    }

    private void rewrite() throws IOException {
        long excess = latest.values().stream().filter(line -> !line.running()).count() - MOST_ENDED;
        for (final Iterator<Line> iterator = latest.values().iterator(); iterator.hasNext() && excess > 0;) {
            if (!iterator.next().running()) {
                iterator.remove();
                excess--;
            }
        }

        final Path written = file.resolveSibling(FILE + ".new");
        Files.writeString(written, latest.values().stream().map(Line::text).collect(Collectors.joining()), StandardCharsets.US_ASCII);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        lines = latest.size();
    }

    private void endAbandoned() throws IOException {
        final Map<Object, Map<String, Object>> rows = new LinkedHashMap<>();
        for (final String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
            final Map<String, Object> row = read(line);
            if (row != null) {
                rows.put(row.get("query_id"), row);
            }
        }

        Files.delete(file);
        for (final Map<String, Object> row : rows.values()) {
            if (RUNNING.equals(row.get("status"))) {
                row.put("status", "failed");
                row.put("end_time", time(Instant.now()));
                row.put("error_message", "The cluster was restarted.");
            }

            append(row);
        }
    }

    /** Null for a line that was being written when the sandbox was killed. */
    private Map<String, Object> read(final String line) {
        try {
            return mapper.readValue(line, new TypeReference<LinkedHashMap<String, Object>>() { });
        } catch (final JsonProcessingException e) {
            return null;
        }
    }

    private static String time(final Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
    }

    /** PostgreSQL takes neither NUL nor half of a surrogate pair. */
    private static String clean(final String text) {
        if (text == null) {
            return null;
        }

        final String printable = text.replace('\0', ' ');
        return printable.codePointCount(0, printable.length()) > LONGEST_TEXT ? printable.substring(0, printable.offsetByCodePoints(0, LONGEST_TEXT)) : printable;
    }

    private record Line(String text, boolean running) {
    }
}
