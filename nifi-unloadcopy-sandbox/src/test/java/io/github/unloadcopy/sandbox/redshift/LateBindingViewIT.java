package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Views WITH NO SCHEMA BINDING, as the page CREATE VIEW describes them. */
class LateBindingViewIT extends ClusterTest {

    private final String schema = "v" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void createSchema() throws SQLException {
        Rows.execute(connection, "CREATE SCHEMA " + schema, "SET search_path TO " + schema);
    }

    @Test
    void whatAViewReadsIsLookedUpWhenItIsRead() throws SQLException {
        Rows.execute(connection, "CREATE VIEW late AS SELECT * FROM " + schema + ".event WHERE name <> 'it''s' WITH NO SCHEMA BINDING");
        assertEquals("42P01", assertThrows(SQLException.class, () -> Rows.of(connection, "SELECT * FROM late")).getSQLState());
        Rows.execute(connection, "CREATE TABLE event (id int, name varchar(9))", "INSERT INTO event VALUES (1, 'x')");
        assertEquals(List.of(List.of("1", "x")), Rows.of(connection, "SELECT * FROM late"));
        assertEquals(List.of(List.of("1", "x")), Rows.of(connection, "SELECT late.id, l.name FROM " + schema + ".late JOIN \"LATE\" AS l ON l.id = late.id"));
        Rows.execute(connection, "ALTER TABLE event RENAME COLUMN name TO title");
        assertEquals("42703", assertThrows(SQLException.class, () -> Rows.of(connection, "SELECT * FROM late")).getSQLState());
        Rows.execute(connection, "CREATE OR REPLACE VIEW late (a, b) AS SELECT id, title FROM " + schema + ".event WITH NO SCHEMA BINDING", "DROP TABLE event");
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM pg_depend WHERE refobjid = 'late'::regclass AND deptype <> 'i'"));
        assertEquals("42P01", assertThrows(SQLException.class, () -> Rows.of(connection, "SELECT * FROM late")).getSQLState());
        Rows.execute(connection, "CREATE TABLE event (title varchar(5), id bigint)", "INSERT INTO event VALUES ('y', 5000000000)");
        try (PreparedStatement prepared = connection.prepareStatement("SELECT b, a FROM late WHERE a > ?"); ResultSet result = query(prepared)) {
            assertTrue(result.next());
            assertEquals("y", result.getString("b"));
            assertEquals(5_000_000_000L, result.getLong("a"));
        }

        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + schema + ".late') TO 's3://" + bucket + "/" + schema + "/' IAM_ROLE default CSV PARALLEL OFF");
        assertEquals("5000000000,y\n", cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(schema + "/000")).asUtf8String());
        Rows.execute(connection, "CREATE TABLE copied AS SELECT a FROM late", "ALTER TABLE late RENAME TO later", "INSERT INTO copied SELECT a FROM later");
        assertEquals("2", Rows.value(connection, "SELECT count(*) FROM copied"));
        Rows.execute(connection, "DROP VIEW later", "CREATE TABLE later (a int)");
        assertEquals(List.of(), Rows.of(connection, "SELECT * FROM later"));
    }

    private static ResultSet query(final PreparedStatement prepared) throws SQLException {
        prepared.setLong(1, 1);
        return prepared.executeQuery();
    }

    @Test
    void catalogsTellOfThem() throws SQLException {
        Rows.execute(connection, "CREATE TABLE event (id int NOT NULL, amount decimal(8,2), name varchar(200))",
                "CREATE VIEW late AS SELECT id, amount, name FROM " + schema + ".event WITH NO SCHEMA BINDING", "CREATE VIEW broken AS SELECT id FROM " + schema + ".nothing WITH NO SCHEMA BINDING");
        assertEquals(List.of(List.of(schema, "late", "id", "integer", "1"), List.of(schema, "late", "amount", "numeric(8,2)", "2"), List.of(schema, "late", "name", "character varying(200)", "3")),
                Rows.of(connection, "SELECT * FROM pg_get_late_binding_view_cols() cols(view_schema name, view_name name, col_name name, col_type varchar, col_num int) WHERE view_schema = '" + schema
                        + "' ORDER BY col_num"));
        assertTrue(Rows.of(connection, "SELECT pg_get_late_binding_view_cols()").contains(List.of("(" + schema + ",late,amount,\"numeric(8,2)\",2)")));
        assertEquals(List.of(List.of("id", "integer"), List.of("amount", "numeric"), List.of("name", "character varying")),
                Rows.of(connection, "SELECT column_name, data_type FROM svv_columns WHERE table_schema = '" + schema + "' AND table_name = 'late' ORDER BY ordinal_position"));
        assertEquals("SELECT id, amount, name FROM " + schema + ".event\nWITH NO SCHEMA BINDING;", Rows.value(connection, "SELECT definition FROM pg_views WHERE schemaname = '" + schema
                + "' AND viewname = 'late'"));
        assertEquals("2", Rows.value(connection, "SELECT count(*) FROM svv_tables WHERE table_schema = '" + schema + "' AND table_type = 'VIEW'"));
        assertTrue(Rows.value(connection, "SHOW VIEW late").endsWith("WITH NO SCHEMA BINDING;"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"SELECT id FROM event|0A000", "SELECT id FROM s_nothing.event|3F000", "SELECT id FRO public.event|42601",
        "SELECT a.id FROM public.event a JOIN other b ON a.id = b.id|0A000"})
    void whatIsWrongAtCreation(final String query, final String state) throws SQLException {
        assertEquals(state, assertThrows(SQLException.class, () -> Rows.execute(connection, "CREATE VIEW late AS " + query + " WITH NO SCHEMA BINDING")).getSQLState());
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM pg_class WHERE relname = 'late' AND relnamespace = '" + schema + "'::regnamespace"));
    }

    /** Who reads the view needs SELECT on the view, and the view's owner on what it reads. */
    @Test
    void viewsReadAsTheirOwner() throws SQLException {
        final String user = schema;
        Rows.execute(connection, "CREATE USER " + user + " PASSWORD 'Secret1word'", "CREATE TABLE event (id int)", "INSERT INTO event VALUES (1)",
                "CREATE VIEW late AS SELECT id FROM " + schema + ".event WITH NO SCHEMA BINDING", "GRANT USAGE ON SCHEMA " + schema + " TO " + user);
        try (Connection other = cluster.connect(user, "Secret1word", new Properties())) {
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.of(other, "SELECT * FROM " + schema + ".late")).getSQLState());
            Rows.execute(connection, "GRANT SELECT ON late TO " + user);
            assertEquals("1", Rows.value(other, "SELECT id FROM " + schema + ".late"));
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.of(other, "SELECT * FROM " + schema + ".event")).getSQLState());
        }

        Rows.execute(connection, "DROP SCHEMA " + schema + " CASCADE", "DROP USER " + user);
    }

    @Test
    void transactionsGoOnAsAfterAnyStatement() throws SQLException {
        Rows.execute(connection, "CREATE VIEW late AS SELECT id FROM " + schema + ".event WITH NO SCHEMA BINDING");
        connection.setAutoCommit(false);
        assertEquals("42P01", assertThrows(SQLException.class, () -> Rows.of(connection, "SELECT * FROM late")).getSQLState());
        assertEquals("25P02", assertThrows(SQLException.class, () -> Rows.of(connection, "SELECT * FROM late")).getSQLState());
        connection.rollback();
        Rows.execute(connection, "CREATE TABLE event (id int)", "INSERT INTO event VALUES (1)");
        assertEquals("1", Rows.value(connection, "SELECT id FROM late"));
        connection.commit();
    }
}
