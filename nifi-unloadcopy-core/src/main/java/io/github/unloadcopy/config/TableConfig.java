package io.github.unloadcopy.config;

import java.util.List;

/**
 * One side of a table's move.
 *
 * @param schema name of the schema, in the case it has in the catalog
 * @param table name of the table, in the case it has in the catalog
 * @param columns columns to move, in order; empty means all
 */
public record TableConfig(String schema, String table, List<String> columns) {
    public TableConfig {
        columns = List.copyOf(columns);
    }
}
