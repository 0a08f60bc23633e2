package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.redshift.sql.LateBindingViews;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The late-binding views of a cluster whose data was kept.
 */
public final class KeptViews {

    private KeptViews() {
    }

    /**
     * Adds those of all databases.
     *
     * @throws SQLException when a database has gone
     */
    public static void addTo(final LateBindingViews views, final PostgresServer server) throws SQLException {
        for (final String database : server.databases()) {
            try (Connection connection = server.connect(database); Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT c.relname FROM pg_internal.late_view v JOIN pg_catalog.pg_class c ON c.oid = v.relation")) {
                while (result.next()) {
                    views.add(result.getString(1));
                }
            }
        }
    }
}
