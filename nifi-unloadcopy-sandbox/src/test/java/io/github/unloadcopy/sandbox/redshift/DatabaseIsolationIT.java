package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Isolation levels of databases: CREATE DATABASE, ALTER DATABASE, and the views that tell. */
class DatabaseIsolationIT extends ClusterTest {

    private final String database = "d_" + UUID.randomUUID().toString().replace("-", "");

    @AfterEach
    void dropDatabase() throws Exception {
        for (final IsolationLevel level : IsolationLevel.values()) {
            try (Connection own = TestCluster.get(level).connect()) {
                if (!Rows.of(own, "SELECT 1 FROM pg_database_info WHERE datname = '" + database + "'").isEmpty()) {
                    Rows.execute(own, "DROP DATABASE " + database);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void databasesHaveTheLevelThatTheClusterWasStartedWith(final IsolationLevel level) throws Exception {
        try (Connection own = TestCluster.get(level).connect()) {
            assertLevel(own, "dev", level);
            Rows.execute(own, "CREATE DATABASE " + database);
            assertLevel(own, database, level);
        }
    }

    @Test
    void levelIsChosenAndAltered() throws SQLException {
        Rows.execute(connection, "CREATE DATABASE " + database + " WITH OWNER = " + TestCluster.USER + " CONNECTION LIMIT 7 COLLATE CASE_SENSITIVE ISOLATION LEVEL SERIALIZABLE");
        assertLevel(connection, database, IsolationLevel.SERIALIZABLE);
        assertEquals("7", Rows.value(connection, "SELECT datconnlimit FROM pg_database_info WHERE datname = '" + database + "'"));
        Rows.execute(connection, "ALTER DATABASE " + database + " ISOLATION LEVEL SNAPSHOT");
        assertLevel(connection, database, IsolationLevel.SNAPSHOT);
        Rows.execute(connection, "ALTER DATABASE " + database + " CONNECTION LIMIT UNLIMITED");
        assertEquals("UNLIMITED", Rows.value(connection, "SELECT datconnlimit FROM pg_database_info WHERE datname = '" + database + "'"));
        try (Connection inside = cluster.connect(database)) {
            Rows.execute(inside, "ALTER DATABASE " + database + " ISOLATION LEVEL SERIALIZABLE");
            assertLevel(connection, database, IsolationLevel.SERIALIZABLE);
            assertState("55006", "ALTER DATABASE " + database + " ISOLATION LEVEL SNAPSHOT");
            assertLevel(inside, database, IsolationLevel.SERIALIZABLE);
        }
    }

    @Test
    void rulesOfAlterDatabase() throws SQLException {
        Rows.execute(connection, "CREATE DATABASE " + database);
        assertState("0A000", "ALTER DATABASE dev ISOLATION LEVEL SERIALIZABLE");
        assertState("3D000", "ALTER DATABASE nothing ISOLATION LEVEL SERIALIZABLE");
        assertState("42601", "ALTER DATABASE " + database + " ISOLATION LEVEL READ COMMITTED");
        assertState("42601", "ALTER DATABASE " + database + " ISOLATION LEVEL SNAPSHOT TABLESPACE x");
        assertState("0A000", "ALTER DATABASE " + database + " SET work_mem = 1");
        assertState("0A000", "ALTER DATABASE " + database + " COLLATE CASE_INSENSITIVE");
        connection.setAutoCommit(false);
        assertState("25001", "ALTER DATABASE " + database + " ISOLATION LEVEL SERIALIZABLE");
        connection.rollback();
        assertState("25001", "CREATE DATABASE " + database + "_2 ISOLATION LEVEL SERIALIZABLE");
        connection.rollback();
        connection.setAutoCommit(true);
        final String user = "u" + database;
        Rows.execute(connection, "CREATE USER " + user + " PASSWORD 'Secret1word'");
        try (Connection other = cluster.connect(user, "Secret1word", new Properties())) {
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(other, "ALTER DATABASE " + database + " ISOLATION LEVEL SERIALIZABLE")).getSQLState());
            assertEquals(List.of(), Rows.of(other, "SELECT * FROM stv_db_isolation_level"));
            assertLevelInfo(other, database, IsolationLevel.SNAPSHOT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN ISOLATION LEVEL READ COMMITTED", "BEGIN WORK ISOLATION LEVEL READ UNCOMMITTED READ WRITE", "START TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "BEGIN; SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN",
        "SET default_transaction_isolation TO 'read committed'; BEGIN", "SET default_transaction_isolation = read committed; BEGIN", "BEGIN; SET LOCAL transaction_isolation TO 'READ UNCOMMITTED'",
        "SELECT set_config('default_transaction_isolation', 'read committed', false); BEGIN", "BEGIN; SELECT set_config('Transaction_Isolation', 'read committed', true)"})
    void noSessionLowersItsLevel(final String begin) throws SQLException {
        final String table = "t" + database;
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)");
        try (Connection other = cluster.connect()) {
            for (final String statement : begin.split("; ")) {
                Rows.execute(other, statement);
            }

            assertEquals("serializable", Rows.value(other, "SHOW transaction_isolation"));
            assertEquals("serializable", Rows.value(other, "SHOW TRANSACTION ISOLATION LEVEL"));
            assertEquals("serializable", Rows.value(other, "SELECT current_setting('transaction_isolation')"));
            assertEquals(Connection.TRANSACTION_SERIALIZABLE, other.getTransactionIsolation());
            assertEquals(0, Rows.count(other, table));
            Rows.execute(connection, "INSERT INTO " + table + " VALUES (1)");
            assertEquals(0, Rows.count(other, table));
            Rows.execute(other, "ROLLBACK");
            assertEquals(1, Rows.count(other, table));
        }
    }

    @Test
    void unknownLevelsAreRefused() {
        assertState("42601", "BEGIN ISOLATION LEVEL SNAPSHOT READ ONLY");
        assertState("42601", "BEGIN ISOLATION LEVEL READ");
        assertState("22023", "SET default_transaction_isolation TO 'snapshot'");
        final Properties options = new Properties();
        options.setProperty("options", "-c default_transaction_isolation=read\\ committed");
        assertEquals("0A000", assertThrows(SQLException.class, () -> cluster.connect(TestCluster.USER, cluster.password(), options)).getSQLState());
    }

    private void assertState(final String state, final String sql) {
        final SQLException failure = assertThrows(SQLException.class, () -> Rows.execute(connection, sql), sql);
        assertEquals(state, failure.getSQLState(), failure::toString);
    }

    private static void assertLevel(final Connection connection, final String database, final IsolationLevel level) throws SQLException {
        assertEquals(List.of(List.of(level == IsolationLevel.SNAPSHOT ? "Snapshot Isolation" : "Serializable")),
                Rows.of(connection, "SELECT trim(isolation_level) FROM stv_db_isolation_level WHERE trim(db_name) = '" + database + "'"));
        assertEquals(level == IsolationLevel.SNAPSHOT ? "Snapshot Isolation" : "Serializable",
                Rows.value(connection, "SELECT database_isolation_level FROM svv_redshift_databases WHERE database_name = '" + database + "'"));
        assertLevelInfo(connection, database, level);
    }

    private static void assertLevelInfo(final Connection connection, final String database, final IsolationLevel level) throws SQLException {
        assertEquals("{concurrency_model=" + (level == IsolationLevel.SNAPSHOT ? 1 : 2) + "}", Rows.value(connection, "SELECT datconfig FROM pg_database_info WHERE datname = '" + database + "'"));
    }
}
