package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What is granted, and who sees it. */
class PrivilegesIT extends ClusterTest {

    private static final String RELATION = "SELECT privilege_type, identity_type, identity_name, admin_option FROM svv_relation_privileges WHERE namespace_name = '%s' ORDER BY 2, 3, 1";
    private static final String COLUMN = "SELECT relation_name, column_name, privilege_type, identity_type, identity_name FROM svv_column_privileges WHERE namespace_name = '%s' ORDER BY 2, 4, 5, 3";

    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String schema = "s" + id;
    private final String owner = "owner_" + id;
    private final String reader = "reader_" + id;
    private final String group = "group_" + id;
    private final RestrictedUsers users = new RestrictedUsers(cluster);

    @BeforeEach
    void prepare() throws SQLException {
        users.create(connection, owner, reader);
        Rows.execute(connection, "CREATE GROUP " + group, "CREATE SCHEMA " + schema + " AUTHORIZATION " + owner, "GRANT USAGE ON SCHEMA " + schema + " TO PUBLIC");
        as(owner, "CREATE TABLE " + schema + ".t (a int, b int)", "INSERT INTO " + schema + ".t VALUES (1, 2)");
    }

    private void as(final String user, final String... statements) throws SQLException {
        users.execute(user, statements);
    }

    private List<List<String>> rowsAs(final String user, final String query) throws SQLException {
        return users.rows(user, query.formatted(schema));
    }

    private List<List<String>> rows(final String query) throws SQLException {
        return Rows.of(connection, query.formatted(schema));
    }

    private String refusal(final String user, final String... statements) {
        return users.refusal(user, statements);
    }

    /** Page SVV_RELATION_PRIVILEGES: superusers see all, others only identities that they have access to or own. */
    @Test
    void ownersDoNotSeeGrantsToOthers() throws SQLException {
        as(owner, "GRANT SELECT, INSERT ON " + schema + ".t TO " + reader, "GRANT SELECT ON " + schema + ".t TO GROUP " + group, "GRANT SELECT ON " + schema + ".t TO PUBLIC",
                "GRANT DELETE ON " + schema + ".t TO " + reader + " WITH GRANT OPTION");
        final List<String> ofPublic = List.of("SELECT", "public", "public", "f");
        final List<String> ofGroup = List.of("SELECT", "group", group, "f");
        final List<List<String>> ofReader = List.of(List.of("DELETE", "user", reader, "t"), List.of("INSERT", "user", reader, "f"), List.of("SELECT", "user", reader, "f"));
        assertEquals(List.of(ofGroup, ofPublic, ofReader.get(0), ofReader.get(1), ofReader.get(2)), rows(RELATION));
        assertEquals(List.of(ofPublic), rowsAs(owner, RELATION));
        assertEquals(List.of(ofPublic, ofReader.get(0), ofReader.get(1), ofReader.get(2)), rowsAs(reader, RELATION));
        Rows.execute(connection, "ALTER GROUP " + group + " ADD USER " + owner);
        assertEquals(List.of(ofGroup, ofPublic), rowsAs(owner, RELATION));
    }

    /** Pages ALTER USER, SYSLOG ACCESS, and SVV_RELATION_PRIVILEGES: users with UNRESTRICTED see all. */
    @Test
    void usersWithUnrestrictedSyslogAccessSeeGrantsToOthers() throws SQLException {
        as(owner, "GRANT SELECT ON " + schema + ".t TO " + reader);
        assertEquals("42501", refusal(owner, "ALTER USER " + owner + " SYSLOG ACCESS UNRESTRICTED"));
        Rows.execute(connection, "ALTER USER " + owner + " SYSLOG ACCESS UNRESTRICTED");
        assertEquals(List.of(List.of("SELECT", "user", reader, "f")), rowsAs(owner, RELATION));
        Rows.execute(connection, "ALTER USER " + owner + " SYSLOG ACCESS RESTRICTED");
        assertEquals(List.of(), rowsAs(owner, RELATION));
        assertEquals("42601", refusal(owner, "ALTER USER " + owner + " SYSLOG ACCESS SOMETIMES"));
    }

    /** Pages SVV_COLUMN_PRIVILEGES and GRANT. */
    @Test
    void columnPrivileges() throws SQLException {
        as(owner, "GRANT SELECT (a) ON " + schema + ".t TO " + reader, "GRANT UPDATE (b), SELECT (b) ON TABLE " + schema + ".t TO GROUP " + group, "GRANT SELECT (b) ON " + schema + ".t TO PUBLIC");
        final List<String> ofReader = List.of("t", "a", "SELECT", "user", reader);
        final List<String> ofPublic = List.of("t", "b", "SELECT", "public", "public");
        assertEquals(List.of(ofReader, List.of("t", "b", "SELECT", "group", group), List.of("t", "b", "UPDATE", "group", group), ofPublic), rows(COLUMN));
        assertEquals(List.of(ofPublic), rowsAs(owner, COLUMN));
        assertEquals(List.of(ofReader, ofPublic), rowsAs(reader, COLUMN));
        assertEquals(List.of(List.of("1", "2")), rowsAs(reader, "SELECT a, b FROM %s.t"));
        as(owner, "REVOKE SELECT (b) ON " + schema + ".t FROM PUBLIC");
        assertEquals("42501", refusal(reader, "SELECT a, b FROM " + schema + ".t"));
        assertEquals(List.of(List.of("1")), rowsAs(reader, "SELECT a FROM %s.t"));
        assertEquals(List.of(List.of("f", "t")), rows("SELECT has_table_privilege('" + reader + "', '%1$s.t', 'select'), has_column_privilege('" + reader + "', '%1$s.t', 'a', 'select')"));
    }

    /** Pages CREATE ROLE, GRANT, SVV_ROLES, SVV_USER_GRANTS and SVV_ROLE_GRANTS. */
    @Test
    void roles() throws SQLException {
        final String parent = "parent_" + id;
        final String child = "child_" + id;
        Rows.execute(connection, "CREATE ROLE " + parent, "CREATE ROLE " + child, "GRANT ROLE " + parent + " TO ROLE " + child, "GRANT ROLE " + child + " TO " + reader + " WITH ADMIN OPTION");
        as(owner, "GRANT SELECT ON " + schema + ".t TO ROLE " + parent, "GRANT UPDATE (b) ON " + schema + ".t TO ROLE " + child);
        assertEquals(List.of(List.of("1", "2")), rowsAs(reader, "SELECT * FROM %s.t"));
        as(reader, "UPDATE " + schema + ".t SET b = 3");
        assertEquals("42501", refusal(reader, "UPDATE " + schema + ".t SET a = 3"));
        assertEquals(List.of(List.of("t", "f")), rows("SELECT has_table_privilege('" + reader + "', '%1$s.t', 'select'), has_table_privilege('" + reader + "', '%1$s.t', 'insert')"));

        final List<List<String>> relation = List.of(List.of("SELECT", "role", parent, "f"));
        assertEquals(relation, rows(RELATION));
        assertEquals(relation, rowsAs(reader, RELATION));
        assertEquals(List.of(), rowsAs(owner, RELATION));
        assertEquals(List.of(List.of("t", "b", "UPDATE", "role", child)), rowsAs(reader, COLUMN));

        final String userGrants = "SELECT user_name, role_name, admin_option FROM svv_user_grants WHERE role_name LIKE '%%_" + id + "'";
        assertEquals(List.of(List.of(reader, child, "t")), rows(userGrants));
        assertEquals(List.of(List.of(reader, child, "t")), rowsAs(reader, userGrants));
        assertEquals(List.of(), rowsAs(owner, userGrants));
        final String roleGrants = "SELECT role_name, granted_role_name FROM svv_role_grants WHERE role_name LIKE '%%_" + id + "'";
        assertEquals(List.of(List.of(child, parent)), rows(roleGrants));
        assertEquals(List.of(), rowsAs(owner, roleGrants));
        assertEquals(List.of(List.of(child, TestCluster.USER), List.of(parent, TestCluster.USER)),
                rowsAs(owner, "SELECT role_name, role_owner FROM svv_roles WHERE role_name LIKE '%%_" + id + "' ORDER BY 1"));
        assertEquals(List.of(List.of("sys:dba"), List.of("sys:monitor"), List.of("sys:operator"), List.of("sys:secadmin"), List.of("sys:superuser")),
                rows("SELECT role_name FROM svv_roles WHERE role_name LIKE 'sys:%%' ORDER BY 1"));

        as(reader, "GRANT ROLE " + child + " TO " + owner, "REVOKE ROLE " + child + " FROM " + owner);
        assertEquals("42501", refusal(owner, "GRANT ROLE " + child + " TO " + owner));
        assertEquals("2BP01", assertThrows(SQLException.class, () -> Rows.execute(connection, "DROP ROLE " + child)).getSQLState());
        Rows.execute(connection, "REVOKE ROLE " + child + " FROM " + reader);
        assertEquals("42501", refusal(reader, "SELECT * FROM " + schema + ".t"));
        assertEquals("2BP01", assertThrows(SQLException.class, () -> Rows.execute(connection, "DROP ROLE " + parent)).getSQLState());
        Rows.execute(connection, "DROP ROLE " + child + " FORCE", "DROP ROLE " + parent);
        assertEquals(List.of(), rows(RELATION));
    }

    /** Users, groups and roles are three things: page GRANT; and some names are the cluster's own: page "Amazon Redshift system-defined roles". */
    @Test
    void identitiesOfOtherKindsAreRefused() throws SQLException {
        final String role = "role_" + id;
        Rows.execute(connection, "CREATE ROLE " + role);
        final String grant = "GRANT SELECT ON " + schema + ".t TO ";
        for (final String wrong : List.of(group, role, "GROUP " + reader, "GROUP " + role, "ROLE " + reader, "ROLE " + group, "ROLE nobody_" + id)) {
            assertEquals("42704", refusal(owner, grant + wrong), wrong);
        }

        for (final String wrong : List.of("GROUP " + group + " WITH GRANT OPTION", "ROLE " + role + " WITH GRANT OPTION", "PUBLIC WITH GRANT OPTION")) {
            assertEquals("0LP01", refusal(owner, grant + wrong), wrong);
        }

        assertEquals("0A000", refusal(owner, grant + "ROLE \"ds:share\""));
        assertEquals("0A000", refusal(owner, "REVOKE SELECT ON " + schema + ".t FROM ROLE ds:share"));
        for (final String statement : List.of("GRANT INSERT (a) ON " + schema + ".t TO " + reader, "GRANT SELECT (a) ON " + schema + ".t TO " + reader + " WITH GRANT OPTION",
                "GRANT " + role + " TO " + reader, "CREATE ROLE r LOGIN SUPERUSER")) {
            assertEquals("42601", refusal(owner, statement), statement);
        }

        for (final String statement : List.of("CREATE ROLE sys:mine", "CREATE ROLE ds:mine", "CREATE USER \"role:mine\" PASSWORD 'Secret1word'", "CREATE GROUP \"permission:IGNORE RLS\"",
                "ALTER USER " + reader + " RENAME TO \"ds:mine\"")) {
            assertEquals("42939", assertThrows(SQLException.class, () -> Rows.execute(connection, statement)).getSQLState(), statement);
        }

        assertEquals("42710", assertThrows(SQLException.class, () -> Rows.execute(connection, "CREATE ROLE " + reader)).getSQLState());
        assertEquals("42501", refusal(reader, "CREATE ROLE mine_" + id));
        assertEquals("42501", refusal(reader, "GRANT IGNORE RLS TO ROLE " + role));
        assertEquals("0A000", refusal(reader, "GRANT CREATE USER TO ROLE " + role));
    }

    /** Some in a transaction, some with the option and some without. */
    @Test
    void grantsInTransactions() throws SQLException {
        connection.setAutoCommit(false);
        Rows.execute(connection, "CREATE ROLE role_" + id, "GRANT ALL (a) ON " + schema + ".t TO ROLE role_" + id + ", " + reader,
                "GRANT SELECT, DELETE ON " + schema + ".t TO " + owner + ", " + reader + " WITH GRANT OPTION, PUBLIC");
        assertEquals(List.of(List.of("t", "a", "SELECT", "role", "role_" + id), List.of("t", "a", "UPDATE", "role", "role_" + id), List.of("t", "a", "SELECT", "user", reader),
                List.of("t", "a", "UPDATE", "user", reader)), rows(COLUMN));
        assertEquals(List.of(List.of("DELETE", "public", "public", "f"), List.of("SELECT", "public", "public", "f"), List.of("DELETE", "user", reader, "t"), List.of("SELECT", "user", reader, "t")),
                rows(RELATION));
        connection.rollback();
        assertEquals(List.of(), rows(RELATION));
        assertEquals(List.of(), rows("SELECT role_name FROM svv_roles WHERE role_name = 'role_" + id + "'"));
        connection.rollback();
    }
}
