package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Small statements that both unloading and loading send. */
final class Queries {
    private Queries() {
    }

    /**
     * Runs a statement that gives no rows.
     *
     * @param connection connection to run it on
     * @param sql the statement
     * @param timeoutSeconds when to cancel it; 0 = never
     * @throws SQLException when it fails
     */
    static void execute(final Connection connection, final String sql, final int timeoutSeconds) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(timeoutSeconds);
            statement.execute(sql);
        }
    }

    /** The one value that a query without parameters gives, as text. */
    static String value(final Connection connection, final String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next() || rows.getString(1) == null) {
                throw new SQLException("The cluster answered nothing to " + sql);
            }

            return rows.getString(1);
        }
    }

    /** The one number that a query without parameters gives. */
    static long number(final Connection connection, final String sql) throws SQLException {
        final String value = value(connection, sql);

        try {
            return Long.parseLong(value);
        } catch (final NumberFormatException e) {
            throw new SQLException("The cluster answered no number to " + sql, e);
        }
    }

    /**
     * The columns of a table or query, which proves as well that they exist and may be read.
     *
     * @param connection connection to ask on
     * @param selection the table or query
     * @return name and type of each
     * @throws SQLException when table or columns are missing or may not be read
     */
    static List<Column> columns(final Connection connection, final Selection selection) throws SQLException {
        final String sql = selection.sql() + " WHERE 1 = 0";

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            final ResultSetMetaData metadata = rows.getMetaData();
            final List<Column> found = new ArrayList<>();

            for (int index = 1; index <= metadata.getColumnCount(); index++) {
                found.add(new Column(metadata.getColumnName(index), metadata.getColumnTypeName(index)));
            }

            return found;
        }
    }

    /**
     * A column.
     *
     * @param name its name
     * @param type name of its type, as the driver spells it
     */
    record Column(String name, String type) {
    }
}
