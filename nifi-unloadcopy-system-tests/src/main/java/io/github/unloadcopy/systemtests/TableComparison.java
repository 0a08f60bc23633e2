package io.github.unloadcopy.systemtests;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Whether a table holds the same in two clusters.
 *
 * @param sourceRows rows in the source
 * @param targetRows rows in the target
 * @param differences the first ten, one line each; empty when every value of every row is the same
 */
public record TableComparison(long sourceRows, long targetRows, List<String> differences) {
    private static final int FETCH_SIZE = 5_000;
    private static final int DIFFERENCES_SHOWN = 10;
    private static final int VALUE_CHARACTERS_SHOWN = 80;

    public TableComparison {
        differences = List.copyOf(differences);
    }

    /**
     * Reads both tables in the order of the key, a few thousand rows at a time, and compares value by value as the driver tells them.
     *
     * @param table the table
     * @param source connection to the source; in a transaction of its own that this method ends
     * @param target likewise for the target
     * @throws SQLException when a cluster cannot be read
     */
    public static TableComparison compare(final Table table, final Connection source, final Connection target) throws SQLException {
        return compare(table.qualifiedName(), table.qualifiedName(), table.key(), source, target);
    }

    /**
     * Likewise for tables that have different names.
     *
     * @param sourceTable schema and name in the source, as SQL writes them
     * @param targetTable likewise in the target
     * @param key columns whose values together identify a row; all are numbers, so that every cluster sorts them alike
     * @param source connection to the source; in a transaction of its own that this method ends
     * @param target likewise for the target
     * @throws SQLException when a cluster cannot be read
     */
    public static TableComparison compare(final String sourceTable, final String targetTable, final List<String> key, final Connection source, final Connection target) throws SQLException {
        final String query = "SELECT * FROM %s ORDER BY " + String.join(", ", key);
        // Without autocommit the driver fetches piece by piece; with it, the whole result at once.
        source.setAutoCommit(false);
        target.setAutoCommit(false);

        try (Statement sourceStatement = source.createStatement();
             Statement targetStatement = target.createStatement()) {
            sourceStatement.setFetchSize(FETCH_SIZE);
            targetStatement.setFetchSize(FETCH_SIZE);

            try (ResultSet sourceRows = sourceStatement.executeQuery(query.formatted(sourceTable));
                 ResultSet targetRows = targetStatement.executeQuery(query.formatted(targetTable))) {
                return compare(key, sourceRows, targetRows);
            }
        } finally {
            source.rollback();
            target.rollback();
            source.setAutoCommit(true);
            target.setAutoCommit(true);
        }
    }

    /** Whether nothing differs. */
    public boolean equal() {
        return sourceRows == targetRows && differences.isEmpty();
    }

    private static TableComparison compare(final List<String> key, final ResultSet source, final ResultSet target) throws SQLException {
        final ResultSetMetaData columns = source.getMetaData();
        final List<String> differences = new ArrayList<>();
        long sourceCount = 0;
        long targetCount = 0;

        if (columns.getColumnCount() != target.getMetaData().getColumnCount()) {
            differences.add("%d columns in the source, %d in the target".formatted(columns.getColumnCount(), target.getMetaData().getColumnCount()));
            return new TableComparison(sourceCount, targetCount, differences);
        }

        boolean sourceHasRow = source.next();
        boolean targetHasRow = target.next();

        while (sourceHasRow || targetHasRow) {
            sourceCount += sourceHasRow ? 1 : 0;
            targetCount += targetHasRow ? 1 : 0;

            if (sourceHasRow && targetHasRow) {
                compareRow(key, columns, source, target, differences);
            } else if (differences.size() < DIFFERENCES_SHOWN) {
                differences.add("the row with %s is in the %s only".formatted(keyOf(key, sourceHasRow ? source : target), sourceHasRow ? "source" : "target"));
            }

            sourceHasRow = sourceHasRow && source.next();
            targetHasRow = targetHasRow && target.next();
        }

        return new TableComparison(sourceCount, targetCount, differences);
    }

    private static void compareRow(final List<String> key, final ResultSetMetaData columns, final ResultSet source, final ResultSet target, final List<String> differences) throws SQLException {
        for (int column = 1; column <= columns.getColumnCount(); column++) {
            final String expected = source.getString(column);
            final String actual = target.getString(column);

            if (!Objects.equals(expected, actual) && differences.size() < DIFFERENCES_SHOWN) {
                differences.add("%s, column %s: %s in the source, %s in the target".formatted(keyOf(key, source), columns.getColumnName(column), shown(expected), shown(actual)));
            }
        }
    }

    private static String keyOf(final List<String> key, final ResultSet row) throws SQLException {
        final List<String> values = new ArrayList<>();

        for (final String column : key) {
            values.add("%s=%s".formatted(column, row.getString(column)));
        }

        return String.join(", ", values);
    }

    private static String shown(final String value) {
        if (value == null) {
            return "NULL";
        }

        final String text = value.length() > VALUE_CHARACTERS_SHOWN ? value.substring(0, VALUE_CHARACTERS_SHOWN) + "… (%d characters)".formatted(value.length()) : value;
        return "'%s'".formatted(text.replace("\n", "\\n").replace("\r", "\\r"));
    }
}
