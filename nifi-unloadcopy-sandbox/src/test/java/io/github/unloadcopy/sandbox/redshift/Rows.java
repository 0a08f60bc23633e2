package io.github.unloadcopy.sandbox.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Small things with JDBC.
 */
final class Rows {

    private Rows() {
    }

    static void execute(final Connection connection, final String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** All rows of a query, a null for NULL. */
    static List<List<String>> of(final Connection connection, final String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
            final List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                final List<String> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getString(column));
                }

                rows.add(row);
            }

            return rows;
        }
    }

    static String value(final Connection connection, final String query) throws SQLException {
        return of(connection, query).get(0).get(0);
    }

    static long count(final Connection connection, final String table) throws SQLException {
        return Long.parseLong(value(connection, "SELECT count(*) FROM " + table));
    }
}
