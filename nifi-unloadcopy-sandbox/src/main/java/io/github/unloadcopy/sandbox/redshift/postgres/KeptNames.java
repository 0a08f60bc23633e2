package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;

/**
 * The late-binding views and masked tables of a cluster whose data was kept.
 */
public final class KeptNames {

    private static final String VIEWS = "SELECT c.relname FROM pg_internal.late_view v JOIN pg_catalog.pg_class c ON c.oid = v.relation";
    private static final String MASKED_TABLES = "SELECT DISTINCT c.relname FROM pg_internal.masking_attachment m JOIN pg_catalog.pg_class c ON c.oid = m.relation";

    private KeptNames() {
    }

    /**
     * Adds those of all databases.
     *
     * @throws SQLException when a database has gone
     */
    public static void addTo(final StatementPlanner planner, final PostgresServer server) throws SQLException {
        for (final String database : server.databases()) {
            try (Connection connection = server.connect(database); Statement statement = connection.createStatement()) {
                add(statement, VIEWS, planner.lateBindingViews()::add);
                add(statement, MASKED_TABLES, planner.maskedTables()::add);
            }
        }
    }

    private static void add(final Statement statement, final String query, final Consumer<String> names) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                names.accept(result.getString(1));
            }
        }
    }
}
