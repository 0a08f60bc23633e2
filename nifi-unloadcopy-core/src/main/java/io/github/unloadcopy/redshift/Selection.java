package io.github.unloadcopy.redshift;

import java.util.List;
import java.util.Map;

/**
 * What is read from the source: a table, or a query in its place, and which columns of it.
 *
 * @param table the table; with a query it names what is unloaded
 * @param query a SELECT whose rows are taken instead of the table's; null for the table
 * @param columns columns, in order; empty means all
 * @param types names of the columns' types, as the driver spells them, by column: some cannot be unloaded as they are; a column without one is taken as it is
 */
public record Selection(TableName table, String query, List<String> columns, Map<String, String> types) {
    public Selection {
        query = query == null || query.isBlank() ? null : withoutSemicolon(query.strip());
        columns = List.copyOf(columns);
        types = Map.copyOf(types);
    }

    /** All rows of a table. */
    public static Selection of(final TableName table, final List<String> columns) {
        return of(table, null, columns);
    }

    /** All rows of a table, or of a query in its place unless that is null. */
    public static Selection of(final TableName table, final String query, final List<String> columns) {
        return new Selection(table, query, columns, Map.of());
    }

    /** The same columns by name, with their types. */
    Selection with(final List<String> names, final Map<String, String> typesOfNames) {
        return new Selection(table, query, names, typesOfNames);
    }

    /** Whether a column is floating point. */
    boolean hasFloatingPoint() {
        return types.values().stream().anyMatch(ColumnTypes::isFloatingPoint);
    }

    /**
     * The SELECT.
     *
     * @throws IllegalArgumentException when a name cannot be written into a statement
     */
    String sql() {
        return "SELECT " + list() + " FROM " + (query == null ? SqlText.table(table) : "(" + query + "\n) AS \"unloadcopy\"");
    }

    private String list() {
        if (columns.isEmpty()) {
            return "*";
        }

        final StringBuilder list = new StringBuilder();

        for (final String column : columns) {
            list.append(list.isEmpty() ? "" : ", ").append(ColumnTypes.expression(types.get(column), SqlText.identifier(column)));
        }

        return list.toString();
    }

    private static String withoutSemicolon(final String query) {
        return query.endsWith(";") ? query.substring(0, query.length() - 1).strip() : query;
    }
}
