package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks a cluster how a table is made: SHOW TABLE, and the catalog for what that leaves out. */
final class TableDefinitionReader {
    private static final String COMMENTS = """
            SELECT a.attname, d.description FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_description d ON d.objoid = c.oid AND d.classoid = (SELECT oid FROM pg_class WHERE relname = 'pg_class')
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
            WHERE n.nspname = ? AND c.relname = ?""";

    private TableDefinitionReader() {
    }

    /**
     * Reads a table's definition.
     *
     * @param connection connection to its cluster
     * @param table the table
     * @return its definition
     * @throws SQLException when the cluster refuses, or answers what is no definition
     */
    static TableDefinition read(final Connection connection, final TableName table) throws SQLException {
        final ShownTable shown;

        try {
            shown = ShownTable.parse(Queries.value(connection, "SHOW TABLE " + SqlText.table(table)));
        } catch (final IllegalArgumentException e) {
            throw new SQLException("The definition of %s cannot be read: %s".formatted(table, e.getMessage()), e);
        }

        // SHOW TABLE has found it, so the catalog has it under one of its spellings.
        final TableName catalogName = TargetTable.inCatalog(connection, table);
        final Map<String, String> columnComments = new TreeMap<>();
        String comment = null;

        for (final String[] row : Catalog.rows(connection, COMMENTS, catalogName)) {
            if (row[0] == null) {
                comment = row[1];
            } else {
                columnComments.put(row[0], row[1]);
            }
        }

        return new TableDefinition(shown.columns(), shown.keys(), shown.storage(), Catalog.owner(connection, catalogName), comment, columnComments,
                foreignKeys(connection, catalogName));
    }

    private static List<ForeignKey> foreignKeys(final Connection connection, final TableName table) throws SQLException {
        try (ResultSet rows = connection.getMetaData().getImportedKeys(connection.getCatalog(), table.schema(), table.table())) {
            return List.copyOf(ForeignKey.read(rows).values());
        }
    }
}
