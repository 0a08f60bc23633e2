package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Which columns of a table the user may read. SELECT can be granted column by column, and no documented function tells who has it: HAS_TABLE_PRIVILEGE knows whole tables only. So the columns are
 * read, without rows. A cluster answers {@code SELECT *} on a table with the columns that the user may read and says nothing about the others; on a view it refuses (Database Developer Guide, GRANT,
 * "Usage notes for column-level access control").
 */
final class ColumnPrivileges {
    /** Every user may read these catalogs, whatever it may read of the table. Views without schema binding have no columns in them. */
    private static final String COLUMNS = """
            SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""";

    private ColumnPrivileges() {
    }

    /**
     * Sees that all columns of a table were read where all are meant.
     *
     * @param connection connection that read them
     * @param selection what was read
     * @param found the columns that the cluster gave
     * @throws SQLException when the catalog cannot be read
     * @throws RedshiftException with {@link Reason#PERMISSION_DENIED} and the names of the columns that the user may not read
     */
    static void requireAll(final Connection connection, final Selection selection, final Collection<String> found) throws SQLException, RedshiftException {
        if (selection.query() != null || !selection.columns().isEmpty()) {
            return;
        }

        final List<String> all = inCatalog(connection, selection.table());

        if (all.size() > found.size()) {
            // With describe_field_name_in_uppercase the names in results are not the catalog's.
            final List<String> hidden = all.stream().filter(column -> found.stream().noneMatch(column::equalsIgnoreCase)).toList();
            throw new RedshiftException(Reason.PERMISSION_DENIED, "%s would lose columns: %s".formatted(selection.table(), advice(selection.table(), hidden, List.copyOf(found))));
        }
    }

    /**
     * Why a selection cannot be read.
     *
     * @param connection connection on which the read failed; its transaction is rolled back
     * @param selection what was to be read
     * @param report redacts the failure
     * @param subject what failed, for the message
     * @param failure what the driver threw
     * @return the exception to throw; where the user lacks SELECT on columns of a table, it names them
     */
    static RedshiftException explain(final Connection connection, final Selection selection, final FailureReport report, final String subject, final SQLException failure) {
        if (selection.query() == null && FailureClassifier.classify(failure) == Reason.PERMISSION_DENIED) {
            try {
                connection.rollback();
                final List<String> columns = selection.columns().isEmpty() ? inCatalog(connection, selection.table()) : selection.columns();
                final List<String> readable = readable(connection, selection.table(), columns);
                final List<String> hidden = new ArrayList<>(columns);
                hidden.removeAll(readable);

                if (!hidden.isEmpty() && !readable.isEmpty()) {
                    return new RedshiftException(Reason.PERMISSION_DENIED, "%s failed: %s. %s".formatted(subject, report.text(failure.getMessage()), advice(selection.table(), hidden, readable)),
                            report.redact(failure));
                }
            } catch (final SQLException e) {
                failure.addSuppressed(report.redact(e));
            }
        }

        return report.report(subject, failure);
    }

    private static String advice(final TableName table, final List<String> hidden, final List<String> readable) {
        return "The user lacks SELECT on the column(s) %s. GRANT SELECT (%s) ON %s to it, or list the columns to unload without them. It may read: %s".formatted(String.join(", ", hidden),
                SqlText.columns(hidden), SqlText.table(table), String.join(", ", readable));
    }

    /** The columns in the catalog's spelling; empty when the table is in no catalog, as an external one. */
    private static List<String> inCatalog(final Connection connection, final TableName table) throws SQLException {
        final TableName catalogName = TargetTable.inCatalog(connection, table);
        final List<String> columns = new ArrayList<>();

        if (catalogName != null) {
            try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
                statement.setString(1, catalogName.schema());
                statement.setString(2, catalogName.table());

                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        columns.add(rows.getString(1));
                    }
                }
            }
        }

        return columns;
    }

    private static List<String> readable(final Connection connection, final TableName table, final List<String> columns) throws SQLException {
        final List<String> readable = new ArrayList<>();

        for (final String column : columns) {
            try {
                Queries.columns(connection, Selection.of(table, List.of(column)));
                readable.add(column);
            } catch (final SQLException e) {
                // A statement that failed would fail all that follow in its transaction.
                connection.rollback();

                if (FailureClassifier.classify(e) != Reason.PERMISSION_DENIED) {
                    throw e;
                }
            }
        }

        return readable;
    }
}
