package io.github.unloadcopy.redshift;

import java.util.List;
import java.util.Map;

/**
 * What is read from the source: a table, or a query in its place, and which columns of it.
 *
 * @param table the table; with a query it names what is unloaded
 * @param query a SELECT whose rows are taken instead of the table's, written anew from its tokens; null for the table
 * @param columns columns, in order; empty means all
 * @param types names of the columns' types, as the driver spells them, by column: some cannot be unloaded as they are; a column without one is taken as it is
 */
public record Selection(TableName table, String query, List<String> columns, Map<String, String> types) {
    /**
     * Checks the query.
     *
     * @throws IllegalArgumentException when it is not one SELECT
     */
    public Selection {
        query = query == null || query.isBlank() ? null : checked(query);
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

    /**
     * All rows of a table, or of a query in its place unless that is null, with the columns of a list. Expressions make a query of them.
     *
     * @throws IllegalArgumentException when the query is not one SELECT, or a name cannot be written into a statement
     */
    public static Selection of(final TableName table, final String query, final SelectList list) {
        final Selection all = of(table, query, List.of());
        return list.hasExpressions() ? of(table, "SELECT " + list.sql() + " FROM " + all.rows(), list.names()) : of(table, query, list.names());
    }

    /**
     * A query from outside, written anew.
     *
     * @param text the query
     * @return the same query without comments and without semicolons at its end
     * @throws IllegalArgumentException when it is anything else than one SELECT; the message follows the name of what holds the query
     */
    public static String query(final String text) {
        return SelectQuery.parse(text).sql();
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
        return "SELECT " + list() + " FROM " + rows();
    }

    /** What follows FROM. A query is in parentheses that it cannot close. */
    String rows() {
        return query == null ? SqlText.table(table) : "(" + query + ") AS \"unloadcopy\"";
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

    private static String checked(final String text) {
        try {
            return query(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("The query " + e.getMessage(), e);
        }
    }
}
