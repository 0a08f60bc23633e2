package io.github.unloadcopy.services;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * All runs as a component's state: an entry {@code <run id>} for each run, an entry {@code <run id>/<index>} for each of its tables, and an entry {@code last/<key>} for the last run of
 * each key that is no longer among them, in JSON. No entry grows with the number of tables, because NiFi stores none of more than 65,535 bytes.
 */
class RunStates {

    /** ZooKeeper keeps 1,048,575 bytes for a component, some of which are left free here and for the last runs. */
    static final int MAXIMUM_BYTES = 900_000;

    /** For the last runs of some 500 keys. */
    static final int MAXIMUM_BYTES_OF_LAST_RUNS = 100_000;

    /** What the end of a table needs for its numbers and a short message. */
    static final int BYTES_PER_END = 500;

    private static final String LAST = "last/";
    private static final int LONGEST_MESSAGE = 2_000;
    private static final int SHORTEST_MESSAGE = 64;
    private static final String ELLIPSIS = "…";
    /** Two lengths and two flags. */
    private static final int OVERHEAD_PER_ENTRY = 6;
    private static final JsonMapper MAPPER = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private final Map<String, String> entries;
    private boolean changed;

    RunStates(final Map<String, String> entries) {
        this.entries = new HashMap<>(entries);
    }

    Map<String, String> entries() {
        return entries;
    }

    boolean isChanged() {
        return changed;
    }

    /** The ids of all runs, in an order that stays. */
    List<String> runIds() {
        final TreeSet<String> ids = new TreeSet<>();

        for (final String key : entries.keySet()) {
            if (key.indexOf('/') < 0) {
                ids.add(key);
            }
        }

        return List.copyOf(ids);
    }

    /** Returns null when there is no such run. */
    RunHeader header(final String runId) throws MigrationRunException {
        return read(runId, RunHeader.class);
    }

    /** Returns null when the run has no such table. */
    TableRecord table(final String runId, final int index) throws MigrationRunException {
        return read(key(runId, index), TableRecord.class);
    }

    List<TableRecord> tables(final String runId) throws MigrationRunException {
        final int count = header(runId).tables();
        final List<TableRecord> tables = new ArrayList<>(count);

        for (int index = 1; index <= count; index++) {
            tables.add(table(runId, index));
        }

        return tables;
    }

    /**
     * Adds a run.
     *
     * @throws MigrationRunException when the state could grow too large while the tables of all runs end
     */
    void add(final MigrationRun run) throws MigrationRunException {
        final RunHeader header = new RunHeader(run.key(), run.configuration(), run.started().toString(), run.whenTableFails(), run.tables().size(), run.tables().size(), false, null, null);
        put(run.id(), header);

        for (final TableRecord table : run.tables()) {
            put(key(run.id(), table.index()), write(table));
        }

        final int pending = pendingOfAll();

        if (size() + (long) pending * BYTES_PER_END > MAXIMUM_BYTES) {
            throw new MigrationRunException("""
                    There is no room for a run of %d tables while %d are going: a Migration Run Service remembers some 1,400. \
                    Give each flow a service of its own, or the configuration fewer tables""".formatted(run.tables().size(), pending - run.tables().size()));
        }
    }

    void put(final String runId, final RunHeader header) {
        put(runId, write(header));
    }

    /**
     * Writes the end of a table. Its message is cut to the share that each table which has not ended has in the room that is left.
     *
     * @return what is then remembered of the run
     */
    RunHeader end(final String runId, final TableRecord table) throws MigrationRunException {
        final String key = key(runId, table.index());
        final boolean pending = table(runId, table.index()).outcome() == null;
        entries.remove(key);
        final int share = (MAXIMUM_BYTES - size()) / Math.max(1, pendingOfAll());
        put(key, fit(table, share - bytes(key) - OVERHEAD_PER_ENTRY));
        final RunHeader header = pending ? header(runId).withOneEnded() : header(runId);
        put(runId, header);
        return header;
    }

    /** Removes a run and its tables. Of a run that was emitted, the start is kept as that of its key's last run. */
    void remove(final String runId) throws MigrationRunException {
        final RunHeader header = header(runId);
        changed |= entries.keySet().removeIf(key -> key.equals(runId) || key.startsWith(runId + '/'));

        if (header != null && header.emitted()) {
            keepLast(header.key(), new LastRun(runId, header.started()));
        }
    }

    /** The run with this key that started last, whether it has ended or not; null when none is remembered. */
    LastRun last(final String key) throws MigrationRunException {
        LastRun last = read(LAST + key, LastRun.class);

        for (final String runId : runIds()) {
            final RunHeader header = header(runId);

            if (header.key().equals(key)) {
                last = LastRun.later(last, new LastRun(runId, header.started()));
            }
        }

        return last;
    }

    /** Drops the last runs that started before an instant. */
    void dropLastBefore(final Instant instant) throws MigrationRunException {
        for (final String key : lastKeys()) {
            if (read(key, LastRun.class).start().isBefore(instant)) {
                entries.remove(key);
                changed = true;
            }
        }
    }

    private void keepLast(final String key, final LastRun run) throws MigrationRunException {
        put(LAST + key, write(LastRun.later(read(LAST + key, LastRun.class), run)));

        while (lastSize() > MAXIMUM_BYTES_OF_LAST_RUNS) {
            dropOldest();
        }
    }

    private void dropOldest() throws MigrationRunException {
        String oldest = null;

        for (final String key : lastKeys()) {
            if (oldest == null || read(key, LastRun.class).start().isBefore(read(oldest, LastRun.class).start())) {
                oldest = key;
            }
        }

        entries.remove(oldest);
    }

    private List<String> lastKeys() {
        return entries.keySet().stream().filter(key -> key.startsWith(LAST)).sorted().toList();
    }

    private static String fit(final TableRecord table, final int room) {
        if (table.message() == null) {
            return write(table);
        }

        int length = Math.min(table.message().length(), LONGEST_MESSAGE);
        String text = write(table.withMessage(head(table.message(), length)));

        while (bytes(text) > room && length > SHORTEST_MESSAGE) {
            length = Math.max(SHORTEST_MESSAGE, length * 3 / 4);
            text = write(table.withMessage(head(table.message(), length)));
        }

        return text;
    }

    private static String head(final String text, final int length) {
        if (text.length() <= length) {
            return text;
        }

        final int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
        return text.substring(0, end) + ELLIPSIS;
    }

    private int pendingOfAll() throws MigrationRunException {
        int pending = 0;

        for (final String runId : runIds()) {
            pending += header(runId).pending();
        }

        return pending;
    }

    /** What the runs and their tables take, without the last runs, which have room of their own. */
    private int size() {
        return size(false);
    }

    private int lastSize() {
        return size(true);
    }

    private int size(final boolean last) {
        int size = 0;

        for (final Map.Entry<String, String> entry : entries.entrySet()) {
            if (entry.getKey().startsWith(LAST) == last) {
                size += bytes(entry.getKey()) + bytes(entry.getValue()) + OVERHEAD_PER_ENTRY;
            }
        }

        return size;
    }

    private static int bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String key(final String runId, final int index) {
        return runId + '/' + index;
    }

    private void put(final String key, final String value) {
        changed |= !value.equals(entries.put(key, value));
    }

    private <T> T read(final String key, final Class<T> type) throws MigrationRunException {
        final String value = entries.get(key);

        if (value == null) {
            return null;
        }

        try {
            return MAPPER.readValue(value, type);
        } catch (final JsonProcessingException e) {
            throw new MigrationRunException("The state of the Migration Run Service holds something else under %s: clear it".formatted(key), e);
        }
    }

    private static String write(final Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("Records of strings and numbers are always JSON", e);
        }
    }
}
