package io.github.unloadcopy.systemtests;

import java.util.List;

/**
 * A table of the demonstration.
 *
 * @param schema its schema
 * @param name its name
 * @param key columns whose values together identify a row; all are numbers, so that every cluster sorts them alike
 * @param columns what stands between the parentheses of CREATE TABLE
 * @param attributes what stands behind them: distribution and sort key
 */
public record Table(String schema, String name, List<String> key, String columns, String attributes) {
    public Table {
        key = List.copyOf(key);
    }

    /** Schema and table for SQL; the names used here need no quotes. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    /** The statement that makes it, without rows. */
    public String createStatement() {
        return "CREATE TABLE %s (%s) %s".formatted(qualifiedName(), columns, attributes);
    }
}
