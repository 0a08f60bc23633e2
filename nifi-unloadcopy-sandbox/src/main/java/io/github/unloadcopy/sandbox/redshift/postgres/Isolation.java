package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a cluster's sessions begin with: REPEATABLE READ, and the level of databases that were created without one. The cluster's own connections stay at READ COMMITTED.
 */
public final class Isolation {

    private Isolation() {
    }

    /**
     * Sets both, for sessions that begin from now on.
     *
     * @throws SQLException when the database has gone
     */
    public static void apply(final PostgresServer server, final IsolationLevel level) throws SQLException {
        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE " + PostgresServer.ADMINISTRATOR + " SET default_transaction_isolation TO 'read committed'");
            statement.execute("ALTER ROLE ALL SET default_transaction_isolation TO 'repeatable read'");
            statement.execute("ALTER ROLE ALL SET " + IsolationLevel.SETTING + " TO '" + level.settingValue() + "'");
        }
    }
}
