package io.github.unloadcopy.redshift;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * A privilege that was granted on a table or on some of its columns.
 *
 * @param privilege name of the privilege, as the cluster's views have it
 * @param columns the columns; empty for the whole table
 * @param granteeType user, group, role or public, as the cluster's views have it
 * @param grantee name of the grantee
 * @param grantOption whether the grantee may grant it to others
 */
record Grant(String privilege, List<String> columns, String granteeType, String grantee, boolean grantOption) {
    /** Database Developer Guide, page "GRANT": what can be granted on a table. */
    private static final Set<String> ON_TABLES = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "DROP", "TRUNCATE", "ALTER");
    /** Database Developer Guide, page "GRANT": what can be granted on columns. */
    private static final Set<String> ON_COLUMNS = Set.of("SELECT", "UPDATE");
    private static final Set<String> GRANTEE_TYPES = Set.of("user", "group", "role", "public");

    Grant {
        columns = List.copyOf(columns);
    }

    /** Whether {@link #statement} can write it. */
    boolean isKnown() {
        return (columns.isEmpty() ? ON_TABLES : ON_COLUMNS).contains(privilege) && GRANTEE_TYPES.contains(granteeType);
    }

    /**
     * Whether the grantee is a role that Redshift manages: those of datashares (ds:) and those that it defines (sys:). It grants them what they need, and refuses GRANT to them (Database Developer
     * Guide, page "Role-based access control (RBAC)").
     */
    boolean isReserved() {
        return granteeType.equals("role") && (grantee.startsWith("ds:") || grantee.startsWith("sys:"));
    }

    /** Privilege, columns and grantee in words. */
    String described() {
        return "%s%s to %s".formatted(privilege, columns.isEmpty() ? "" : " (" + String.join(", ", columns) + ")", granteeType.equals("public") ? "PUBLIC" : granteeType + " " + grantee);
    }

    /**
     * The statement that grants it on a table.
     *
     * @throws SQLException when it is nothing that can be granted
     */
    String statement(final TableName table) throws SQLException {
        if (!isKnown()) {
            throw new SQLException("The cluster names a privilege that is not known: " + described());
        }

        return "GRANT %s%s ON TABLE %s TO %s%s".formatted(privilege, columns.isEmpty() ? "" : " (" + SqlText.columns(columns) + ")", SqlText.table(table), to(),
                grantOption ? " WITH GRANT OPTION" : "");
    }

    private String to() {
        return switch (granteeType) {
            case "public" -> "PUBLIC";
            case "group" -> "GROUP " + SqlText.identifier(grantee);
            case "role" -> "ROLE " + SqlText.identifier(grantee);
            default -> SqlText.identifier(grantee);
        };
    }
}
