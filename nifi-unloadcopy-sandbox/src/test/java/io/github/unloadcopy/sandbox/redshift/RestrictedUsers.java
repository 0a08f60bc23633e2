package io.github.unloadcopy.sandbox.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * Regular users of a cluster, each statement over a connection of its own.
 */
final class RestrictedUsers {

    private static final String PASSWORD = "Secret1word";

    private final TestCluster cluster;

    RestrictedUsers(final TestCluster cluster) {
        this.cluster = cluster;
    }

    void create(final Connection connection, final String... names) throws SQLException {
        for (final String name : names) {
            Rows.execute(connection, "CREATE USER " + name + " PASSWORD '" + PASSWORD + "'");
        }
    }

    Connection connect(final String user) throws SQLException {
        return cluster.connect(user, PASSWORD, new Properties());
    }

    void execute(final String user, final String... statements) throws SQLException {
        try (Connection session = connect(user)) {
            Rows.execute(session, statements);
        }
    }

    List<List<String>> rows(final String user, final String query) throws SQLException {
        try (Connection session = connect(user)) {
            return Rows.of(session, query);
        }
    }

    /** The SQLSTATE with which a statement is refused. */
    String refusal(final String user, final String... statements) {
        return assertThrows(SQLException.class, () -> execute(user, statements)).getSQLState();
    }
}
