package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Looks at the target before anything is unloaded: whether it can be reached, and whether the table that rows shall go to is there or can be made. */
public final class TargetCheck {
    private static final String MAY_INSERT = "SELECT has_table_privilege(current_user, ?, 'INSERT')";
    private static final String MAY_CREATE = "SELECT has_schema_privilege(current_user, ?, 'CREATE')";

    private TargetCheck() {
    }

    /**
     * Checks the target and changes nothing.
     *
     * @param connections where the connection to the target comes from
     * @param table table that shall be loaded
     * @param columns columns that shall be loaded; empty for those of the source
     * @param mode whether the table has to be there
     * @param createSchema whether a missing schema may be made
     * @throws RedshiftException when a load would fail, with the thing to mend
     */
    public static void check(final ConnectionSource connections, final TableName table, final List<String> columns, final TargetPlan.Mode mode, final boolean createSchema)
            throws RedshiftException {
        final FailureReport report = new FailureReport(null, null);
        final String subject = "The check of the target table %s before the unload".formatted(table);
        final ClusterSession session;

        try {
            session = ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw report.report(subject, e);
        }

        try {
            check(session.connection(), table, columns, mode, createSchema, subject);
            session.connection().rollback();
            session.release();
        } catch (final SQLException e) {
            session.abandon(e);
            throw report.report(subject, e);
        } catch (final IllegalArgumentException e) {
            session.abandon(e);
            throw new RedshiftException(Reason.INVALID_REQUEST, subject + " failed: " + e.getMessage(), e);
        } catch (final RedshiftException e) {
            session.abandon(e);
            throw e;
        }
    }

    private static void check(final Connection connection, final TableName table, final List<String> columns, final TargetPlan.Mode mode, final boolean createSchema, final String subject)
            throws SQLException, RedshiftException {
        if (mode == TargetPlan.Mode.MUST_EXIST || mode == TargetPlan.Mode.CREATE_IF_MISSING && TargetTable.exists(connection, table)) {
            Queries.columns(connection, Selection.of(table, columns));
            require(answer(connection, MAY_INSERT, SqlText.table(table)), Reason.PERMISSION_DENIED, "%s failed: the user may not insert into it. %s", subject);
            return;
        }

        if (TargetTable.schemaExists(connection, table.schema())) {
            require(answer(connection, MAY_CREATE, table.schema()), Reason.PERMISSION_DENIED,
                    "%s failed: the user may not create tables in its schema. GRANT CREATE ON SCHEMA, or name another", subject);
        } else {
            require(createSchema, Reason.TABLE_MISSING, "%s failed: its schema does not exist. %s, or have the schema created too", subject);
        }
    }

    private static void require(final boolean holds, final Reason reason, final String message, final String subject) throws RedshiftException {
        if (!holds) {
            throw new RedshiftException(reason, message.formatted(subject, reason.advice()));
        }
    }

    private static boolean answer(final Connection connection, final String sql, final String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);

            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }
}
