package io.github.unloadcopy.redshift;

/**
 * Name of a table, in the case it has in the catalog, without quotes.
 *
 * @param schema name of the schema
 * @param table name of the table
 */
public record TableName(String schema, String table) {
    public TableName {
        if (schema == null || schema.isEmpty() || table == null || table.isEmpty()) {
            throw new IllegalArgumentException("A table needs a schema and a name");
        }
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
