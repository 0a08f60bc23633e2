package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Clients see the names of a cluster only, not those of the sandbox and of the PostgreSQL behind it. */
class OwnNamesIT extends ClusterTest {

    private static final String PASSWORD = "Secret1word";

    private final String user = "u" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void createUser() throws SQLException {
        Rows.execute(connection, "CREATE USER " + user + " PASSWORD '" + PASSWORD + "'");
    }

    @AfterEach
    void dropUser() throws SQLException {
        Rows.execute(connection, "DROP USER " + user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT nspname FROM pg_namespace", "SELECT relname, relnamespace::regnamespace::text FROM pg_catalog.pg_class", "SELECT c.relname, n.nspname FROM pg_class c, pg_namespace n "
            + "WHERE n.oid = c.relnamespace", "SELECT datname FROM pg_database", "SELECT proname FROM pg_proc", "SELECT proname FROM pg_proc_info", "SELECT typname, typnamespace::regnamespace::text FROM pg_type",
            "SELECT attname FROM pg_attribute WHERE attname = 'raw_field_value' AND attrelid::regclass::text LIKE '%load_error'", "SELECT usename FROM pg_user", "SELECT tablename, schemaname FROM pg_tables",
            "SELECT viewname, schemaname FROM pg_views", "SELECT table_schema, table_name FROM information_schema.tables", "SELECT table_schema, column_name FROM information_schema.columns",
            "SELECT schema_name FROM information_schema.schemata", "SELECT routine_schema FROM information_schema.routines", "SELECT table_schema, table_name FROM svv_tables",
            "SELECT schema_name, table_name FROM svv_all_tables", "SELECT table_schema, table_name FROM svv_columns", "SELECT schema_name FROM svv_all_schemas", "SELECT database_name FROM svv_redshift_databases",
            "SELECT schemaname, tablename FROM pg_table_def", "SELECT usename, datname FROM pg_stat_activity", "SELECT user_name FROM stv_sessions", "SHOW SCHEMAS FROM DATABASE dev", "SHOW DATABASES"})
    void catalogsHaveOnlyWhatAClusterHas(final String query) throws SQLException {
        for (final Connection client : List.of(connection, cluster.connect(user, PASSWORD, new Properties()))) {
            try (Statement statement = client.createStatement(); ResultSet result = statement.executeQuery(query)) {
                while (result.next()) {
                    for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                        final String name = result.getString(column);
                        assertFalse(name != null && (name.contains("pg_internal") || name.startsWith("postgres") || name.contains("sandbox")), name);
                    }
                }
            }

            if (client != connection) {
                client.close();
            }
        }
    }

    @Test
    void metadataHaveOnlyWhatAClusterHas() throws SQLException {
        final DatabaseMetaData metaData = connection.getMetaData();
        for (final ResultSet result : List.of(metaData.getSchemas(), metaData.getTables(null, null, "%", null), metaData.getColumns(null, null, "%", null), metaData.getCatalogs())) {
            try (result) {
                while (result.next()) {
                    assertFalse(result.getString(1) != null && result.getString(1).contains("pg_internal"));
                    assertFalse(result.getString(result.getMetaData().getColumnCount() > 1 ? 2 : 1).contains("pg_internal"));
                }
            }
        }
    }

    /** Queries of the catalog go on as they are written: names of columns with the table's, regclass, joins, and tables of the same names elsewhere. */
    @Test
    void queriesOfTheCatalogWork() throws SQLException {
        Rows.execute(connection, "CREATE SCHEMA " + user, "CREATE TABLE " + user + ".pg_class (relname int)", "INSERT INTO " + user + ".pg_class VALUES (7)");
        assertEquals(List.of(List.of("pg_class", "r")), Rows.of(connection, "SELECT pg_class.relname, relkind FROM pg_class JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_class.relnamespace "
                + "WHERE nspname = '" + user + "' AND pg_class.oid = '" + user + ".pg_class'::regclass"));
        assertEquals("7", Rows.value(connection, "SELECT relname FROM " + user + ".pg_class"));
        assertEquals("2026", Rows.value(connection, "SELECT EXTRACT(year FROM d) FROM (SELECT '2026-01-01'::date AS d) AS x, (SELECT 1 FROM pg_catalog.pg_class AS c LIMIT 1) AS y"));
        Rows.execute(connection, "DROP SCHEMA " + user + " CASCADE");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"SELECT * FROM pg_internal.load_error|3F000", "SELECT * FROM \"PG_INTERNAL\".load_error|3F000", "SELECT postgres_version()|42883",
        "SET search_path TO pg_internal, public|22023", "SET search_path TO 'pg_internal'|22023", "DROP SCHEMA pg_internal.x|3F000"})
    void whatAClusterDoesNotHaveIsNotThere(final String sql, final String state) {
        assertEquals(state, assertThrows(SQLException.class, () -> Rows.execute(connection, sql)).getSQLState());
    }

    @Test
    void errorsNameNoneOfIt() throws SQLException {
        Rows.execute(connection, "CREATE TEMP TABLE long (v varchar(3))");
        for (final String sql : List.of("INSERT INTO long VALUES ('abcd')", "SELECT to_varbyte('x', 'nothing')", "SELECT json_serialize(json_parse('\"' || repeat('x', 70000) || '\"'))",
                "SHOW TABLE nothing", "SHOW CONSTRAINTS PRIMARY KEYS FROM TABLE public.nothing")) {
            final SQLException failure = assertThrows(SQLException.class, () -> Rows.execute(connection, sql), sql);
            assertFalse(failure.toString().contains("pg_internal"), failure.toString());
            assertTrue(failure.getMessage().startsWith("ERROR: "), failure.getMessage());
        }
    }
}
