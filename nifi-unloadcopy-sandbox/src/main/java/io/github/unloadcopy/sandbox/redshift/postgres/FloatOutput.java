package io.github.unloadcopy.sandbox.redshift.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

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
        for (final String database : databases(server)) {
            try (Connection connection = server.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_internal.use_float_output(" + obey + ")");
            }
        }
    }

    private static List<String> databases(final PostgresServer server) throws SQLException {
        final List<String> names = new ArrayList<>();
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datname <> 'postgres'")) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }

        return names;
    }
}
