package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** How a session finds what other sessions run, and ends it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CancelIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
    private static final String PASSWORD = "Secret1word";

    private final String name = "c" + UUID.randomUUID().toString().replace("-", "");
    private RunningStatements faults;
    private Connection other;
    private String pid;

    @BeforeEach
    void prepare() throws SQLException {
        faults = new RunningStatements(cluster);
        Rows.execute(connection, "CREATE TABLE " + name + " (a int)", "INSERT INTO " + name + " VALUES (1), (2), (3), (4)");
        other = cluster.connect();
        pid = Rows.value(other, "SELECT pg_backend_pid()");
    }

    @AfterEach
    void clear() throws SQLException {
        cluster.cloud().faults().clear();
        other.close();
    }

    private String unload() {
        return "UNLOAD ('SELECT * FROM " + name + "') TO 's3://" + bucket + '/' + name + "/'" + ROLE;
    }

    private String copy() {
        return "COPY " + name + " FROM 's3://" + bucket + '/' + name + "/'" + ROLE;
    }

    private List<String> objects() {
        return cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(name + '/')).contents().stream().map(S3Object::key).toList();
    }

    @Test
    void unloadThatHangsBetweenItsObjectsIsFoundAndCancelled() throws SQLException {
        faults.add("UNLOAD", name, Effect.hang().afterObjects(1));
        final String label = "unloadcopy:" + name + ":" + "x".repeat(260);
        other.setAutoCommit(false);
        Rows.execute(other, "SET LOCAL query_group TO '" + label + "'");
        try (Connection snapshot = cluster.connect()) {
            Rows.execute(snapshot, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT count(*) FROM " + name);
            final FutureTask<Void> unload = RunningStatements.start(other, connection, unload());
            final String query = "SELECT session_id FROM sys_query_history WHERE query_label LIKE 'unloadcopy:" + name + ":%' AND status IN ('planning', 'queued', 'running', 'returning')";
            assertEquals(List.of(List.of(pid)), Rows.of(connection, query));
            assertEquals(List.of(List.of(pid)), Rows.of(snapshot, query), "System tables are not under the snapshot of a transaction.");
            assertEquals(label, Rows.value(connection, "SELECT trim(query_label) FROM sys_query_history WHERE session_id = " + pid + " AND end_time IS NULL AND elapsed_time > 0"));
            while (objects().isEmpty()) {
                Thread.onSpinWait();
            }

            try (PreparedStatement cancel = connection.prepareStatement("SELECT pg_cancel_backend(?)")) {
                cancel.setInt(1, Integer.parseInt(pid));
                cancel.execute();
            }

            RunningStatements.awaitStatus(connection, pid, "canceled");
            assertEquals(List.of(name + "/0000_part_00"), objects());
            assertEquals(List.of(), Rows.of(snapshot, query));
            final SQLException failure = RunningStatements.failure(unload);
            assertEquals("57014", failure.getSQLState());
            assertTrue(failure.getMessage().contains("cancelled on user's request"), failure::getMessage);
            assertEquals("25P02", assertThrows(SQLException.class, () -> Rows.value(other, "SELECT 1")).getSQLState());
            other.rollback();
            assertEquals("default", Rows.value(other, "SHOW query_group"));
            assertEquals(List.of(name + "/0000_part_00"), objects());
        }
    }

    @Test
    void labelAndStatusStayInTheHistory() throws SQLException {
        Rows.execute(other, unload(), "SET query_group TO 'nightly'", copy());
        assertThrows(SQLException.class, () -> Rows.execute(other, unload()));
        assertEquals(List.of(List.of("UNLOAD", "default", "success", "default", "0"), List.of("COPY", "nightly", "success", "nightly", "0"), List.of("UNLOAD", "nightly", "failed", "nightly", "1")),
                Rows.of(connection, "SELECT trim(query_type), trim(query_label), trim(status), trim(label), aborted FROM sys_query_history JOIN stl_query ON query = query_id WHERE session_id = " + pid
                        + " ORDER BY query_id"));
    }

    @Test
    void copyIsCancelledWithAMessage() throws SQLException {
        Rows.execute(connection, unload());
        faults.add("COPY", name, Effect.hang().afterRows(2));
        final FutureTask<Void> copy = RunningStatements.start(other, connection, copy());
        assertEquals(List.of(List.of("COPY " + name, "Running", pid)), Rows.of(connection, "SELECT substring(query, 1, 38), trim(status), pid FROM stv_recents WHERE pid = " + pid));
        assertEquals("default", Rows.value(connection, "SELECT trim(label) FROM stv_inflight WHERE pid = " + pid));
        Rows.execute(connection, "CANCEL " + pid + " 'Long-running \"query\"'");
        final SQLException failure = RunningStatements.failure(copy);
        assertEquals("57014", failure.getSQLState());
        assertTrue(failure.getMessage().contains("Long-running \"query\""), failure::getMessage);
        RunningStatements.awaitStatus(connection, pid, "canceled");
        assertEquals("0", Rows.value(connection, "SELECT count(*) FROM stv_inflight WHERE pid = " + pid));
        assertEquals(4, Rows.count(other, name));
        Rows.execute(other, copy());
        assertEquals(8, Rows.count(connection, name));
    }

    @Test
    void whatPostgresRunsIsCancelledToo() throws SQLException {
        final FutureTask<Void> sleep = new FutureTask<>(() -> {
            Rows.execute(other, "SELECT pg_sleep(600)");
            return null;
        });
        Thread.ofVirtual().start(sleep);
        while (Rows.value(connection, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid = " + pid).equals("0")) {
            Thread.onSpinWait();
        }

        Rows.execute(connection, "CANCEL " + pid + " 'Too long'");

        final SQLException failure = RunningStatements.failure(sleep);
        assertEquals("57014", failure.getSQLState());
        assertTrue(failure.getMessage().contains("Too long"), failure::getMessage);
        assertEquals("1", Rows.value(other, "SELECT 1"));
    }

    @Test
    void whatWaitsBeforeItsStatementIsCancelled() throws SQLException {
        for (final String sql : List.of("SELECT count(*) FROM " + name, unload())) {
            cluster.cloud().faults().clear();
            faults.add(sql.substring(0, 6), name, Effect.latency(Duration.ofHours(1)));
            final FutureTask<Void> waiting = new FutureTask<>(() -> {
                Rows.execute(other, sql);
                return null;
            });
            Thread.ofVirtual().start(waiting);
            while (cluster.cloud().faults().list().getFirst().injected() == 0) {
                Thread.onSpinWait();
            }

            Rows.execute(connection, "SELECT pg_cancel_backend(" + pid + ")");
            assertEquals("57014", RunningStatements.failure(waiting).getSQLState());
            assertEquals(List.of(), objects());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void terminatedCopyIsRolledBack(final boolean inTransaction) throws SQLException {
        Rows.execute(connection, unload());
        faults.add("COPY", name, Effect.hang().afterRows(1));
        if (inTransaction) {
            Rows.execute(other, "BEGIN");
        }

        final FutureTask<Void> copy = RunningStatements.start(other, connection, copy());
        Rows.execute(connection, "SELECT pg_terminate_backend(" + pid + ")");
        assertEnded(RunningStatements.failure(copy));
        RunningStatements.awaitStatus(connection, pid, "canceled");
        awaitNoSession();
        assertEquals(4, Rows.count(connection, name));
    }

    @Test
    void terminatedUnloadWritesNothingMore() throws SQLException {
        faults.add("UNLOAD", name, Effect.hang().afterRows(3));
        final FutureTask<Void> unload = RunningStatements.start(other, connection, unload());
        Rows.execute(connection, "SELECT pg_terminate_backend(" + pid + ")");
        assertEnded(RunningStatements.failure(unload));
        RunningStatements.awaitStatus(connection, pid, "canceled");
        awaitNoSession();
        assertEquals(List.of(), objects());
    }

    @Test
    void terminatedIdleSessionIsRolledBack() throws SQLException {
        Rows.execute(other, "BEGIN", "LOCK " + name, "INSERT INTO " + name + " VALUES (5)");
        final List<List<String>> transaction = Rows.of(connection, "SELECT txn_owner, txn_db, lock_mode, lockable_object_type, granted FROM svv_transactions WHERE pid = " + pid
                + " AND (relation IS NULL OR relation = (SELECT oid FROM pg_class WHERE relname = '" + name + "')) AND lock_mode <> 'RowExclusiveLock' "
                + "AND txn_start IS NOT NULL AND xid > 0 ORDER BY 3");
        assertEquals(List.of(List.of(TestCluster.USER, TestCluster.DATABASE, "AccessExclusiveLock", "relation", "t"),
                List.of(TestCluster.USER, TestCluster.DATABASE, "ExclusiveLock", "transactionid", "t")), transaction);
        Rows.execute(connection, "BEGIN");
        assertEquals(List.of(List.of(TestCluster.USER, TestCluster.DATABASE, "0")),
                Rows.of(connection, "SELECT trim(user_name), trim(db_name), timeout_sec FROM stv_sessions WHERE starttime IS NOT NULL AND process = " + pid));
        Rows.execute(connection, "SELECT pg_terminate_backend(" + pid + ")");
        awaitNoSession();
        Rows.execute(connection, "COMMIT");
        assertEnded(assertThrows(SQLException.class, () -> Rows.execute(other, "COMMIT")));
        assertEquals(4, Rows.count(connection, name));
    }

    private static void assertEnded(final SQLException failure) {
        // The server's last words get lost when the client's own come in between.
        assertTrue(List.of("57P01", "08006").contains(failure.getSQLState()), failure::toString);
    }

    private void awaitNoSession() throws SQLException {
        while (!Rows.value(connection, "SELECT count(*) FROM stv_sessions WHERE process = " + pid).equals("0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void idleSessionsAreNotHarmed() throws SQLException {
        Rows.execute(other, "BEGIN", "INSERT INTO " + name + " VALUES (5)");
        Rows.execute(connection, "CANCEL " + pid, "SELECT pg_cancel_backend(" + pid + ")");
        Rows.execute(other, "COMMIT");
        assertEquals(5, Rows.count(connection, name));
        Rows.execute(connection, "SELECT pg_cancel_backend(999999), pg_terminate_backend(999999)");
        final SQLException missing = assertThrows(SQLException.class, () -> Rows.execute(connection, "CANCEL 999999"));
        assertTrue(missing.getMessage().contains("Session 999999 does not exist."), missing::getMessage);
        for (final String wrong : List.of("CANCEL", "CANCEL x", "CANCEL 1 2", "CANCEL 1 'a' 'b'", "CANCEL '1'")) {
            assertEquals("42601", assertThrows(SQLException.class, () -> Rows.execute(connection, wrong)).getSQLState(), wrong);
        }
    }

    @Test
    void usersEndWhatIsTheirOwn() throws SQLException {
        Rows.execute(connection, "CREATE USER " + name + "_1 PASSWORD '" + PASSWORD + "'", "CREATE USER " + name + "_2 PASSWORD '" + PASSWORD + "'",
                "GRANT SELECT ON " + name + " TO PUBLIC");
        faults.add("UNLOAD", name, Effect.hang());
        try (Connection owner = user(1); Connection sameUser = user(1); Connection stranger = user(2)) {
            final String process = Rows.value(owner, "SELECT pg_backend_pid()");
            final FutureTask<Void> unload = RunningStatements.start(owner, connection, unload());
            assertEquals(List.of(List.of("running")), RunningStatements.status(sameUser, process));
            for (final String view : List.of("sys_query_history WHERE session_id = ", "stv_recents WHERE pid = ", "stv_inflight WHERE pid = ", "stv_sessions WHERE process = ",
                    "svv_transactions WHERE pid = ")) {
                assertEquals("0", Rows.value(stranger, "SELECT count(*) FROM " + view + process), view);
            }

            for (final String call : List.of("SELECT pg_cancel_backend(" + process + ")", "SELECT pg_terminate_backend(" + process + ")", "CANCEL " + process)) {
                final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(stranger, call));
                assertEquals("42501", refusal.getSQLState(), refusal::toString);
            }

            assertFalse(unload.isDone());
            Rows.execute(sameUser, "CANCEL " + process);
            assertEquals("57014", RunningStatements.failure(unload).getSQLState());
        }
    }

    private Connection user(final int number) throws SQLException {
        return cluster.connect(name + '_' + number, PASSWORD, new Properties());
    }
}
