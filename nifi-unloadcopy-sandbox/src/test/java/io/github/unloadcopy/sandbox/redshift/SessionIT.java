package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Transactions, names, settings and query ids as Redshift has them. */
class SessionIT extends ClusterTest {

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");

    @Test
    void truncateCommits() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int PRIMARY KEY)", "CREATE TABLE " + table + "_kept (a int)", "INSERT INTO " + table + " VALUES (1)");
        connection.setAutoCommit(false);
        Rows.execute(connection, "INSERT INTO " + table + "_kept VALUES (1)", "TRUNCATE " + table);
        connection.rollback();
        assertEquals(0, Rows.count(connection, table));
        assertEquals(1, Rows.count(connection, table + "_kept"));
        Rows.execute(connection, "INSERT INTO " + table + "_kept VALUES (2)");
        assertEquals("42P01", assertThrows(SQLException.class, () -> Rows.execute(connection, "TRUNCATE nothing")).getSQLState());
        assertEquals("25P02", assertThrows(SQLException.class, () -> Rows.execute(connection, "TRUNCATE " + table)).getSQLState());
        connection.rollback();
        assertEquals(1, Rows.count(connection, table + "_kept"));
        try (PreparedStatement truncate = connection.prepareStatement("TRUNCATE TABLE " + table); PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (1), (1)")) {
            for (int run = 0; run < 12; run++) {
                assertEquals(2, insert.executeUpdate());
                truncate.executeUpdate();
            }
        }

        connection.rollback();
        assertEquals(0, Rows.count(connection, table));
    }

    @Test
    void merge() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (id int, v varchar(9))", "INSERT INTO " + table + " VALUES (1, 'old'), (2, 'old')", "CREATE TEMP TABLE source (id int, v varchar(9))",
                "INSERT INTO source VALUES (2, 'new'), (3, 'new')");
        Rows.execute(connection, "MERGE INTO " + table + " USING source AS s ON " + table + ".id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v)");
        assertEquals(List.of(List.of("1", "old"), List.of("2", "new"), List.of("3", "new")), Rows.of(connection, "SELECT * FROM " + table + " ORDER BY 1"));
        Rows.execute(connection, "MERGE INTO " + table + " USING source ON " + table + ".id = source.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (source.id)");
        assertEquals(List.of(List.of("1", "old")), Rows.of(connection, "SELECT * FROM " + table + " ORDER BY 1"));
    }

    @Test
    void locksAreExclusiveUntilTheTransactionEnds() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "CREATE TABLE " + table + "_2 (a int)", "LOCK " + table);
        connection.setAutoCommit(false);
        Rows.execute(connection, "LOCK TABLE " + table + ", public." + table + "_2");
        try (Connection other = cluster.connect(); Statement waiting = other.createStatement()) {
            waiting.setQueryTimeout(1);
            assertEquals("57014", assertThrows(SQLException.class, () -> waiting.executeQuery("SELECT * FROM " + table + "_2")).getSQLState());
            other.setAutoCommit(false);
            assertEquals("57014", assertThrows(SQLException.class, () -> waiting.execute("LOCK " + table)).getSQLState());
            other.rollback();
            connection.commit();
            waiting.execute("LOCK " + table);
            other.rollback();
        }
    }

    @Test
    void top() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, top int)", "INSERT INTO " + table + " VALUES (1, 10), (2, 20), (3, 30)");
        assertEquals(List.of(List.of("3"), List.of("2")), Rows.of(connection, "SELECT TOP 2 a FROM " + table + " ORDER BY a DESC"));
        assertEquals("2", Rows.value(connection, "SELECT max(a) FROM (SELECT TOP 2 a FROM " + table + " ORDER BY a) AS x WHERE a IN (SELECT TOP 2 a FROM " + table + " ORDER BY a)"));
        assertEquals("60", Rows.value(connection, "SELECT sum(top) FROM " + table));
        Rows.execute(connection, "CREATE TABLE " + table + "_top AS SELECT TOP 1 * FROM " + table + " ORDER BY top");
        assertEquals(List.of(List.of("1", "10")), Rows.of(connection, "SELECT * FROM " + table + "_top"));
        try (PreparedStatement prepared = connection.prepareStatement("SELECT TOP 1 a FROM " + table + " WHERE a > ? ORDER BY a")) {
            prepared.setInt(1, 1);
            try (ResultSet result = prepared.executeQuery()) {
                result.next();
                assertEquals(2, result.getInt(1));
            }
        }

        assertEquals("42601", assertThrows(SQLException.class, () -> Rows.value(connection, "SELECT TOP 1 a FROM " + table + " LIMIT 1")).getSQLState());
        assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.value(connection, "SELECT TOP 1 a FROM " + table + " UNION SELECT 1")).getSQLState());
        final String unload = "UNLOAD ('SELECT %s') TO 's3://" + bucket + "/" + table + "/' IAM_ROLE default";
        assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.execute(connection, unload.formatted("TOP 1 a FROM " + table))).getSQLState());
        Rows.execute(connection, unload.formatted("* FROM (SELECT TOP 1 a FROM " + table + ")"));
        assertEquals("1", Rows.value(connection, "SELECT pg_last_unload_count()"));
    }

    @Test
    void listagg() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (g int, a int, v varchar(max))",
                "INSERT INTO " + table + " VALUES (1, 3, 'c'), (1, 1, 'a'), (1, 2, 'a '), (1, 4, ''), (1, 5, NULL), (2, 1, 'x')");
        assertEquals(List.of(List.of("1", "a, a , c", "12345"), List.of("2", "x", "1")),
                Rows.of(connection, "SELECT g, LISTAGG(v, ', ') WITHIN GROUP (ORDER BY a), listagg(a) within group (order by A) AS l FROM " + table + " GROUP BY g ORDER BY g"));
        assertEquals("a|c|x", Rows.value(connection, "SELECT listagg(DISTINCT v, '|') WITHIN GROUP (ORDER BY v, a) FROM " + table));
        assertEquals("5,4,3,2,1", Rows.value(connection, "SELECT coalesce(LISTAGG(DISTINCT a, ',') WITHIN GROUP (ORDER BY a DESC), '') AS listagg FROM " + table));
        assertEquals(null, Rows.value(connection, "SELECT listagg(v) FROM " + table + " WHERE a > 100"));
        Rows.execute(connection, "INSERT INTO " + table + " VALUES (3, 1, repeat('\u00e4', 32767)), (3, 2, 'x')");
        assertEquals("65535", Rows.value(connection, "SELECT octet_length(listagg(v) WITHIN GROUP (ORDER BY a)) FROM " + table + " WHERE g = 3"));
        for (final String distinct : List.of("", "DISTINCT ")) {
            final SQLException refusal = assertThrows(SQLException.class, () -> Rows.value(connection, "SELECT listagg(" + distinct + "v, ',') FROM " + table + " WHERE g = 3"));
            assertTrue(refusal.getMessage().contains("Result size exceeds LISTAGG limit"), refusal.getMessage());
        }

        for (final String sql : List.of("SELECT listagg('a')", "SELECT listagg(v) WITHIN GROUP (ORDER BY a), listagg(a) WITHIN GROUP (ORDER BY v) FROM " + table,
                "SELECT listagg(v) OVER (PARTITION BY g) FROM " + table)) {
            assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.value(connection, sql)).getSQLState(), sql);
        }
    }

    /** Sessions begin with what ALTER USER has set. */
    @Test
    void settingsOfUsers() throws SQLException {
        Rows.execute(connection, "CREATE USER " + table + " PASSWORD 'Secret1word'", "ALTER USER " + table + " SET statement_timeout TO 4000", "ALTER USER " + table + " SET query_group = 'nightly'",
                "ALTER USER " + table + " SET enable_case_sensitive_identifier TO true");
        try (Connection other = cluster.connect(table, "Secret1word", new Properties())) {
            assertEquals(List.of("4s", "nightly", "on"), List.of(Rows.value(other, "SHOW statement_timeout"), Rows.value(other, "SHOW query_group"),
                    Rows.value(other, "SHOW enable_case_sensitive_identifier")));
        }

        Rows.execute(connection, "ALTER USER " + table + " RESET statement_timeout", "ALTER USER " + table + " RESET query_group", "ALTER USER " + table + " RESET enable_case_sensitive_identifier");
        try (Connection other = cluster.connect(table, "Secret1word", new Properties())) {
            assertEquals(List.of("0", "default", "off"), List.of(Rows.value(other, "SHOW statement_timeout"), Rows.value(other, "SHOW query_group"),
                    Rows.value(other, "SHOW enable_case_sensitive_identifier")));
        }

        for (final String sql : List.of("SET nothing TO 1", "RESET nothing", "SET extra_float_digits TO 3", "RESET ALL")) {
            assertThrows(SQLException.class, () -> Rows.execute(connection, "ALTER USER " + table + " " + sql), sql);
        }

        Rows.execute(connection, "DROP USER " + table);
    }

    /** The id of the cluster is the same in all its databases. */
    @Test
    void currentNamespace() throws SQLException {
        final String namespace = Rows.value(connection, "SELECT current_namespace");
        assertTrue(namespace.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), namespace);
        assertEquals(List.of(List.of(TestCluster.USER, namespace)), Rows.of(connection, "SELECT user, CURRENT_NAMESPACE AS current_namespace"));
        assertEquals(namespace, Rows.value(connection, "SELECT current_namespace FROM (SELECT 1) AS one WHERE current_namespace <> ''"));
        assertEquals("42883", assertThrows(SQLException.class, () -> Rows.value(connection, "SELECT current_namespace()")).getSQLState());
        Rows.execute(connection, "CREATE DATABASE " + table);
        try (Connection other = cluster.connect(table)) {
            assertEquals(namespace, Rows.value(other, "SELECT current_namespace"));
        }

        Rows.execute(connection, "DROP DATABASE " + table);
    }

    @Test
    void maintenance() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "VACUUM", "VACUUM FULL " + table, "VACUUM SORT ONLY " + table, "VACUUM DELETE ONLY " + table + " TO 75 PERCENT",
                "VACUUM REINDEX " + table, "VACUUM RECLUSTER " + table, "VACUUM " + table + " TO 100 PERCENT BOOST", "ANALYZE", "ANALYZE " + table, "ANALYZE VERBOSE " + table + " (a)",
                "ANALYZE " + table + " PREDICATE COLUMNS", "ANALYZE " + table + " ALL COLUMNS");
        connection.setAutoCommit(false);
        assertEquals("25001", assertThrows(SQLException.class, () -> Rows.execute(connection, "SELECT 1", "VACUUM " + table)).getSQLState());
        connection.rollback();
        assertEquals("0A000", assertThrows(SQLException.class, () -> Rows.execute(connection, "ANALYZE COMPRESSION " + table)).getSQLState());
    }

    @Test
    void namesAreFolded() throws SQLException {
        Rows.execute(connection, "CREATE TABLE \"" + table + "_Mixed\" (\"Mixed Case\" int, Other int)", "INSERT INTO " + table + "_mixed (\"MIXED case\", \"OTHER\") VALUES (1, 2)");
        assertEquals(List.of(List.of("mixed case"), List.of("other")), Rows.of(connection, "SELECT \"column\" FROM pg_table_def WHERE tablename = '" + table + "_mixed'"));
        assertEquals("alias", label("SELECT 1 AS \"Alias\""));
        Rows.execute(connection, "SET enable_case_sensitive_identifier TO true");
        assertEquals("Alias", label("SELECT 1 AS \"Alias\""));
        assertEquals("on", Rows.value(connection, "SHOW enable_case_sensitive_identifier"));
        Rows.execute(connection, "CREATE TABLE \"" + table + "_Mixed\" (\"Mixed Case\" int DISTKEY, Other int)");
        assertEquals(List.of(List.of("Mixed Case", "t"), List.of("other", "f")), Rows.of(connection, "SELECT \"column\", distkey FROM pg_table_def WHERE tablename = '" + table + "_Mixed'"));
        assertTrue(Rows.value(connection, "SHOW TABLE \"" + table + "_Mixed\"").contains("\"Mixed Case\" integer"));
        connection.setAutoCommit(false);
        Rows.execute(connection, "SET enable_case_sensitive_identifier TO off");
        assertEquals("alias", label("SELECT 1 AS \"Alias\""));
        connection.rollback();
        assertEquals("Alias", label("SELECT 1 AS \"Alias\""));
        connection.rollback();
        connection.setAutoCommit(true);
        Rows.execute(connection, "RESET enable_case_sensitive_identifier");
        assertEquals("alias", label("SELECT 1 AS \"Alias\""));
        Rows.execute(connection, "CREATE USER u" + table + " PASSWORD 'Secret1word'", "ALTER USER u" + table + " SET enable_case_sensitive_identifier TO true");
        try (Connection other = cluster.connect("u" + table, "Secret1word", new Properties()); Statement statement = other.createStatement();
                ResultSet row = statement.executeQuery("SELECT 1 AS \"A\"")) {
            assertEquals("A", row.getMetaData().getColumnLabel(1));
        }
    }

    private String label(final String query) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
            return result.getMetaData().getColumnLabel(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"query_group,default,'''nightly''',nightly", "wlm_query_slot_count,1,3,3", "enable_result_cache_for_session,on,off,off", "json_parse_truncate_strings,off,true,on",
        "enable_case_sensitive_identifier,off,1,on", "statement_timeout,0,5000,5s", "search_path,'\"$user\", public',pg_catalog,pg_catalog", "timezone,,'''America/New_York''',America/New_York"})
    void settings(final String name, final String before, final String set, final String after) throws SQLException {
        assertEquals(before == null ? Rows.value(connection, "SHOW timezone") : before, Rows.value(connection, "SHOW " + name));
        assertEquals(name, label("SHOW " + name).toLowerCase(Locale.ROOT));
        Rows.execute(connection, "SET " + name + " TO " + set);
        assertEquals(after, Rows.value(connection, "SHOW " + name));
        assertEquals(after, Rows.value(connection, "SELECT current_setting('" + name + "')"));
        Rows.execute(connection, "RESET " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SET work_mem TO '1MB'", "SET standard_conforming_strings TO on", "SHOW jit", "SET enable_hashjoin = off", "SET nothing = 1", "SHOW nothing"})
    void unknownSettingsAreRefused(final String sql) {
        final SQLException failure = assertThrows(SQLException.class, () -> Rows.execute(connection, sql));
        assertEquals("42704", failure.getSQLState());
        assertTrue(failure.getMessage().contains("unrecognized configuration parameter"), failure.getMessage());
    }

    @Test
    void saysThatItIsRedshift() throws SQLException {
        assertTrue(Rows.value(connection, "SELECT version()").matches("PostgreSQL 8\\.0\\.2 on .*, Redshift 1\\.0\\..*"));
        assertEquals("8.0.2", Rows.value(connection, "SHOW server_version"));
    }

    @Test
    void queryIds() throws SQLException {
        assertEquals("-1", Rows.value(connection, "SELECT pg_last_query_id()"));
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)");
        assertEquals("-1", Rows.value(connection, "SELECT pg_last_query_id()"));
        Rows.execute(connection, "INSERT INTO " + table + " VALUES (1)");
        final String insert = Rows.value(connection, "SELECT pg_last_query_id()");
        assertEquals(insert, Rows.value(connection, "SELECT pg_last_query_id()"));
        Rows.count(connection, table);
        final String select = Rows.value(connection, "SELECT pg_last_query_id()");
        assertNotEquals(insert, select);
        Rows.value(connection, "SELECT count(*) FROM pg_table_def");
        assertEquals(select, Rows.value(connection, "SELECT pg_last_query_id()"));
        try (PreparedStatement query = connection.prepareStatement("SELECT a FROM " + table)) {
            String last = select;
            for (int run = 0; run < 8; run++) {
                query.executeQuery().close();
                final String next = Rows.value(connection, "SELECT pg_last_query_id()");
                assertNotEquals(last, next);
                last = next;
            }
        }
    }
}
