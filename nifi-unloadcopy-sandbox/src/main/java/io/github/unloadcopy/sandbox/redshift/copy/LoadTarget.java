package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;

import java.io.IOException;

/**
 * Where PostgreSQL's COPY puts rows. It refuses tables with row security, which in Redshift does not apply to COPY (page "Considerations and limitations using RLS policies" of the Redshift Database
 * Developer Guide): for these, rows go to a temporary table, and from there into the table by INSERT.
 *
 * @param stagingColumns definitions of the temporary table's columns, or null when there is none
 */
record LoadTarget(TargetTable table, String stagingColumns) {

    private static final String STAGING = "pg_temp.\"unloadcopy_sandbox_copy\"";

    /** Finds out which it is, and makes the temporary table. */
    static LoadTarget prepare(final TargetTable table, final BackendSession session) throws IOException {
        final String columns = session.query("SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) "
                + "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.oid = " + Integer.toUnsignedLong(table.id())
                + " AND c.relrowsecurity AND a.attnum > 0 AND NOT a.attisdropped").getFirst().getFirst();
        if (columns != null) {
            session.query("CREATE TEMPORARY TABLE " + STAGING + " (" + columns + ") ON COMMIT DROP");
        }

        return new LoadTarget(table, columns);
    }

    /** The name for SQL. */
    String name() {
        return stagingColumns == null ? table.qualifiedName() : STAGING;
    }

    /**
     * Has all rows in the table.
     *
     * @throws io.github.unloadcopy.sandbox.redshift.sql.SqlError what the table refused them with
     */
    void finish(final BackendSession session) throws IOException {
        if (stagingColumns != null) {
            final String columns = table.columnList();
            session.query("INSERT INTO " + table.qualifiedName() + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " + columns + " FROM " + STAGING + "; DROP TABLE " + STAGING);
        }
    }
}
