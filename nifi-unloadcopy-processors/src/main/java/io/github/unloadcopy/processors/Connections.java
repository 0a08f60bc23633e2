package io.github.unloadcopy.processors;

import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.processor.exception.ProcessException;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * Connections from whatever pooling service is configured.
 */
final class Connections {

    /** SQLSTATE for a connection that cannot be made, for pools that give no better one. */
    private static final String CONNECTION_FAILED = "08001";

    private Connections() {
    }

    /**
     * Borrows a connection.
     *
     * @throws SQLException with the message of the pool and the SQLSTATE of its cause
     */
    static Connection open(final DBCPService service, final Map<String, String> attributes) throws SQLException {
        try {
            return service.getConnection(attributes);
        } catch (final ProcessException e) {
            throw new SQLException(e.getMessage(), sqlState(e), e);
        }
    }

    private static String sqlState(final ProcessException exception) {
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof final SQLException sqlException && sqlException.getSQLState() != null) {
                return sqlException.getSQLState();
            }
        }

        return CONNECTION_FAILED;
    }
}
