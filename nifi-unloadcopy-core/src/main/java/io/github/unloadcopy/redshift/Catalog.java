package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Queries of a cluster's catalog. */
final class Catalog {
    private static final String OWNER = "SELECT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?";

    private static final String SUPERUSER = "SELECT 1 FROM pg_user WHERE usename = current_user AND usesuper";
    /** Database Developer Guide, page "USER_IS_MEMBER_OF". */
    private static final String POLICY_READER = "SELECT 1 FROM pg_user WHERE usename = current_user AND (usesuper OR user_is_member_of(current_user, 'sys:secadmin'))";

    private Catalog() {
    }

    /** Whether the user of the session is a superuser. */
    static boolean isSuperuser(final Connection connection) throws SQLException {
        return !rows(connection, SUPERUSER).isEmpty();
    }

    /** Whether the user of the session is shown which row-level security and masking policies there are. */
    static boolean seesPolicies(final Connection connection) throws SQLException {
        return !rows(connection, POLICY_READER).isEmpty();
    }

    /**
     * The user that a table belongs to.
     *
     * @param connection connection to its cluster
     * @param table the table as the catalog has it
     * @return null when there is no such table
     * @throws SQLException when the cluster does not answer
     */
    static String owner(final Connection connection, final TableName table) throws SQLException {
        final List<String[]> owner = rows(connection, OWNER, table);
        return owner.isEmpty() ? null : owner.getFirst()[0];
    }

    /**
     * The rows of a query about one table.
     *
     * @param connection connection to its cluster
     * @param sql query with two parameters, schema and table
     * @param table the table as the catalog has it
     * @return the values as text, null for NULL
     * @throws SQLException when the cluster does not answer
     */
    static List<String[]> rows(final Connection connection, final String sql, final TableName table) throws SQLException {
        return rows(connection, sql, table.schema(), table.table());
    }

    /**
     * The rows of a query.
     *
     * @param connection connection to the cluster
     * @param sql query
     * @param values its parameters
     * @return the values as text, null for NULL
     * @throws SQLException when the cluster does not answer
     */
    static List<String[]> rows(final Connection connection, final String sql, final String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                statement.setString(index + 1, values[index]);
            }

            try (ResultSet rows = statement.executeQuery()) {
                final int columns = rows.getMetaData().getColumnCount();
                final List<String[]> found = new ArrayList<>();

                while (rows.next()) {
                    final String[] row = new String[columns];

                    for (int column = 0; column < columns; column++) {
                        row[column] = rows.getString(column + 1);
                    }

                    found.add(row);
                }

                return found;
            }
        }
    }
}
