package io.github.unloadcopy.redshift;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A foreign key. Redshift does not enforce it, but plans queries by it (Database Developer Guide, "Table constraints").
 *
 * @param table table that refers
 * @param columns its columns
 * @param referenced table that is referred to
 * @param referencedColumns its columns, in the order of the others
 */
public record ForeignKey(TableName table, List<String> columns, TableName referenced, List<String> referencedColumns) {
    public ForeignKey {
        columns = List.copyOf(columns);
        referencedColumns = List.copyOf(referencedColumns);
    }

    /**
     * Reads what {@link DatabaseMetaData#getImportedKeys} or its counterpart answers.
     *
     * @return keys by the name of their table and their own name
     */
    static Map<Constraint, ForeignKey> read(final ResultSet rows) throws SQLException {
        final Map<Constraint, ForeignKey> keys = new LinkedHashMap<>();

        // Columns come in the order of the key: the rows are sorted by KEY_SEQ within each key.
        while (rows.next()) {
            final TableName table = new TableName(rows.getString("FKTABLE_SCHEM"), rows.getString("FKTABLE_NAME"));
            final ForeignKey column = new ForeignKey(table, List.of(rows.getString("FKCOLUMN_NAME")),
                    new TableName(rows.getString("PKTABLE_SCHEM"), rows.getString("PKTABLE_NAME")), List.of(rows.getString("PKCOLUMN_NAME")));
            keys.merge(new Constraint(table, rows.getString("FK_NAME")), column, ForeignKey::with);
        }

        return keys;
    }

    private ForeignKey with(final ForeignKey next) {
        final List<String> longer = new ArrayList<>(columns);
        final List<String> referencedLonger = new ArrayList<>(referencedColumns);
        longer.addAll(next.columns);
        referencedLonger.addAll(next.referencedColumns);
        return new ForeignKey(table, longer, referenced, referencedLonger);
    }

    /** The statement that adds it to its table. */
    String addStatement() {
        return "ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s)".formatted(SqlText.table(table), SqlText.columns(columns), SqlText.table(referenced), SqlText.columns(referencedColumns));
    }

    /** A constraint's name, which is unique within its table. */
    record Constraint(TableName table, String name) {
    }
}
