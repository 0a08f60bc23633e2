package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Asks a cluster which row of which file a COPY stumbled over. It never reads raw_line and raw_field_value, which hold users' data. */
final class LoadErrors {
    /** Database Developer Guide, SYS_LOAD_ERROR_DETAIL: on every cluster and workgroup that is not long out of date. */
    private static final String BY_VIEW = "SELECT file_name, line_number, column_name, error_message FROM sys_load_error_detail WHERE session_id = pg_backend_pid() ORDER BY start_time DESC";
    /** Database Developer Guide, STL_LOAD_ERRORS: provisioned clusters only. */
    private static final String BY_LOG = "SELECT filename, line_number, colname, err_reason FROM stl_load_errors WHERE session = pg_backend_pid() ORDER BY starttime DESC";
    private static final int TIMEOUT_SECONDS = 60;

    private LoadErrors() {
    }

    /**
     * Finds the newest error of this session.
     *
     * @param connection the session whose COPY failed, rolled back
     * @param folder where the files are, to leave out errors of other loads
     * @return a sentence with reason, column, line and file; empty when the cluster tells none
     * @throws SQLException when neither table can be read
     */
    static Optional<String> newest(final Connection connection, final S3Location folder) throws SQLException {
        try {
            return find(connection, BY_VIEW, folder);
        } catch (final SQLException e) {
            rollback(connection);

            try {
                return find(connection, BY_LOG, folder);
            } catch (final SQLException second) {
                rollback(connection);
                second.addSuppressed(e);
                throw second;
            }
        }
    }

    private static Optional<String> find(final Connection connection, final String sql, final S3Location folder) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(TIMEOUT_SECONDS);
            statement.setMaxRows(1);

            try (ResultSet rows = statement.executeQuery(sql)) {
                if (!rows.next() || !strip(rows.getString(1)).startsWith(folder.toString())) {
                    return Optional.empty();
                }

                return Optional.of("%s, column %s, line %d of %s".formatted(strip(rows.getString(4)), strip(rows.getString(3)), rows.getLong(2), strip(rows.getString(1))));
            }
        }
    }

    private static void rollback(final Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    /** The log's columns are CHAR, padded with blanks. */
    private static String strip(final String text) {
        return text == null ? "" : text.strip();
    }
}
