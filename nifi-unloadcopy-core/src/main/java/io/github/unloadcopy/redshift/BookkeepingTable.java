package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table on the target in which loads keep their books. It is created where it is missing, and one that an earlier version made is extended in place.
 *
 * @param name name of the table
 * @param firstColumns definition of the columns of its first version
 * @param laterColumns types of columns that came later, by name, in order; they take NULL
 */
record BookkeepingTable(TableName name, String firstColumns, Map<String, String> laterColumns) {
    /**
     * Creates the table, or adds the columns that it lacks; another session may do the same at the same time.
     *
     * @param connection connection in no transaction; it is in none afterwards
     * @return its columns; only its owner may extend it, so that later ones may be missing
     * @throws SQLException when there is no such table and none can be created
     */
    Set<String> prepare(final Connection connection) throws SQLException {
        Set<String> present = columns(connection);

        if (present.isEmpty()) {
            change(connection, createStatement(), null);
            present = columns(connection);
        }

        if (present.containsAll(laterColumns.keySet())) {
            return present;
        }

        for (final Map.Entry<String, String> column : laterColumns.entrySet()) {
            if (!present.contains(column.getKey())) {
                change(connection, "ALTER TABLE " + SqlText.table(name) + " ADD COLUMN " + column.getKey() + " " + column.getValue(), column.getKey());
            }
        }

        return columns(connection);
    }

    /** The statement that creates it, with all columns. */
    String createStatement() {
        return "CREATE TABLE " + SqlText.table(name) + " (" + firstColumns + laterColumns.entrySet().stream()
                .map(column -> ", " + column.getKey() + " " + column.getValue()).collect(Collectors.joining()) + ")";
    }

    private void change(final Connection connection, final String sql, final String column) throws SQLException {
        try {
            Queries.execute(connection, sql, 0);
            connection.commit();
        } catch (final SQLException e) {
            connection.rollback();
            final Set<String> present = columns(connection);
            final boolean done = column == null ? !present.isEmpty() : present.contains(column);
            // For others than its owner it stays as it is.
            final boolean notAllowed = column != null && FailureClassifier.classify(e) == Reason.PERMISSION_DENIED;

            if (!done && !notAllowed) {
                throw e;
            }
        }
    }

    /**
     * The columns of the table.
     *
     * @param connection connection in no transaction; it is in none afterwards
     * @return names in lower case; empty when there is no such table
     * @throws SQLException when it cannot be read
     */
    Set<String> columns(final Connection connection) throws SQLException {
        final Set<String> names = new HashSet<>();

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT * FROM " + SqlText.table(name) + " WHERE 1 = 0")) {
            final ResultSetMetaData metadata = rows.getMetaData();

            for (int index = 1; index <= metadata.getColumnCount(); index++) {
                names.add(TableName.folded(metadata.getColumnName(index)));
            }
        } catch (final SQLException e) {
            connection.rollback();

            if (FailureClassifier.classify(e) == Reason.TABLE_MISSING) {
                return Set.of();
            }

            throw e;
        }

        connection.rollback();
        return names;
    }
}
