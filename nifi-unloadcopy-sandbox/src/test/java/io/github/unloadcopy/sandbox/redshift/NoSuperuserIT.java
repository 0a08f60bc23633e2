package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Superusers of the cluster may do what superusers of Redshift may, and nothing to the machine that it runs on. */
class NoSuperuserIT extends ClusterTest {

    private static final String PASSWORD = "Secret1word";
    /** What PostgreSQL answers who may not, and what is no statement or function of Redshift's. */
    private static final Set<String> REFUSALS = Set.of("42501", "42601", "0A000", "42704", "42883", "28000", "3F000");
    private static final List<String> DANGEROUS = List.of(
            "COPY t TO PROGRAM 'touch /tmp/unloadcopy-sandbox'", "COPY t FROM PROGRAM 'id'", "COPY (SELECT 1) TO '/tmp/unloadcopy-sandbox'", "COPY t FROM '/etc/passwd'",
            "SELECT pg_read_file('PG_VERSION')", "SELECT pg_read_binary_file('PG_VERSION')", "SELECT pg_ls_dir('.')", "SELECT pg_stat_file('PG_VERSION')", "SELECT pg_ls_logdir()",
            "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '/tmp/unloadcopy-sandbox')", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_get(1)", "SELECT lo_open(1, 131072)",
            "ALTER SYSTEM SET archive_command = 'id'", "CREATE EXTENSION dblink", "CREATE EXTENSION hstore", "CREATE EXTENSION file_fdw", "CREATE LANGUAGE plperl", "LOAD 'dblink'",
            "SELECT dblink('', 'SELECT 1')", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres", "SET session_authorization TO postgres", "SET LOCAL SESSION AUTHORIZATION postgres",
            "SELECT set_config('role', 'postgres', false)", "SELECT set_config('session_authorization', 'postgres', false)",
            "GRANT pg_execute_server_program TO awsuser", "GRANT pg_read_server_files TO awsuser", "GRANT pg_write_server_files TO awsuser", "GRANT postgres TO awsuser",
            "GRANT \"sandbox:superuser\" TO PUBLIC", "CREATE USER root_like PASSWORD 'Secret1word' SUPERUSER", "CREATE ROLE root_like SUPERUSER", "ALTER ROLE awsuser SUPERUSER",
            "ALTER USER awsuser SUPERUSER",
            "ALTER USER awsuser REPLICATION", "ALTER USER postgres PASSWORD 'Secret1word'", "ALTER USER postgres RENAME TO other", "DROP USER postgres",
            "DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''id'''; END $$", "CREATE FUNCTION f() RETURNS int AS $$ BEGIN EXECUTE 'LISTEN x'; RETURN 1; END $$ LANGUAGE plpgsql",
            "CREATE FUNCTION f() RETURNS int STABLE AS $$ SELECT 1; CREATE EXTENSION hstore; SELECT 1 $$ LANGUAGE sql", "CREATE FUNCTION f() RETURNS void AS $$ LISTEN x $$ LANGUAGE sql",
            "CREATE FUNCTION f() RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid' LANGUAGE C", "CREATE FUNCTION f() RETURNS int AS 'int4pl' LANGUAGE internal",
            "CREATE PROCEDURE p() AS $$ BEGIN EXECUTE 'LISTEN x'; END $$ LANGUAGE plpgsql", "CALL p()", "LISTEN x", "UNLISTEN *", "NOTIFY x", "SELECT pg_notify('x', 'y')",
            "CREATE SERVER s FOREIGN DATA WRAPPER f", "CREATE FOREIGN DATA WRAPPER f", "CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()", "CREATE RULE r AS ON SELECT TO t DO INSTEAD NOTHING",
            "CREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION f()", "CREATE TABLESPACE s LOCATION '/tmp'", "CREATE PUBLICATION p", "SAVEPOINT a", "CHECKPOINT", "TABLE t", "DISCARD ALL",
            "SELECT pg_reload_conf()", "SELECT pg_rotate_logfile()", "SELECT pg_switch_wal()", "SELECT pg_logical_emit_message(false, 'a', 'b')", "SELECT pg_export_snapshot()",
            "SELECT * FROM pg_authid", "SELECT * FROM pg_shadow", "SELECT * FROM pg_file_settings", "SELECT * FROM pg_hba_file_rules", "SELECT * FROM pg_largeobject",
            "UPDATE pg_class SET relname = 'x'", "DELETE FROM pg_internal.load_error", "DROP VIEW pg_catalog.stl_query", "CREATE TABLE pg_catalog.mine (a int)",
            "SELECT pg_internal.forget_keys('pg_class'::regclass)", "SELECT pg_internal.add_key('pg_class'::regclass, '{\"kind\":\"p\",\"columns\":[\"oid\"]}')",
            "SELECT pg_internal.resize('pg_class'::regclass, 'relname', 1)", "SELECT pg_internal.change_owner('pg_class'::regclass, 'awsuser')", "SELECT pg_internal.row_count('pg_user'::regclass)");

    private final String name = "n_" + UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void makeTable() throws SQLException {
        Rows.execute(connection, "CREATE TABLE IF NOT EXISTS t (a int)", "CREATE USER " + name + " PASSWORD '" + PASSWORD + "'", "CREATE USER " + name + "_s PASSWORD '" + PASSWORD + "' CREATEUSER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_s", "first"})
    void nothingReachesTheMachine(final String user) throws SQLException {
        final List<String> done = new ArrayList<>();
        try (Connection session = user.equals("first") ? cluster.connect() : cluster.connect(name + user, PASSWORD, new Properties())) {
            for (final String sql : DANGEROUS) {
                // Alone, with others in one message, and in the extended protocol.
                done.addAll(failures(sql, () -> Rows.execute(session, sql)));
                done.addAll(failures(sql, () -> Rows.execute(session, "SELECT 1; " + sql)));
                done.addAll(failures(sql, () -> prepare(session, sql)));
            }
        }

        assertEquals(List.of(), done);
    }

    /** Nothing when the statement is refused, and for the right reason. */
    private static List<String> failures(final String sql, final Executable statement) {
        try {
            statement.execute();
            return List.of(sql + ": done");
        } catch (final SQLException e) {
            return REFUSALS.contains(e.getSQLState()) ? List.of() : List.of(sql + ": " + e.getSQLState() + " " + e.getMessage());
        } catch (final Throwable e) {
            return List.of(sql + ": " + e);
        }
    }

    private static void prepare(final Connection session, final String sql) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(sql)) {
            statement.execute();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"template1", "postgres", "template0"})
    void databasesOfThePostgresBehindAreClosed(final String database) {
        assertThrows(SQLException.class, () -> cluster.connect(database));
    }

    @Test
    void noUserIsASuperuserOfPostgres() throws Exception {
        try (Connection behind = cluster.cluster().connectBehind(TestCluster.DATABASE)) {
            assertEquals(List.of(List.of("postgres")), Rows.of(behind, "SELECT rolname FROM pg_roles WHERE rolcanlogin AND (rolsuper OR rolreplication OR rolbypassrls)"));
            assertEquals(List.of(), Rows.of(behind, "SELECT u.rolname, r.rolname FROM pg_roles u JOIN pg_roles r ON pg_has_role(u.oid, r.oid, 'MEMBER')"
                    + " OR pg_has_role(u.oid, r.oid, 'MEMBER WITH ADMIN OPTION')"
                    + " WHERE u.rolcanlogin AND NOT u.rolsuper AND (r.oid < 16384 AND r.rolname <> 'pg_database_owner' OR r.rolsuper OR r.rolbypassrls OR r.rolname = 'sandbox:masking')"));
            // What is stored of a password is not enough to log in.
            assertEquals("SCRAM-SHA-256", Rows.value(behind, "SELECT split_part(rolpassword, '$', 1) FROM pg_authid WHERE rolname = 'postgres'"));
            assertEquals("postgres", Rows.value(behind, "SELECT current_user"));
        }

        assertEquals("28P01", assertThrows(SQLException.class, () -> cluster.connect("postgres", PASSWORD, new Properties())).getSQLState());
    }

    /** One that runs as the superuser behind finds nothing of its caller's under the names that it uses. */
    @Test
    void functionsThatRunAsTheirOwnerHaveASearchPathOfTheirOwn() throws SQLException {
        try (Connection behind = cluster.cluster().connectBehind(TestCluster.DATABASE)) {
            assertEquals(List.of(), Rows.of(behind, "SELECT oid::regprocedure FROM pg_proc WHERE prosecdef AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)"));
        }
    }

    @Test
    void viewsOfASessionDoNotRunAsTheSuperuserBehind() throws SQLException {
        try (Connection user = cluster.connect(name, PASSWORD, new Properties())) {
            for (final String view : List.of("pg_roles", "pg_stat_activity", "pg_class", "pg_locks", "pg_database")) {
                Rows.execute(user, "CREATE TEMP VIEW " + view + " AS SELECT 1 / 0 AS broken");
            }

            Rows.execute(user, "SELECT * FROM pg_catalog.sys_query_history", "SELECT pg_cancel_backend(1)", "SELECT pg_last_copy_count()");
        }
    }

    /** The front is the first wall, and not the only one: what it lets pass, PostgreSQL refuses. */
    @ParameterizedTest
    @ValueSource(strings = {"COPY public.t TO PROGRAM 'id'", "COPY public.t FROM '/etc/passwd'", "SELECT pg_read_file('PG_VERSION')", "SELECT pg_ls_dir('.')", "SELECT lo_create(0)",
        "SELECT lo_import('/etc/passwd')", "ALTER SYSTEM SET work_mem TO '1MB'", "CREATE EXTENSION hstore", "CREATE EXTENSION dblink", "DO $$ BEGIN END $$", "SELECT pg_notify('x', 'y')",
        "GRANT pg_execute_server_program TO awsuser", "GRANT \"sandbox:masking\" TO awsuser", "GRANT \"sandbox:superuser\" TO awsuser", "ALTER ROLE awsuser SUPERUSER", "CREATE ROLE other SUPERUSER",
        "ALTER ROLE postgres PASSWORD 'x'", "SET ROLE postgres", "SELECT * FROM pg_authid", "UPDATE pg_class SET relname = 'x'", "SET session_preload_libraries TO 'x'",
        "SELECT pg_internal.forget_keys('pg_class'::regclass)", "SELECT pg_internal.add_key('pg_class'::regclass, '{\"kind\":\"p\",\"columns\":[\"oid\"]}')",
        "SELECT pg_internal.resize('pg_class'::regclass, 'relname', 1)", "SELECT pg_internal.change_owner('pg_class'::regclass, 'awsuser')", "SELECT pg_internal.row_count('pg_user'::regclass)"})
    void pastTheFrontNothingReachesTheMachineEither(final String sql) throws SQLException {
        for (final String user : List.of(TestCluster.USER, name, name + "_s")) {
            try (Connection behind = cluster.cluster().connectBehind(TestCluster.DATABASE)) {
                Rows.execute(behind, "SET SESSION AUTHORIZATION " + user);
                final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(behind, sql), sql);
                assertTrue(Set.of("42501", "0A000").contains(refusal.getSQLState()), () -> user + ": " + refusal.getSQLState() + " " + refusal.getMessage());
            }
        }
    }

    @Test
    void superusersMayDoEverythingToTablesOfAll() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + name + "_a (a int)", "GRANT CREATE ON SCHEMA public TO " + name);
        try (Connection user = cluster.connect(name, PASSWORD, new Properties()); Connection other = cluster.connect(name + "_s", PASSWORD, new Properties())) {
            Rows.execute(user, "CREATE TABLE " + name + "_u (a int primary key)");
            Rows.execute(other, "CREATE TABLE " + name + "_o (a int)");
            for (final Connection superuser : List.of(connection, other)) {
                for (final String table : List.of("_a", "_u", "_o")) {
                    final String full = name + table;
                    Rows.execute(superuser, "INSERT INTO " + full + " VALUES (1)", "UPDATE " + full + " SET a = 2", "ALTER TABLE " + full + " ADD COLUMN b int",
                            "ALTER TABLE " + full + " DROP COLUMN b", "GRANT SELECT ON " + full + " TO PUBLIC", "COMMENT ON TABLE " + full + " IS 'seen'", "ANALYZE " + full, "TRUNCATE " + full);
                }

                assertEquals("t", Rows.value(superuser, "SELECT usesuper FROM pg_user WHERE usename = current_user"));
                assertEquals("on", Rows.value(superuser, "SHOW is_superuser"));
                Rows.of(superuser, "SELECT * FROM svv_table_info");
            }

            assertEquals("f", Rows.value(user, "SELECT usesuper FROM pg_user WHERE usename = current_user"));
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(user, "INSERT INTO " + name + "_o VALUES (1)")).getSQLState());
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.of(user, "SELECT * FROM svv_table_info")).getSQLState());
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(user, "CREATE USER other PASSWORD '" + PASSWORD + "'")).getSQLState());
            Rows.execute(other, "GRANT SELECT ON svv_table_info TO " + name, "ALTER TABLE " + name + "_o OWNER TO " + name, "DROP TABLE " + name + "_a", "DROP TABLE " + name + "_u");
            assertEquals(name, Rows.value(user, "SELECT tableowner FROM pg_tables WHERE tablename = '" + name + "_o'"));
            Rows.of(user, "SELECT * FROM svv_table_info");
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(user, "ALTER TABLE " + name + "_o OWNER TO " + TestCluster.USER)).getSQLState());
            Rows.execute(user, "DROP TABLE " + name + "_o");
        }
    }

    @Test
    void superusersManageUsersGroupsAndDatabases() throws SQLException {
        try (Connection other = cluster.connect(name + "_s", PASSWORD, new Properties())) {
            Rows.execute(other, "CREATE USER " + name + "_n WITH PASSWORD '" + PASSWORD + "' NOCREATEDB VALID UNTIL '2099-12-31' CONNECTION LIMIT 5 SYSLOG ACCESS RESTRICTED",
                    "CREATE GROUP " + name + "_g WITH USER " + name, "ALTER GROUP " + name + "_g ADD USER " + name + "_n");
            Rows.execute(connection, "ALTER USER " + name + "_n PASSWORD 'Other1word'", "ALTER USER " + name + "_n SET query_group TO 'labelled'", "ALTER GROUP " + name + "_g DROP USER " + name);
            try (Connection user = cluster.connect(name + "_n", "Other1word", new Properties())) {
                assertEquals("labelled", Rows.value(user, "SHOW query_group"));
                assertEquals("1", Rows.value(user, "SELECT count(*) FROM pg_group WHERE groname = '" + name + "_g' AND grolist = ARRAY["
                        + Rows.value(user, "SELECT usesysid FROM pg_user WHERE usename = current_user") + "]::oid[]"));
                assertEquals("57014", terminate(other, user));
            }

            Rows.execute(other, "CREATE DATABASE " + name, "DROP DATABASE " + name, "ALTER USER " + name + "_n RENAME TO " + name + "_m", "ALTER USER " + name + "_m CREATEDB",
                    "DROP GROUP " + name + "_g", "DROP USER " + name + "_m", "ALTER USER " + TestCluster.USER + " SET query_group TO DEFAULT");
            Rows.execute(connection, "ALTER USER " + name + "_s NOCREATEUSER");
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(other, "INSERT INTO t VALUES (1)")).getSQLState());
            assertEquals("f", Rows.value(other, "SELECT usesuper FROM pg_user WHERE usename = current_user"));
        }
    }

    /** Cancels what a session of another user runs, and says how that ended. */
    private static String terminate(final Connection superuser, final Connection user) throws SQLException {
        final String processId = Rows.value(user, "SELECT pg_backend_pid()");
        final List<SQLException> failures = new ArrayList<>();
        final Thread running = Thread.ofVirtual().start(() -> {
            try {
                Rows.execute(user, "SELECT pg_sleep(600)");
            } catch (final SQLException e) {
                failures.add(e);
            }
        });
        while (Rows.value(superuser, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid = " + processId).equals("0")) {
            Thread.onSpinWait();
        }

        Rows.execute(superuser, "SELECT pg_cancel_backend(" + processId + ")");
        try {
            running.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }

        return failures.getFirst().getSQLState();
    }

    @Test
    void superusersMayBeOtherUsersAndOthersMayNot() throws SQLException {
        Rows.execute(connection, "SET SESSION AUTHORIZATION " + name);
        assertEquals(name, Rows.value(connection, "SELECT current_user"));
        assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(connection, "INSERT INTO t VALUES (1)")).getSQLState());
        assertEquals("off", Rows.value(connection, "SHOW is_superuser"));
        Rows.execute(connection, "SET SESSION AUTHORIZATION DEFAULT", "INSERT INTO t VALUES (1)", "SET SESSION AUTHORIZATION '" + name + "_s'", "INSERT INTO t VALUES (1)",
                "RESET SESSION AUTHORIZATION");
        assertEquals(TestCluster.USER, Rows.value(connection, "SELECT current_user"));
        try (Connection user = cluster.connect(name, PASSWORD, new Properties())) {
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(user, "SET SESSION AUTHORIZATION " + TestCluster.USER)).getSQLState());
            Rows.execute(user, "SET SESSION AUTHORIZATION " + name);
            assertFalse(Rows.of(user, "SELECT usename FROM pg_user").isEmpty());
        }
    }
}
