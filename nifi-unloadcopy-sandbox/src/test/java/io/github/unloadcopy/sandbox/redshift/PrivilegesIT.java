package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What is granted, and who sees it. */
class PrivilegesIT extends ClusterTest {

    private static final String PASSWORD = "Secret1word";
    private static final String RELATION = "SELECT privilege_type, identity_type, identity_name, admin_option FROM svv_relation_privileges WHERE namespace_name = '%s' ORDER BY 2, 3, 1";
    private static final String COLUMN = "SELECT relation_name, column_name, privilege_type, identity_type, identity_name FROM svv_column_privileges WHERE namespace_name = '%s' ORDER BY 2, 4, 5, 3";

    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String schema = "s" + id;
    private final String owner = "owner_" + id;
    private final String reader = "reader_" + id;
    private final String group = "group_" + id;

    @BeforeEach
    void prepare() throws SQLException {
        Rows.execute(connection, "CREATE USER " + owner + " PASSWORD '" + PASSWORD + "'", "CREATE USER " + reader + " PASSWORD '" + PASSWORD + "'", "CREATE GROUP " + group,
                "CREATE SCHEMA " + schema + " AUTHORIZATION " + owner, "GRANT USAGE ON SCHEMA " + schema + " TO PUBLIC");
        as(owner, "CREATE TABLE " + schema + ".t (a int, b int)", "INSERT INTO " + schema + ".t VALUES (1, 2)");
    }

    private void as(final String user, final String... statements) throws SQLException {
        try (Connection session = cluster.connect(user, PASSWORD, new Properties())) {
            Rows.execute(session, statements);
        }
    }

    private List<List<String>> rowsAs(final String user, final String query) throws SQLException {
        try (Connection session = cluster.connect(user, PASSWORD, new Properties())) {
            return Rows.of(session, query.formatted(schema));
        }
    }

    private List<List<String>> rows(final String query) throws SQLException {
        return Rows.of(connection, query.formatted(schema));
    }

    private String refusal(final String user, final String... statements) {
        return assertThrows(SQLException.class, () -> as(user, statements)).getSQLState();
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
}
