package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who was granted what on a table, as far as the user of the session sees it, and whether that is all.
 * <p>
 * SVV_RELATION_PRIVILEGES and SVV_COLUMN_PRIVILEGES show all grants to superusers, and to users with SYSLOG ACCESS UNRESTRICTED or ACCESS SYSTEM TABLE; to others only those of identities that they
 * have access to or own, even on their own tables (Database Developer Guide, pages of the same names). The access control lists that the grants are kept in are in catalogs that every user may read:
 * relacl of PG_CLASS, which SVV_REDSHIFT_TABLES and SHOW TABLES show as table_acl, and attacl of PG_ATTRIBUTE_INFO (pages of these names). Each entry is "grantee=letters/grantor", with the
 * word "group" before a group and nothing before the = for PUBLIC (page "PG_DEFAULT_ACL"); the administration views of awslabs/amazon-redshift-utils generate GRANT statements from them. They are
 * only read to find grantees that the views leave out.
 */
final class TableGrants {
    private static final String ON_TABLE = """
            SELECT privilege_type, identity_type, identity_name, CASE WHEN admin_option THEN 'yes' ELSE 'no' END FROM svv_relation_privileges
            WHERE namespace_name = ? AND relation_name = ? ORDER BY identity_type, identity_name, privilege_type""";
    private static final String ON_COLUMNS = """
            SELECT privilege_type, identity_type, identity_name, column_name FROM svv_column_privileges
            WHERE namespace_name = ? AND relation_name = ? ORDER BY identity_type, identity_name, privilege_type, column_name""";
    private static final String ACCESS_CONTROL_LIST = """
            SELECT array_to_string(c.relacl, chr(10)), pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?""";
    private static final String COLUMN_ACCESS_CONTROL_LISTS = """
            SELECT array_to_string(a.attacl, chr(10)), pg_get_userbyid(c.relowner) FROM pg_attribute_info a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND a.attacl IS NOT NULL""";
    /** The user that Redshift itself works as. */
    private static final String REDSHIFT = "rdsdb";
    private static final String PUBLIC = "public";
    private static final String GROUP = "group ";

    private final List<Grant> grants;
    private final Set<String> hidden;

    private TableGrants(final List<Grant> grants, final Set<String> hidden) {
        this.grants = List.copyOf(grants);
        this.hidden = hidden;
    }

    /**
     * Reads the grants on a table.
     *
     * @param connection connection to its cluster
     * @param table the table as the catalog has it
     * @throws SQLException when the cluster does not answer, or its user may not read a view
     */
    static TableGrants read(final Connection connection, final TableName table) throws SQLException {
        final List<Grant> grants = new ArrayList<>();

        for (final String[] row : Catalog.rows(connection, ON_TABLE, table)) {
            grants.add(new Grant(row[0], List.of(), row[1], row[2], row[3].equals("yes")));
        }

        final Map<Grant, List<String>> columns = new LinkedHashMap<>();

        for (final String[] row : Catalog.rows(connection, ON_COLUMNS, table)) {
            columns.computeIfAbsent(new Grant(row[0], List.of(), row[1], row[2], false), grant -> new ArrayList<>()).add(row[3]);
        }

        columns.forEach((grant, names) -> grants.add(new Grant(grant.privilege(), names, grant.granteeType(), grant.grantee(), false)));
        return new TableGrants(grants, hidden(connection, table, grants));
    }

    private static Set<String> hidden(final Connection connection, final TableName table, final List<Grant> grants) throws SQLException {
        final Set<String> visible = grants.stream().flatMap(TableGrants::names).collect(Collectors.toSet());
        final Set<String> hidden = new TreeSet<>();

        for (final String sql : List.of(ACCESS_CONTROL_LIST, COLUMN_ACCESS_CONTROL_LISTS)) {
            for (final String[] row : Catalog.rows(connection, sql, table)) {
                if (row[0] != null) {
                    row[0].lines().map(TableGrants::grantee).filter(grantee -> !grantee.equals(row[1]) && !grantee.equals(REDSHIFT) && !visible.contains(grantee)).forEach(hidden::add);
                }
            }
        }

        return hidden;
    }

    /** What an entry may call the grantee: a user and a group may have the same name. */
    private static Stream<String> names(final Grant grant) {
        return switch (grant.granteeType()) {
            case PUBLIC -> Stream.of("");
            case "group" -> Stream.of(grant.grantee(), GROUP + grant.grantee());
            default -> Stream.of(grant.grantee());
        };
    }

    /** What stands before the equals sign of an entry, without quotes: empty for PUBLIC, a name, or the word group and a name. */
    static String grantee(final String entry) {
        final String plain = entry.startsWith("\"") && entry.endsWith("\"") && entry.indexOf("\"=") < 0 ? entry.substring(1, entry.length() - 1) : entry;
        final boolean group = plain.startsWith(GROUP);
        final String named = group ? plain.substring(GROUP.length()) : plain.replaceFirst("^role ", "");
        final int end = named.startsWith("\"") ? named.indexOf("\"=", 1) + 1 : named.indexOf('=');
        final String name = end < 0 ? named : named.substring(0, end);
        final String unquoted = name.startsWith("\"") && name.endsWith("\"") && name.length() > 1 ? name.substring(1, name.length() - 1).replace("\"\"", "\"") : name;
        // A role may be written with a colon behind the word.
        return group ? GROUP + unquoted : unquoted.replaceFirst("^role:", "");
    }

    /** The grants that are seen. */
    List<Grant> visible() {
        return grants;
    }

    /** Names of grantees that the access control lists have and the views do not show; empty for PUBLIC. */
    Set<String> hidden() {
        return hidden;
    }
}
