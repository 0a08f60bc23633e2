package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Collectors;

/**
 * The table on the target that remembers which loads were committed, in the same transaction as their rows. Loads only add rows to it: INSERTs do not conflict with each other at either isolation
 * level (Database Developer Guide, "Isolation levels"). Redshift does not enforce unique keys: {@link LedgerGate} keeps a load from being noted twice.
 */
final class LoadLedger {
    /** Bytes of the column load_id. */
    private static final int LONGEST_LOAD_ID = 1024;
    /** The columns of the first version. */
    private static final String FIRST_COLUMNS = "load_id VARCHAR(" + LONGEST_LOAD_ID + ") NOT NULL, schema_name VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, "
            + "row_count BIGINT NOT NULL, manifest VARCHAR(2048) NOT NULL, loaded_at TIMESTAMP NOT NULL";
    private static final String ATTEMPT = "attempt";
    private static final String RUN_ID = "run_id";
    private static final String SOURCE_SCHEMA = "source_schema";
    private static final String SOURCE_TABLE = "source_table";
    /** Columns that came later, which are added to a ledger that lacks them. */
    private static final Map<String, String> LATER_COLUMNS = laterColumns();

    private final TableName table;
    private final String loadId;

    LoadLedger(final TableName table, final String loadId) {
        if (loadId.getBytes(StandardCharsets.UTF_8).length > LONGEST_LOAD_ID) {
            throw new IllegalArgumentException("The id of the load is longer than the %d bytes that the ledger keeps".formatted(LONGEST_LOAD_ID));
        }

        this.table = table;
        this.loadId = loadId;
    }

    private static Map<String, String> laterColumns() {
        final Map<String, String> columns = new LinkedHashMap<>();
        columns.put(RUN_ID, "VARCHAR(64)");
        columns.put("source", "VARCHAR(512)");
        columns.put(SOURCE_SCHEMA, "VARCHAR(128)");
        columns.put(SOURCE_TABLE, "VARCHAR(128)");
        columns.put("strategy", "VARCHAR(32)");
        columns.put("file_count", "BIGINT");
        columns.put("byte_count", "BIGINT");
        columns.put("unload_query_id", "VARCHAR(32)");
        columns.put("copy_query_id", "VARCHAR(32)");
        columns.put("manifest_sha256", "VARCHAR(64)");
        columns.put(ATTEMPT, "VARCHAR(16)");
        columns.put("started_at", "TIMESTAMP");
        return columns;
    }

    /**
     * Creates the table where it is missing, or adds the columns that it lacks; another session may do the same at the same time.
     *
     * @param connection connection in no transaction; it is in none afterwards
     * @return the ledger's columns
     * @throws SQLException when there is no ledger and none can be created
     */
    Set<String> prepare(final Connection connection) throws SQLException {
        return new BookkeepingTable(table, FIRST_COLUMNS, LATER_COLUMNS).prepare(connection);
    }

    /**
     * Looks for this load.
     *
     * @param connection connection in no transaction, so that it sees what has been committed by now, or in one in which only the gate was locked; it is in none afterwards
     * @param columns the ledger's columns
     * @return what was committed; empty when nothing was
     * @throws SQLException when the ledger cannot be read
     */
    Optional<Found> find(final Connection connection, final Set<String> columns) throws SQLException {
        final Optional<Found> found;
        final String attempt = columns.contains(ATTEMPT) ? ATTEMPT : "NULL";

        try (PreparedStatement statement = connection.prepareStatement("SELECT row_count, " + attempt + " FROM " + SqlText.table(table) + " WHERE load_id = ?")) {
            statement.setString(1, loadId);

            try (ResultSet rows = statement.executeQuery()) {
                found = rows.next() ? Optional.of(new Found(rows.getLong(1), rows.getString(2))) : Optional.empty();
            }
        }

        // Not a COMMIT, which may take a second on a busy cluster: other loads wait meanwhile.
        connection.rollback();
        return found;
    }

    /**
     * Notes this load in the transaction that loads the rows.
     *
     * @param connection connection in that transaction
     * @param columns the ledger's columns; what it has no column for is left out
     * @param entry what is noted
     * @throws SQLException when the ledger does not take it
     */
    void insert(final Connection connection, final Set<String> columns, final Entry entry) throws SQLException {
        final LoadRequest request = entry.request();
        final LoadOrigin origin = request.origin();
        final List<Value> values = new ArrayList<>(List.of(
                new Value("load_id", Types.VARCHAR, loadId),
                new Value("schema_name", Types.VARCHAR, request.table().schema()),
                new Value("table_name", Types.VARCHAR, request.table().table()),
                new Value("row_count", Types.BIGINT, request.expectedRows()),
                new Value("manifest", Types.VARCHAR, request.manifest() == null ? "" : request.manifest().toString()),
                new Value("loaded_at", Types.TIMESTAMP, Instant.now()),
                new Value(RUN_ID, Types.VARCHAR, origin.runId()),
                new Value("source", Types.VARCHAR, origin.source()),
                new Value(SOURCE_SCHEMA, Types.VARCHAR, origin.table() == null ? null : origin.table().schema()),
                new Value(SOURCE_TABLE, Types.VARCHAR, origin.table() == null ? null : origin.table().table()),
                new Value("strategy", Types.VARCHAR, entry.strategy()),
                new Value("file_count", Types.BIGINT, origin.files() < 0 ? null : origin.files()),
                new Value("byte_count", Types.BIGINT, origin.bytes() < 0 ? null : origin.bytes()),
                new Value("unload_query_id", Types.VARCHAR, origin.unloadQueryId()),
                new Value("copy_query_id", Types.VARCHAR, entry.copyQueryId()),
                new Value("manifest_sha256", Types.VARCHAR, origin.manifestSha256()),
                new Value(ATTEMPT, Types.VARCHAR, entry.attempt().id()),
                new Value("started_at", Types.TIMESTAMP, entry.started())));
        values.removeIf(value -> !columns.contains(value.column()));
        insert(connection, values);
    }

    private void insert(final Connection connection, final List<Value> values) throws SQLException {
        final String sql = "INSERT INTO " + SqlText.table(table) + " (" + values.stream().map(Value::column).collect(Collectors.joining(", ")) + ") VALUES ("
                + values.stream().map(value -> "?").collect(Collectors.joining(", ")) + ")";

        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 1; index <= values.size(); index++) {
                values.get(index - 1).set(statement, index);
            }

            if (statement.executeUpdate() != 1) {
                throw new SQLException("The ledger " + table + " did not take the row");
            }
        }
    }

    /** Whether the ledger has the columns that tell what a table of a run is called in the target. */
    boolean tellsRuns(final Set<String> columns) {
        return columns.containsAll(List.of(RUN_ID, SOURCE_SCHEMA, SOURCE_TABLE));
    }

    /**
     * How many loads of a run were committed.
     *
     * @param connection connection
     * @param columns the ledger's columns
     * @param run id of the run
     * @return loads; 0 when the ledger does not tell runs
     * @throws SQLException when the ledger cannot be read
     */
    long loads(final Connection connection, final Set<String> columns, final String run) throws SQLException {
        if (!tellsRuns(columns)) {
            return 0;
        }

        try (PreparedStatement statement = connection.prepareStatement("SELECT COUNT(DISTINCT load_id) FROM " + SqlText.table(table) + " WHERE " + RUN_ID + " = ?")) {
            statement.setString(1, run);

            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    /**
     * Where a run loaded a table of the source.
     *
     * @param connection connection
     * @param columns the ledger's columns
     * @param run id of the run
     * @param source the table in the source's catalog
     * @return the table in the target; empty when the run has not loaded it, or has loaded it into several tables
     * @throws SQLException when the ledger cannot be read
     */
    Optional<TableName> target(final Connection connection, final Set<String> columns, final String run, final TableName source) throws SQLException {
        if (!tellsRuns(columns)) {
            return Optional.empty();
        }

        try (PreparedStatement statement = connection.prepareStatement("SELECT DISTINCT schema_name, table_name FROM " + SqlText.table(table) + " WHERE " + RUN_ID + " = ? AND "
                + SOURCE_SCHEMA + " = ? AND " + SOURCE_TABLE + " = ?")) {
            statement.setString(1, run);
            statement.setString(2, source.schema());
            statement.setString(3, source.table());

            try (ResultSet rows = statement.executeQuery()) {
                final Optional<TableName> found = rows.next() ? Optional.of(new TableName(rows.getString(1), rows.getString(2))) : Optional.empty();
                return rows.next() ? Optional.empty() : found;
            }
        }
    }

    /**
     * A load that was committed.
     *
     * @param rows the rows that it put into its table
     * @param attempt the attempt that committed it; null when the ledger does not tell
     */
    record Found(long rows, String attempt) {
    }

    /**
     * What is noted of a load.
     *
     * @param request the load
     * @param attempt the attempt that made it
     * @param strategy what became of the table
     * @param copyQueryId id of the COPY on the cluster; null when no COPY ran
     * @param started when the attempt began
     */
    record Entry(LoadRequest request, Attempt attempt, String strategy, String copyQueryId, Instant started) {
    }

    private record Value(String column, int type, Object value) {
        void set(final PreparedStatement statement, final int index) throws SQLException {
            switch (value) {
                case null -> statement.setNull(index, type);
                // A TIMESTAMP without zone: the digits of UTC, whatever zone this machine is in.
                case final Instant instant -> statement.setTimestamp(index, Timestamp.from(instant), Calendar.getInstance(TimeZone.getTimeZone(ZoneOffset.UTC)));
                case final Long number -> statement.setLong(index, number);
                default -> statement.setString(index, value.toString());
            }
        }
    }
}
