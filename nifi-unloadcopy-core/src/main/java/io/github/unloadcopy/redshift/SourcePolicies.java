package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds policies that restrict what a user reads: Redshift leaves out rows and masks values without an error.
 * <p>
 * Row-level security shows in the plan of the SELECT, as a node RLS SecureScan, to every user that it applies to, whatever the SELECT reads the table through (Database Developer Guide, page
 * "EXPLAIN", "Using EXPLAIN for RLS"). Masking does not show there without the permission EXPLAIN MASKING; the policies are in SVV_ATTACHED_MASKING_POLICY, of which users other than superusers
 * and those with the role sys:secadmin see no rows (page of that name, and "Considerations when using dynamic data masking": they apply to whoever reads, through views too).
 */
final class SourcePolicies {
    private static final String MASKED = "SELECT DISTINCT schema_name, table_name, policy_name, grantee_type, grantee FROM svv_attached_masking_policy ORDER BY 1, 2, 3";
    private static final String IS_TABLE = "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'r'";
    private static final String IS_MEMBER = "SELECT 1 FROM pg_user WHERE usename = current_user AND user_is_member_of(current_user, ?)";
    private static final Pattern SECURE_SCAN = Pattern.compile("\\bSecureScan\\b");
    private static final Pattern SCAN = Pattern.compile("\\bScan\\b.* on (\"(?:[^\"]|\"\")+\"|[^\\s(]+)");

    private SourcePolicies() {
    }

    /**
     * Sees that the user of the session reads all of a selection, as far as Redshift tells.
     *
     * @param connection connection to the source
     * @param selection what is to be unloaded
     * @param subject what messages call the unload
     * @throws SQLException when the source does not answer
     * @throws RedshiftException with {@link Reason#SOURCE_RESTRICTED} when a policy applies
     */
    static void requireUnrestricted(final Connection connection, final Selection selection, final String subject) throws SQLException, RedshiftException {
        final List<String> plan = plan(connection, selection);

        if (plan.stream().anyMatch(line -> SECURE_SCAN.matcher(line).find())) {
            throw refusal(subject, "row-level security decides which rows its user sees");
        }

        if (Catalog.seesPolicies(connection)) {
            final List<String> masks = masks(connection, selection, plan);

            if (!masks.isEmpty()) {
                throw refusal(subject, "its user sees masked values: " + String.join(", ", masks));
            }
        }
    }

    private static RedshiftException refusal(final String subject, final String problem) {
        return new RedshiftException(Reason.SOURCE_RESTRICTED, "%s was not started: %s. %s".formatted(subject, problem, Reason.SOURCE_RESTRICTED.advice()));
    }

    private static List<String> plan(final Connection connection, final Selection selection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("EXPLAIN " + selection.sql())) {
            final List<String> lines = new ArrayList<>();

            while (rows.next()) {
                lines.add(rows.getString(1));
            }

            return lines;
        }
    }

    /** A table has its policies under its name; what a view or query reads is in the plan, which does not tell schemas. */
    private static List<String> masks(final Connection connection, final Selection selection, final List<String> plan) throws SQLException {
        final TableName table = CatalogNames.of(connection).fold(selection.table());
        final boolean isTable = selection.query() == null && !Catalog.rows(connection, IS_TABLE, table).isEmpty();
        final Set<String> scanned = scanned(plan);
        final List<String> masks = new ArrayList<>();

        for (final String[] row : Catalog.rows(connection, MASKED)) {
            final boolean isRead = isTable ? table.equals(new TableName(row[0], row[1])) : scanned.contains(row[1]) || table.equals(new TableName(row[0], row[1]));

            if (isRead && applies(connection, row[3], row[4])) {
                masks.add("policy %s on %s.%s".formatted(row[2], row[0], row[1]));
            }
        }

        return masks;
    }

    private static Set<String> scanned(final List<String> plan) {
        final Set<String> names = new TreeSet<>();

        for (final String line : plan) {
            final Matcher matcher = SCAN.matcher(line);

            if (matcher.find()) {
                final String name = matcher.group(1);
                names.add(name.startsWith("\"") ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name);
            }
        }

        return names;
    }

    private static boolean applies(final Connection connection, final String granteeType, final String grantee) throws SQLException {
        return switch (granteeType) {
            case "public" -> true;
            case "user" -> Catalog.rows(connection, "SELECT current_user").getFirst()[0].equals(grantee);
            default -> !Catalog.rows(connection, IS_MEMBER, grantee).isEmpty();
        };
    }
}
