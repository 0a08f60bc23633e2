package io.github.unloadcopy.redshift;

import java.util.List;
import java.util.Set;

/**
 * What is read from the source: a table, or a query in its place, and which columns of it.
 *
 * @param table the table; with a query it names what is unloaded
 * @param query a SELECT whose rows are taken instead of the table's; null for the table
 * @param columns columns, in order; empty means all
 * @param superColumns those of them that are SUPER: they travel as JSON in text, which then is escaped like any other text
 */
public record Selection(TableName table, String query, List<String> columns, Set<String> superColumns) {
    public Selection {
        query = query == null || query.isBlank() ? null : withoutSemicolon(query.strip());
        columns = List.copyOf(columns);
        superColumns = Set.copyOf(superColumns);
    }

    /** All rows of a table. */
    public static Selection of(final TableName table, final List<String> columns) {
        return new Selection(table, null, columns, Set.of());
    }

    /** The same columns by name, with those that are SUPER. */
    Selection with(final List<String> names, final Set<String> superNames) {
        return new Selection(table, query, names, superNames);
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
            final String name = SqlText.identifier(column);
            list.append(list.isEmpty() ? "" : ", ").append(superColumns.contains(column) ? "JSON_SERIALIZE(%s) AS %s".formatted(name, name) : name);
        }

        return list.toString();
    }

    private static String withoutSemicolon(final String query) {
        return query.endsWith(";") ? query.substring(0, query.length() - 1).strip() : query;
    }
}
