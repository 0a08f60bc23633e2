package io.github.unloadcopy.sandbox.redshift.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * How REAL and DOUBLE PRECISION become text. It is a property of each database's catalog, where it takes effect for running sessions as well.
 */
public final class FloatOutput {

    private FloatOutput() {
    }

    /**
     * Changes all databases, and the template of those to come.
     *
     * @param obey whether columns of tables obey {@code extra_float_digits}
     * @throws SQLException when a database has gone
     */
    public static void apply(final PostgresServer server, final boolean obey) throws SQLException {
        for (final String database : server.databases()) {
            try (Connection connection = server.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_internal.use_float_output(" + obey + ")");
            }
        }
    }
}
