package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What stands under a name that rows are to be loaded into. COPY loads tables only (Database Developer Guide, page "COPY"), and finds out after the unload. */
final class TargetRelation {
    /** Database Developer Guide, page "SVV_EXTERNAL_SCHEMAS": visible to all users. */
    private static final String EXTERNAL_SCHEMA = "SELECT 1 FROM svv_external_schemas WHERE schemaname = ?";
    private static final String KIND = "SELECT c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?";

    private TargetRelation() {
    }

    /**
     * Sees that a name stands for a table or for nothing yet.
     *
     * @param connection connection to the target; it makes no snapshot
     * @param table the name
     * @throws SQLException when the cluster does not answer
     * @throws RedshiftException with {@link Reason#NOT_A_TABLE} when something else has the name
     */
    static void requireTable(final Connection connection, final TableName table) throws SQLException, RedshiftException {
        final TableName name = CatalogNames.of(connection).fold(table);

        if (isSystemSchema(name.schema())) {
            throw refusal(table, "schema %s belongs to Redshift, which keeps system tables and temporary tables there".formatted(name.schema()));
        }

        if (!Catalog.rows(connection, EXTERNAL_SCHEMA, name.schema()).isEmpty()) {
            throw refusal(table, "schema %s is an external schema, and its tables are external tables".formatted(name.schema()));
        }

        final List<String[]> found = Catalog.rows(connection, KIND, name);

        if (!found.isEmpty() && !found.getFirst()[0].equals("r")) {
            throw refusal(table, switch (found.getFirst()[0]) {
                // The catalog has materialized views as views.
                case "v" -> "it is a view or materialized view";
                case "m" -> "it is a materialized view";
                default -> "the catalog has it as something else (relkind %s)".formatted(found.getFirst()[0]);
            });
        }
    }

    /** Names that begin with pg_ are reserved (Database Developer Guide, page "CREATE SCHEMA"). */
    private static boolean isSystemSchema(final String schema) {
        return schema.startsWith("pg_") || schema.equals("information_schema");
    }

    private static RedshiftException refusal(final TableName table, final String what) {
        return new RedshiftException(Reason.NOT_A_TABLE, "Rows cannot be loaded into %s: %s. %s".formatted(table, what, Reason.NOT_A_TABLE.advice()));
    }
}
