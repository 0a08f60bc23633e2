package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Datashares on the cluster that shares. Pages CREATE, ALTER and DROP DATASHARE, SVV_DATASHARES, SVV_DATASHARE_OBJECTS and "Amazon Redshift system-defined roles". */
class DatashareIT extends ClusterTest {

    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String schema = "s" + id;
    private final String share = "share_" + id;
    private final String reader = "reader_" + id;
    private final String objects = "SELECT share_type, object_type, object_name, include_new FROM svv_datashare_objects WHERE share_name = '" + share + "' ORDER BY 2, 3";
    private final String privileges = "SELECT relation_name, privilege_type, identity_type, identity_name FROM svv_relation_privileges WHERE namespace_name = '" + schema + "' ORDER BY 1";
    private final RestrictedUsers users = new RestrictedUsers(cluster);

    @BeforeEach
    void prepare() throws SQLException {
        users.create(connection, reader);
        Rows.execute(connection, "CREATE SCHEMA " + schema, "CREATE TABLE " + schema + ".t (a int)", "CREATE TABLE " + schema + ".u (a int)",
                "CREATE VIEW " + schema + ".v AS SELECT a FROM " + schema + ".t", "CREATE DATASHARE " + share, "ALTER DATASHARE " + share + " ADD SCHEMA " + schema);
    }

    @AfterEach
    void removeShare() throws SQLException {
        Rows.execute(connection, "DROP DATASHARE " + share);
        assertEquals(List.of(), Rows.of(connection, privileges));
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM svv_roles WHERE role_name = 'ds:" + share + "'"));
    }

    @Test
    void sharedTablesHaveARoleOfTheClustersOwn() throws SQLException {
        Rows.execute(connection, "ALTER DATASHARE " + share + " ADD TABLE " + schema + ".t, " + schema + ".v", "ALTER DATASHARE " + share + " SET PUBLICACCESSIBLE = TRUE");
        assertEquals(List.of(List.of("t", "SELECT", "role", "ds:" + share), List.of("v", "SELECT", "role", "ds:" + share)), Rows.of(connection, privileges));
        assertEquals(List.of("OUTBOUND", "schema", schema, "f"), Rows.of(connection, objects).getFirst());
        assertEquals(List.of(List.of("table", schema + ".t"), List.of("view", schema + ".v")), Rows.of(connection, objects).stream().skip(1).map(row -> row.subList(1, 3)).toList());
        assertEquals(List.of(List.of("OUTBOUND", TestCluster.DATABASE, "t")),
                Rows.of(connection, "SELECT share_type, source_database, is_publicaccessible FROM svv_datashares WHERE share_name = '" + share + "'"));
        assertEquals(List.of(), users.rows(reader, objects));
        assertEquals(List.of(List.of("0")), users.rows(reader, "SELECT count(*) FROM svv_datashares"));
        assertEquals(List.of(), users.rows(reader, privileges));

        for (final String statement : List.of("GRANT SELECT ON " + schema + ".t TO ROLE \"ds:" + share + '"', "REVOKE SELECT ON " + schema + ".t FROM ROLE \"ds:" + share + '"')) {
            final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, statement));
            assertEquals("0A000", refusal.getSQLState());
            assertEquals("Granting permissions to reserved role ds:" + share + " is not supported.", refusal.getMessage().lines().findFirst().orElseThrow().replace("ERROR: ", ""));
        }

        Rows.execute(connection, "ALTER DATASHARE " + share + " REMOVE TABLE " + schema + ".v", "ALTER DATASHARE " + share + " ADD ALL TABLES IN SCHEMA " + schema);
        assertEquals(List.of("t", "u", "v"), Rows.of(connection, privileges).stream().map(List::getFirst).toList());
    }

    /** A table of the same name is another one. */
    @Test
    void droppedTablesLeaveTheShare() throws SQLException {
        Rows.execute(connection, "ALTER DATASHARE " + share + " ADD TABLE " + schema + ".u", "DROP TABLE " + schema + ".u", "CREATE TABLE " + schema + ".u (a int)");
        assertEquals(List.of(), Rows.of(connection, privileges));
        assertEquals(List.of(List.of("OUTBOUND", "schema", schema, "f")), Rows.of(connection, objects));
    }

    /** Page ALTER DATASHARE, INCLUDENEW. */
    @Test
    void newTablesOfASchemaGetIntoTheShare() throws SQLException {
        final String other = "other_" + id;
        Rows.execute(connection, "ALTER DATASHARE " + share + " SET INCLUDENEW = TRUE FOR SCHEMA " + schema, "CREATE TABLE " + schema + ".new_table (a int)",
                "CREATE VIEW " + schema + ".new_view AS SELECT a FROM " + schema + ".t", "CREATE TABLE public." + other + " (a int)");
        assertEquals(List.of("OUTBOUND", "schema", schema, "t"), Rows.of(connection, objects).getFirst());
        assertEquals(List.of(schema + ".new_table", schema + ".new_view"), Rows.of(connection, objects).stream().skip(1).map(row -> row.get(2)).toList());
        Rows.execute(connection, "ALTER DATASHARE " + share + " SET INCLUDENEW FALSE FOR SCHEMA " + schema, "CREATE TABLE " + schema + ".later (a int)", "DROP TABLE public." + other);
        assertEquals(List.of("OUTBOUND", "schema", schema, "f"), Rows.of(connection, objects).getFirst());
        assertEquals(2, Rows.of(connection, privileges).size());
        assertEquals("42704", assertThrows(SQLException.class, () -> Rows.execute(connection, "ALTER DATASHARE " + share + " SET INCLUDENEW = TRUE FOR SCHEMA public")).getSQLState());
    }

    @Test
    void othersMayNotChangeIt() throws SQLException {
        for (final String statement : List.of("ALTER DATASHARE " + share + " REMOVE SCHEMA " + schema, "DROP DATASHARE " + share, "CREATE DATASHARE mine_" + id)) {
            assertEquals("42501", users.refusal(reader, statement), statement);
        }

        assertEquals("42710", assertThrows(SQLException.class, () -> Rows.execute(connection, "CREATE DATASHARE " + share)).getSQLState());
        assertEquals("42704", assertThrows(SQLException.class, () -> Rows.execute(connection, "DROP DATASHARE other_" + id)).getSQLState());
        assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.execute(connection, "GRANT USAGE ON DATASHARE " + share + " TO NAMESPACE 'x'")).getSQLState());
    }
}
