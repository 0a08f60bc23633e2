package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds what a table would lose that is dropped and replaced by a new one: its owner, views on it, row-level security and masking policies (which are detached when their table is dropped:
 * Database Developer Guide, page "RLS policy object dependencies"), its place in datashares, and privileges that cannot be granted again because they are not visible or not known. It reads the
 * catalog only and makes no snapshot; the grants that {@link TableGrants} sees are carried over.
 */
final class ReplacementCheck {
    private static final String USER = "SELECT current_user";
    /** Views WITH NO SCHEMA BINDING are in no catalog of dependencies, and find the new table by its name. */
    private static final String DEPENDENT_VIEWS = """
            SELECT DISTINCT vn.nspname, v.relname FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_depend d ON d.refobjid = t.oid JOIN pg_rewrite r ON r.oid = d.objid
            JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace WHERE tn.nspname = ? AND t.relname = ? AND v.oid <> t.oid ORDER BY 1, 2""";
    /** Database Developer Guide, page "SVV_RLS_RELATION": regular users see only their own data, and only owners get here. */
    private static final String ROW_LEVEL_SECURITY = "SELECT 'row-level security' FROM svv_rls_relation WHERE datname = current_database() AND relschema = ? AND relname = ?";
    private static final String ROW_LEVEL_POLICIES = "SELECT DISTINCT 'row-level security policy ' || polname FROM svv_rls_attached_policy WHERE relschema = ? AND relname = ? ORDER BY 1";
    private static final String MASKING_POLICIES = "SELECT DISTINCT 'masking policy ' || policy_name FROM svv_attached_masking_policy WHERE schema_name = ? AND table_name = ? ORDER BY 1";
    /** Tables that are added to a datashare by their names. With INCLUDENEW for their schema, a new table gets there by itself. */
    private static final String DATASHARES = """
            SELECT DISTINCT o.share_name FROM svv_datashare_objects o WHERE o.share_type = 'OUTBOUND' AND o.object_type = 'table' AND o.object_name = ? AND NOT EXISTS (
            SELECT 1 FROM svv_datashare_objects s WHERE s.share_type = 'OUTBOUND' AND s.share_name = o.share_name AND s.object_type = 'schema' AND s.object_name = ? AND s.include_new) ORDER BY 1""";

    private final Connection connection;
    private final TableName table;
    private final TableName name;

    private ReplacementCheck(final Connection connection, final TableName table, final TableName name) {
        this.connection = connection;
        this.table = table;
        this.name = name;
    }

    /**
     * Sees that nothing would be lost. A table that is not there has nothing to lose.
     *
     * @param connection connection to the target
     * @param table the table to be replaced
     * @param unverified what to do when policies on it cannot be seen
     * @throws SQLException when the cluster does not answer
     * @throws RedshiftException with the reason when something would be lost or may be
     */
    static void requireNothingLost(final Connection connection, final TableName table, final UnverifiedPolicies unverified) throws SQLException, RedshiftException {
        final ReplacementCheck check = new ReplacementCheck(connection, table, CatalogNames.of(connection).fold(table));
        final String owner = Catalog.owner(connection, check.name);

        if (owner == null) {
            return;
        }

        final String user = Catalog.rows(connection, USER).getFirst()[0];
        final boolean superuser = Catalog.isSuperuser(connection);

        if (!superuser && !user.equals(owner)) {
            throw check.refusal(Reason.OWNER_WOULD_CHANGE, "it belongs to %s, and user %s could not give it back".formatted(owner, user));
        }

        check.requireNone(Reason.DEPENDENT_VIEWS, "%s would lose it", Catalog.rows(connection, DEPENDENT_VIEWS, check.name).stream().map(row -> row[0] + "." + row[1]).toList());
        check.requireNoPolicies(user, unverified);
        check.requireNotShared();
        check.requireGrantsSeen(user, superuser);
    }

    private void requireNoPolicies(final String user, final UnverifiedPolicies unverified) throws SQLException, RedshiftException {
        requireNone(Reason.POLICIES_WOULD_BE_LOST, "%s protects its rows", read(Reason.POLICIES_UNVERIFIED, "SVV_RLS_RELATION", ROW_LEVEL_SECURITY, name.schema(), name.table()));

        if (Catalog.seesPolicies(connection)) {
            requireNone(Reason.POLICIES_WOULD_BE_LOST, "%s is attached to it", read(Reason.POLICIES_UNVERIFIED, "SVV_RLS_ATTACHED_POLICY", ROW_LEVEL_POLICIES, name.schema(), name.table()));
            requireNone(Reason.POLICIES_WOULD_BE_LOST, "%s is attached to it", read(Reason.POLICIES_UNVERIFIED, "SVV_ATTACHED_MASKING_POLICY", MASKING_POLICIES, name.schema(), name.table()));
        } else if (unverified == UnverifiedPolicies.FAIL) {
            throw refusal(Reason.POLICIES_UNVERIFIED, "Redshift does not show user %s whether masking policies are attached to it, which would be lost".formatted(user));
        }
    }

    /** To users without a privilege on a datashare nothing of it is shown; the access control list of the table has it nevertheless. */
    private void requireNotShared() throws SQLException, RedshiftException {
        requireNone(Reason.SHARED_TABLE, "it would no longer be in datashare %s", read(Reason.SHARED_TABLE, "SVV_DATASHARE_OBJECTS", DATASHARES, name.toString(), name.schema()));
    }

    private void requireGrantsSeen(final String user, final boolean superuser) throws SQLException, RedshiftException {
        final TableGrants grants;

        try {
            grants = TableGrants.read(connection, name);
        } catch (final SQLException e) {
            throw unreadable(Reason.GRANTS_WOULD_BE_LOST, "SVV_RELATION_PRIVILEGES, SVV_COLUMN_PRIVILEGES and PG_ATTRIBUTE_INFO", e);
        }

        if (!superuser && !grants.hidden().isEmpty()) {
            throw refusal(Reason.GRANTS_WOULD_BE_LOST, "privileges on it are granted to %s, and Redshift does not show user %s which".formatted(
                    grants.hidden().stream().map(grantee -> grantee.isEmpty() ? "PUBLIC" : grantee).collect(Collectors.joining(", ")), user));
        }

        requireNone(Reason.GRANTS_WOULD_BE_LOST, "how to grant %s again is not known", grants.visible().stream().filter(grant -> !grant.isKnown()).map(Grant::described).toList());
    }

    private List<String> read(final Reason reason, final String view, final String sql, final String... values) throws SQLException, RedshiftException {
        try {
            return Catalog.rows(connection, sql, values).stream().map(row -> row[0]).toList();
        } catch (final SQLException e) {
            throw unreadable(reason, view, e);
        }
    }

    /** What may not be read may hold something. Other failures, such as a lost connection, are themselves. */
    private RedshiftException unreadable(final Reason reason, final String views, final SQLException failure) throws SQLException {
        final Reason cause = FailureClassifier.classify(failure);

        if (cause != Reason.PERMISSION_DENIED && cause != Reason.TABLE_MISSING) {
            throw failure;
        }

        return new RedshiftException(reason, "%s is not replaced: what it would lose cannot be read (%s). GRANT the user SELECT on %s. %s".formatted(table,
                Redactor.redact(failure).getMessage(), views, reason.advice()), Redactor.redact(failure));
    }

    private void requireNone(final Reason reason, final String words, final List<String> found) throws RedshiftException {
        if (!found.isEmpty()) {
            throw refusal(reason, words.formatted(String.join(", ", found)));
        }
    }

    private RedshiftException refusal(final Reason reason, final String problem) {
        return new RedshiftException(reason, "%s is not replaced: %s. %s".formatted(table, problem, reason.advice()));
    }
}
