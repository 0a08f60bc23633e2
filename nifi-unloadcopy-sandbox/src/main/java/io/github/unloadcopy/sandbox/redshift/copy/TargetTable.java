package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The table that a COPY loads, as the client's own session sees it.
 *
 * @param id OID
 * @param columns where fields go, in the order of the fields
 */
record TargetTable(String qualifiedName, String name, int id, List<TargetColumn> columns) {

    /**
     * Looks the table up and pairs the fields with its columns.
     * Rules: page "Column mapping options" and parameter EXPLICIT_IDS of the Redshift Database Developer Guide.
     */
    static TargetTable find(final CopyStatement statement, final BackendSession session) throws IOException {
        final String qualified = (statement.schema() == null ? "" : Literals.quoteIdentifier(statement.schema()) + '.') + Literals.quoteIdentifier(statement.table());
        final List<List<String>> rows = session.query("SELECT a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity = 'a', a.attrelid::pg_catalog.int8, "
                + "(SELECT pg_catalog.pg_has_role(c.relowner, 'USAGE') FROM pg_catalog.pg_class c WHERE c.oid = a.attrelid) "
                + "FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass(" + Literals.quote(qualified) + ") AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum");
        if (rows.isEmpty()) {
            throw new SqlError(SqlError.UNDEFINED_TABLE, "Cannot COPY into nonexistent table " + statement.table());
        }

        if (statement.statUpdate() && !rows.get(0).get(6).equals("t")) {
            throw new SqlError(SqlError.PRIVILEGE, "must be owner of relation " + statement.table(), "STATUPDATE is for the table's owner and for superusers.");
        }

        final Map<String, TargetColumn> all = new LinkedHashMap<>();
        for (final List<String> row : rows) {
            final boolean generated = row.get(4).equals("t");
            all.put(row.get(0), new TargetColumn(row.get(0), (int) Long.parseLong(row.get(1)), Integer.parseInt(row.get(2)), row.get(3).equals("t"), generated,
                    !generated || statement.explicitIds()));
        }

        final List<TargetColumn> columns = statement.columns().isEmpty() ? List.copyOf(all.values()) : named(statement, all);
        checkIdentities(statement, columns);
        checkBinaries(statement, columns);
        return new TargetTable(qualified, statement.table(), (int) Long.parseLong(rows.get(0).get(5)), columns);
    }

    private static List<TargetColumn> named(final CopyStatement statement, final Map<String, TargetColumn> all) {
        final List<TargetColumn> columns = new ArrayList<>();
        for (final String name : statement.columns()) {
            final TargetColumn column = all.get(name);
            if (column == null) {
                throw new SqlError(SqlError.UNDEFINED_COLUMN, "column \"" + name + "\" of relation \"" + statement.table() + "\" does not exist");
            }

            if (column.generatedAlways() && !statement.explicitIds()) {
                throw new SqlError(SqlError.INTERNAL, "cannot set an identity column to a value: column \"" + name + "\" is in the column list, which needs EXPLICIT_IDS");
            }

            columns.add(column);
        }

        return columns;
    }

    private static void checkIdentities(final CopyStatement statement, final List<TargetColumn> columns) {
        if (statement.explicitIds() && columns.stream().noneMatch(TargetColumn::generatedAlways)) {
            throw new SqlError(SqlError.INTERNAL, "EXPLICIT_IDS needs an IDENTITY column" + (statement.columns().isEmpty() ? " in the table" : " in the column list"));
        }
    }

    /** VARBYTE does not go with REMOVEQUOTES: page "Loading a column of the VARBYTE data type". */
    private static void checkBinaries(final CopyStatement statement, final List<TargetColumn> columns) {
        if (statement.format() instanceof final CopyStatement.Text text && text.removeQuotes() && columns.stream().anyMatch(column -> column.typeId() == TypeIds.BYTEA)) {
            throw SqlError.notSupported("COPY option REMOVEQUOTES is not supported for columns of type VARBYTE: use CSV");
        }
    }

    /** The names of the loaded columns, for SQL. */
    String columnList() {
        return columns.stream().filter(TargetColumn::loaded).map(column -> Literals.quoteIdentifier(column.name())).collect(Collectors.joining(", "));
    }
}
