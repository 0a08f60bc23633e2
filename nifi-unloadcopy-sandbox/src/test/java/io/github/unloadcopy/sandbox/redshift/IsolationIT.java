package io.github.unloadcopy.sandbox.redshift;

import com.amazon.redshift.util.RedshiftException;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel.SNAPSHOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The examples of concurrent transactions in the Redshift Database Developer Guide (pages "Isolation levels in Amazon Redshift", "Write and read/write operations", "Concurrent write examples",
 * "Troubleshooting serializable isolation errors"), each with what it says of either level, over both protocols.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class IsolationIT {

    private static final int WAVES = 20;
    private static final int CLIENTS = 8;

    private final String name = "t_" + UUID.randomUUID().toString().replace("-", "");
    private final String other = name + "_other";
    private final List<Session> sessions = new ArrayList<>();
    private TestCluster cluster;
    private String protocol = "extended";

    @AfterEach
    void close() throws SQLException {
        for (final Session session : sessions) {
            session.connection().close();
        }
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void updatesOfDifferentRows(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (0), (1)");
        final Session one = begin();
        final Session two = begin();
        one.count(name);
        two.count(name);
        one.run("UPDATE " + name + " SET a = 0 WHERE a = 1");
        one.commit();
        if (level == SNAPSHOT) {
            two.run("UPDATE " + name + " SET a = 1 WHERE a = 0");
            assertEquals(List.of(List.of("1"), List.of("1")), two.rows("SELECT a FROM " + name));
            two.commit();
            assertEquals(List.of(List.of("0"), List.of("1")), begin().rows("SELECT a FROM " + name + " ORDER BY 1"));
        } else {
            two.violates("UPDATE " + name + " SET a = 1 WHERE a = 0");
            assertEquals(List.of(List.of("0"), List.of("0")), begin().rows("SELECT a FROM " + name));
        }
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void updatesOfTheSameRow(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (1)");
        final Session one = begin();
        final Session two = begin();
        two.count(name);
        one.run("UPDATE " + name + " SET a = 2");
        final FutureTask<Void> waiting = two.later("UPDATE " + name + " SET a = 3");
        one.commit();
        final SQLException failure = failure(waiting);
        if (level == SNAPSHOT) {
            assertEquals("40001", failure.getSQLState(), failure::toString);
        } else {
            assertViolation(failure);
        }
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void eachReadsWhatTheOtherInserts(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = begin();
        final Session two = begin();
        one.count(name);
        one.run("INSERT INTO " + other + " VALUES (1)");
        two.run("INSERT INTO " + name + " VALUES (1)");
        if (level == SNAPSHOT) {
            two.count(other);
            two.commit();
        } else {
            two.violates("SELECT count(*) FROM " + other);
        }

        one.commit();
        assertEquals(1, begin().count(other));
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void theReadsOutsideOfTheTransactionsDoNotConflict(final IsolationLevel level) throws Exception {
        start(level, "extended");
        final Session one = begin();
        final Session two = open();
        one.run("INSERT INTO " + name + " VALUES (1)");
        two.count(name);
        two.begin();
        two.run("INSERT INTO " + other + " VALUES (1)");
        one.commit();
        one.connection().setAutoCommit(true);
        assertEquals(0, one.count(other));
        two.commit();
        assertEquals(1, one.count(other));
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void conflictWithATransactionThatHasCommitted(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = open();
        final Session two = begin();
        two.count(name);
        one.run("INSERT INTO " + name + " SELECT * FROM " + other);
        if (level == SNAPSHOT) {
            two.run("INSERT INTO " + other + " VALUES (1)");
            two.commit();
        } else {
            two.violates("INSERT INTO " + other + " VALUES (1)");
        }

        // One that begins afterwards has nothing to do with it.
        final Session three = begin();
        three.count(name);
        three.run("INSERT INTO " + other + " VALUES (1)");
        three.commit();
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void statementsOfTheirOwnConflictAsWell(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (1)");
        final Session one = begin();
        one.count(name);
        one.run("INSERT INTO " + other + " VALUES (1)");
        final Session two = open();
        final String sql = "DELETE FROM " + name + " USING " + other + " WHERE " + name + ".a = " + other + ".a";
        if (level == SNAPSHOT) {
            two.run(sql);
        } else {
            assertViolation(assertThrows(SQLException.class, () -> two.run(sql)));
        }

        one.commit();
        two.run(sql);
        assertEquals(0, two.count(name));
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void insertsIntoOneTable(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = begin();
        final Session two = begin();
        one.run("INSERT INTO " + name + " VALUES (1)");
        if (level == SNAPSHOT) {
            two.run("INSERT INTO " + name + " VALUES (2)");
            one.commit();
        } else {
            final FutureTask<Void> waiting = two.later("INSERT INTO " + name + " VALUES (2)");
            one.commit();
            waiting.get(1, TimeUnit.MINUTES);
        }

        two.commit();
        assertEquals(2, begin().count(name));
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void copiesIntoOneTable(final IsolationLevel level) throws Exception {
        start(level, "extended", "INSERT INTO " + other + " VALUES (1), (2)");
        final String bucket = cluster.bucket();
        open().run("UNLOAD ('SELECT * FROM " + other + "') TO 's3://" + bucket + "/copies/' IAM_ROLE default");
        final String copy = "COPY " + name + " FROM 's3://" + bucket + "/copies/' IAM_ROLE default";
        final Session one = begin();
        one.run(copy);
        for (final Session two : List.of(begin(), open())) {
            if (level == SNAPSHOT) {
                two.run(copy);
            } else {
                final FutureTask<Void> waiting = two.later(copy);
                one.connection().commit();
                waiting.get(1, TimeUnit.MINUTES);
            }

            if (!two.connection().getAutoCommit()) {
                two.commit();
            }

            one.run(copy);
        }

        one.commit();
        assertEquals(10, begin().count(name));
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void deletesFromOneTableWaitAndSucceed(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (1), (2)");
        for (final boolean own : List.of(true, false)) {
            final Session one = begin();
            final Session two = own ? open() : begin();
            one.run("DELETE FROM " + name + " WHERE a = 1");
            one.run("INSERT INTO " + name + " VALUES (3)");
            final FutureTask<Void> waiting = two.later("DELETE FROM " + name + " WHERE a IN (1, 3)");
            one.commit();
            waiting.get(1, TimeUnit.MINUTES);
            if (!own) {
                two.commit();
            }

            assertEquals(List.of(List.of("2")), begin().rows("SELECT a FROM " + name));
        }
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void mixtureOfReadsAndWritesWaits(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (1), (2)");
        mixReadsAndWrites();
    }

    /** What the cluster asks itself before statements that read masked tables makes a snapshot: of these only. */
    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple"})
    void maskingOfAnotherTableMakesNoSnapshot(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode, "INSERT INTO " + name + " VALUES (1), (2)", "CREATE MASKING POLICY mask_" + name + " WITH (a int) USING (0)",
                "ATTACH MASKING POLICY mask_" + name + " ON " + other + " (a) TO PUBLIC");
        mixReadsAndWrites();
    }

    private void mixReadsAndWrites() throws Exception {
        final Session one = begin();
        final Session two = begin();
        one.run("DELETE FROM " + name + " WHERE a = 1");
        one.run("INSERT INTO " + name + " VALUES (3), (4)");
        assertEquals(3, one.count(name));
        final FutureTask<Void> waiting = two.later("INSERT INTO " + name + " VALUES (5)");
        one.commit();
        waiting.get(1, TimeUnit.MINUTES);
        assertEquals(4, two.count(name));
        two.commit();
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void writersOfTwoTablesInOppositeOrderDeadlock(final IsolationLevel level) throws Exception {
        start(level, "extended");
        final Session one = begin();
        final Session two = begin();
        one.run("DELETE FROM " + name);
        two.run("DELETE FROM " + other);
        final FutureTask<Void> waiting = one.later("DELETE FROM " + other);
        final FutureTask<Void> last = new FutureTask<>(() -> two.run("DELETE FROM " + name));
        Thread.ofVirtual().start(last);
        assertOneDeadlock(one, waiting, two, last);
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple"})
    void updatesAfterInsertsIntoOneTableDeadlock(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = begin();
        final Session two = begin();
        one.run("INSERT INTO " + name + " VALUES (1)");
        two.run("INSERT INTO " + name + " VALUES (2)");
        final FutureTask<Void> waiting = one.later("UPDATE " + name + " SET a = 3");
        final FutureTask<Void> last = new FutureTask<>(() -> two.run("UPDATE " + name + " SET a = 4"));
        Thread.ofVirtual().start(last);
        assertOneDeadlock(one, waiting, two, last);
    }

    private static void assertOneDeadlock(final Session one, final FutureTask<Void> first, final Session two, final FutureTask<Void> second) throws Exception {
        final List<String> states = new ArrayList<>();
        final List<Session> all = List.of(one, two);
        // Whichever PostgreSQL fails lets the other one go on.
        for (final FutureTask<Void> task : List.of(first, second)) {
            try {
                task.get(1, TimeUnit.MINUTES);
            } catch (final ExecutionException e) {
                states.add(assertInstanceOf(SQLException.class, e.getCause()).getSQLState());
            }
        }

        assertEquals(List.of("40P01"), states);
        for (final Session session : all) {
            session.connection().rollback();
        }
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void lockMakesNoSnapshot(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = begin();
        one.run("LOCK " + other);
        open().run("INSERT INTO " + name + " VALUES (1)");
        assertEquals(1, one.count(name));
        open().run("INSERT INTO " + name + " VALUES (2)");
        assertEquals(1, one.count(name));
        one.commit();
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void tableThatIsNewerThanTheSnapshotDoesNotExist(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session two = begin();
        for (final String sql : List.of("SELECT count(*) FROM ", "INSERT INTO # VALUES (1)", "DELETE FROM ", "UNLOAD ('SELECT * FROM #') TO 's3://" + cluster.bucket() + "/new/' IAM_ROLE default")) {
            two.count(name);
            open().run("DROP TABLE " + other);
            open().run("CREATE TABLE " + other + " (a int)");
            final String statement = sql.contains("#") ? sql.replace("#", other) : sql + other;
            final RedshiftException failure = assertInstanceOf(RedshiftException.class, assertThrows(SQLException.class, () -> two.run(statement), statement));
            assertEquals("XX000", failure.getSQLState(), failure::toString);
            assertEquals("1018", failure.getServerErrorMessage().getMessage());
            assertEquals("Relation does not exist.", failure.getServerErrorMessage().getDetail());
            two.connection().rollback();
            assertEquals(0, two.count(other));
            two.commit();
        }

        two.count(name);
        two.run("CREATE TABLE " + name + "_own (a int)");
        two.run("INSERT INTO " + name + "_own VALUES (1)");
        two.run("CREATE TABLE " + name + "_copy AS SELECT * FROM " + name + "_own");
        two.run("DROP TABLE " + name + "_own");
        assertEquals(1, two.count(name + "_copy"));
        two.commit();
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void transactionsThatShareOnlyInsertsDoNotConflict(final IsolationLevel level) throws Exception {
        start(level, "extended", "INSERT INTO " + other + " VALUES (1), (2)");
        final String bucket = cluster.bucket();
        open().run("UNLOAD ('SELECT * FROM " + other + "') TO 's3://" + bucket + "/waves/' IAM_ROLE default");
        final CyclicBarrier barrier = new CyclicBarrier(CLIENTS);
        final List<FutureTask<Void>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            final Session session = open();
            final String table = name + "_" + client;
            session.run("CREATE TABLE " + table + "_copied (a int)");
            session.begin();
            final FutureTask<Void> task = new FutureTask<>(() -> {
                for (int wave = 0; wave < WAVES; wave++) {
                    barrier.await(1, TimeUnit.MINUTES);
                    session.run("CREATE TABLE " + table + "_" + wave + " (a int)");
                    session.run("INSERT INTO " + table + "_" + wave + " VALUES (1), (2)");
                    session.run("DELETE FROM " + table + "_" + wave + " WHERE a = 1");
                    assertEquals(1, session.count(table + "_" + wave));
                    session.run("COPY " + table + "_copied FROM 's3://" + bucket + "/waves/' IAM_ROLE default");
                    session.run("INSERT INTO " + name + " VALUES (" + wave + ")");
                    session.commit();
                }

                return null;
            });
            clients.add(task);
        }

        clients.forEach(task -> Thread.ofPlatform().start(task));
        for (final FutureTask<Void> client : clients) {
            client.get(2, TimeUnit.MINUTES);
        }

        assertEquals(WAVES * CLIENTS, begin().count(name));
    }

    /** A load that must happen once: COPY, LOCK of a gate, SELECT of the ledger in a second session, blind INSERT into the ledger. */
    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void loadThatMustHappenOnce(final IsolationLevel level) throws Exception {
        start(level, "extended");
        final String gate = name + "_gate";
        open().run("CREATE TABLE " + gate + " (a int)");
        final CyclicBarrier barrier = new CyclicBarrier(2);
        final List<FutureTask<Boolean>> tries = new ArrayList<>();
        for (int index = 0; index < 2; index++) {
            final Session load = open();
            final Session reader = open();
            tries.add(new FutureTask<>(() -> {
                boolean loaded = false;
                for (int round = 0; round < WAVES; round++) {
                    barrier.await(1, TimeUnit.MINUTES);
                    load.begin();
                    load.run("INSERT INTO " + name + " VALUES (" + round + ")");
                    load.run("LOCK " + gate);
                    final boolean found = !reader.rows("SELECT a FROM " + other + " WHERE a = " + round).isEmpty();
                    if (found) {
                        load.connection().rollback();
                    } else {
                        load.run("INSERT INTO " + other + " VALUES (" + round + ")");
                        load.commit();
                        loaded = true;
                    }
                }

                return loaded;
            }));
        }

        tries.forEach(task -> Thread.ofPlatform().start(task));
        for (final FutureTask<Boolean> task : tries) {
            task.get(1, TimeUnit.MINUTES);
        }

        assertEquals(WAVES, begin().count(name));
        assertEquals(WAVES, begin().count(other));
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void userWhoMayOnlyInsert(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final String user = "u" + name;
        open().run("CREATE USER " + user + " PASSWORD 'Secret1word'");
        open().run("GRANT INSERT ON " + name + " TO " + user);
        try (Connection connection = cluster.connect(user, "Secret1word", properties())) {
            Rows.execute(connection, "INSERT INTO " + name + " VALUES (1)");
            final SQLException refused = assertThrows(SQLException.class, () -> Rows.execute(connection, "DELETE FROM " + name));
            assertEquals("42501", refused.getSQLState());
            connection.setAutoCommit(false);
            Rows.execute(connection, "INSERT INTO " + name + " VALUES (2)");
            connection.commit();
        }

        assertEquals(2, open().count(name));
        final SQLException missing = assertThrows(SQLException.class, () -> open().run("UPDATE nothing SET a = 1"));
        assertEquals("42P01", missing.getSQLState());
    }

    @ParameterizedTest
    @CsvSource({"SNAPSHOT,extended", "SNAPSHOT,simple", "SERIALIZABLE,extended", "SERIALIZABLE,simple"})
    void severalStatementsInOneTextAreOneTransaction(final IsolationLevel level, final String mode) throws Exception {
        start(level, mode);
        final Session one = open();
        assertThrows(SQLException.class, () -> one.run("INSERT INTO " + name + " VALUES (1); UPDATE " + name + " SET a = 2; INSERT INTO " + name + " VALUES ('x')"));
        assertEquals(0, one.count(name));
        one.run("BEGIN; INSERT INTO " + name + " VALUES (1); UPDATE " + name + " SET a = 2; COMMIT");
        one.run("INSERT INTO " + name + " VALUES (1); UPDATE " + name + " SET a = 2");
        assertEquals(List.of(List.of("2"), List.of("2")), begin().rows("SELECT a FROM " + name));
    }

    private void start(final IsolationLevel level, final String mode, final String... statements) throws SQLException, IOException {
        cluster = TestCluster.get(level);
        protocol = mode;
        try (Connection connection = cluster.connect()) {
            Rows.execute(connection, "CREATE TABLE " + name + " (a int)", "CREATE TABLE " + other + " (a int)");
            Rows.execute(connection, statements);
        }
    }

    private Properties properties() {
        final Properties properties = new Properties();
        properties.setProperty("preferQueryMode", protocol);
        return properties;
    }

    private Session open() throws SQLException {
        final Connection connection = cluster.connect(TestCluster.USER, cluster.password(), properties());
        final Session session = new Session(connection, Rows.value(connection, "SELECT pg_backend_pid()"));
        sessions.add(session);
        return session;
    }

    private Session begin() throws SQLException {
        final Session session = open();
        session.begin();
        return session;
    }

    private static SQLException failure(final FutureTask<Void> task) {
        return assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, () -> task.get(1, TimeUnit.MINUTES)).getCause());
    }

    private static void assertViolation(final SQLException failure) {
        final RedshiftException violation = assertInstanceOf(RedshiftException.class, failure);
        assertEquals("XX000", violation.getSQLState(), violation::toString);
        assertEquals("1023", violation.getServerErrorMessage().getMessage());
        final String detail = violation.getServerErrorMessage().getDetail();
        assertTrue(detail.matches("Serializable isolation violation on table - \\d+, transactions forming the cycle are: [1-9]\\d*, [1-9]\\d* \\(pid:\\d+\\)"), detail);
    }

    /** One client. */
    private final class Session {

        private final Connection connection;
        private final String processId;

        private Session(final Connection connection, final String processId) {
            this.connection = connection;
            this.processId = processId;
        }

        private Connection connection() {
            return connection;
        }

        private void begin() throws SQLException {
            connection.setAutoCommit(false);
        }

        private void commit() throws SQLException {
            connection.commit();
        }

        private Void run(final String sql) throws SQLException {
            Rows.execute(connection, sql);
            return null;
        }

        private List<List<String>> rows(final String sql) throws SQLException {
            return Rows.of(connection, sql);
        }

        private long count(final String table) throws SQLException {
            return Rows.count(connection, table);
        }

        private void violates(final String sql) throws SQLException {
            assertViolation(assertThrows(SQLException.class, () -> run(sql)));
            assertEquals("25P02", assertThrows(SQLException.class, () -> run("SELECT 1")).getSQLState());
            connection.rollback();
        }

        /** Starts a statement, and comes back when it waits for another transaction. */
        private FutureTask<Void> later(final String sql) throws SQLException {
            final FutureTask<Void> task = new FutureTask<>(() -> run(sql));
            Thread.ofVirtual().start(task);
            final Session observer = open();
            while (!task.isDone() && observer.rows("SELECT 1 FROM pg_locks WHERE NOT granted AND pid = " + processId).isEmpty()) {
                Thread.onSpinWait();
            }

            assertTrue(!task.isDone(), "It does not wait: " + sql);
            return task;
        }
    }
}
