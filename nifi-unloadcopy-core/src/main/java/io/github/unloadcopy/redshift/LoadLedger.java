package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.OptionalLong;
import java.util.TimeZone;

/**
 * The table on the target that remembers which loads were committed, in the same transaction as their rows. Redshift does not enforce unique keys, so whoever reads it takes its lock
 * first and thereby waits for every transaction that is about to commit a load.
 */
final class LoadLedger {
    /** Bytes of the column load_id. */
    private static final int LONGEST_LOAD_ID = 1024;
    /** The lock is held only between a COPY's end and its COMMIT: who waits longer meets a session that hangs. */
    private static final int LOCK_TIMEOUT_SECONDS = 120;

    private final TableName table;
    private final String loadId;

    LoadLedger(final TableName table, final String loadId) {
        if (loadId.getBytes(StandardCharsets.UTF_8).length > LONGEST_LOAD_ID) {
            throw new IllegalArgumentException("The id of the load is longer than the %d bytes that the ledger keeps".formatted(LONGEST_LOAD_ID));
        }

        this.table = table;
        this.loadId = loadId;
    }

    /** Creates the table where it is missing; another session may do the same at the same time. Ends in no transaction. */
    void createIfMissing(final Connection connection) throws SQLException {
        if (exists(connection)) {
            return;
        }

        try {
            Queries.execute(connection, "CREATE TABLE " + SqlText.table(table) + " (load_id VARCHAR(" + LONGEST_LOAD_ID + ") NOT NULL, schema_name VARCHAR(128) NOT NULL, "
                    + "table_name VARCHAR(128) NOT NULL, row_count BIGINT NOT NULL, manifest VARCHAR(2048) NOT NULL, loaded_at TIMESTAMP NOT NULL)", 0);
            connection.commit();
        } catch (final SQLException e) {
            connection.rollback();

            if (!exists(connection)) {
                throw e;
            }
        }
    }

    /**
     * Locks the ledger until the transaction ends, and looks for this load.
     *
     * @param connection connection in a transaction
     * @return rows that this load committed; empty when it did not
     * @throws SQLException when the ledger cannot be locked or read
     */
    OptionalLong lockAndFind(final Connection connection) throws SQLException {
        Queries.execute(connection, "LOCK TABLE " + SqlText.table(table), LOCK_TIMEOUT_SECONDS);

        try (PreparedStatement statement = connection.prepareStatement("SELECT row_count FROM " + SqlText.table(table) + " WHERE load_id = ?")) {
            statement.setString(1, loadId);

            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /** Notes this load in the transaction that loads the rows. */
    void insert(final Connection connection, final LoadRequest request) throws SQLException {
        final String sql = "INSERT INTO " + SqlText.table(table) + " (load_id, schema_name, table_name, row_count, manifest, loaded_at) VALUES (?, ?, ?, ?, ?, ?)";

        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, loadId);
            statement.setString(2, request.table().schema());
            statement.setString(3, request.table().table());
            statement.setLong(4, request.expectedRows());
            statement.setString(5, request.manifest().toString());
            // A TIMESTAMP without zone: the digits of UTC, whatever zone this machine is in.
            statement.setTimestamp(6, Timestamp.from(Instant.now()), Calendar.getInstance(TimeZone.getTimeZone(ZoneOffset.UTC)));

            if (statement.executeUpdate() != 1) {
                throw new SQLException("The ledger " + table + " did not take the row");
            }
        }
    }

    private boolean exists(final Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT load_id FROM " + SqlText.table(table) + " WHERE 1 = 0")) {
            rows.next();
        } catch (final SQLException e) {
            connection.rollback();

            if (FailureClassifier.classify(e) == Reason.TABLE_MISSING) {
                return false;
            }

            throw e;
        }

        connection.commit();
        return true;
    }
}
