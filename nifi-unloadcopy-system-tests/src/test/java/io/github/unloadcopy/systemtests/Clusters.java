package io.github.unloadcopy.systemtests;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests do with the two clusters beside the flow. */
final class Clusters {
    private final Clouds clouds;

    Clusters(final Clouds clouds) {
        this.clouds = clouds;
    }

    void execute(final String cluster, final String... statements) throws SQLException {
        try (Connection connection = clouds.connect(cluster); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** All rows, values as the driver tells them. */
    List<List<String>> query(final String cluster, final String sql) throws SQLException {
        final List<List<String>> found = new ArrayList<>();

        try (Connection connection = clouds.connect(cluster); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                final List<String> row = new ArrayList<>();

                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(rows.getString(column));
                }

                found.add(row);
            }
        }

        return found;
    }

    /** The only value of a query. */
    String value(final String cluster, final String sql) throws SQLException {
        final List<List<String>> rows = query(cluster, sql);
        assertTrue(rows.size() == 1 && rows.getFirst().size() == 1, () -> sql + " gives " + rows);
        return rows.getFirst().getFirst();
    }

    /** Makes sure that the target holds exactly what the source holds, in tables that have rows and the key "id". */
    void assertMoved(final String source, final String target) throws SQLException {
        try (Connection from = clouds.connect("source"); Connection to = clouds.connect("target")) {
            final TableComparison comparison = TableComparison.compare(source, target, List.of("id"), from, to);
            assertEquals(List.of(), comparison.differences(), "differences between %s and %s".formatted(source, target));
            assertTrue(comparison.sourceRows() > 0, "rows in " + source);
        }
    }

    /** How the cluster says that a table is made, without what its name brings in. */
    String definition(final String cluster, final String table) throws SQLException {
        final String shown = value(cluster, "SHOW TABLE " + table);
        return shown.substring(shown.indexOf('('));
    }
}
