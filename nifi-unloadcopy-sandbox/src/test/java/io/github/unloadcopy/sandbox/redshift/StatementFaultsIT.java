package io.github.unloadcopy.sandbox.redshift;

import com.amazon.redshift.util.RedshiftException;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the real driver makes of each fault, and what the cluster has done then. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StatementFaultsIT {

    private static final String CONNECTION_FAILURE = "08006";

    private static TestCluster cluster;
    private static String bucket;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.get();
        bucket = cluster.bucket();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        run("DROP TABLE IF EXISTS faulty", "CREATE TABLE faulty (id INTEGER, name VARCHAR(50))", "INSERT INTO faulty VALUES (1, 'one'), (2, 'two')");
    }

    @AfterEach
    void clear() {
        cluster.cloud().faults().clear();
    }

    @Test
    void commitNeverArrives() throws SQLException {
        insertInTransaction(Effect.drop());
        assertEquals(2, rows());
    }

    @Test
    void commitIsDoneAndTheAnswerLost() throws SQLException {
        insertInTransaction(Effect.dropAnswer());
        assertEquals(3, rows());
    }

    @Test
    void statementIsDoneAndTheAnswerLost() throws SQLException {
        add(Match.statement("INSERT").on("*lost*"), Effect.dropAnswer());
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            assertState(CONNECTION_FAILURE, () -> statement.execute("INSERT INTO faulty VALUES (3, 'lost')"));
        }

        assertEquals(3, rows());
    }

    @Test
    void statementNeverArrives() throws SQLException {
        add(Match.statement("INSERT"), Effect.drop());
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            assertState(CONNECTION_FAILURE, () -> statement.execute("INSERT INTO faulty VALUES (3, 'three')"));
        }

        assertEquals(2, rows());
    }

    @Test
    void resultIsCut() throws SQLException {
        add(Match.statement("SELECT"), Effect.cutAfterRows(1000));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            // The driver, which reads ahead on another thread, does not always throw: it may as well end the rows.
            try (ResultSet rows = statement.executeQuery("SELECT * FROM generate_series(1, 2000)")) {
                while (rows.next()) {
                    assertTrue(rows.getInt(1) <= 1000);
                }
            } catch (final SQLException e) {
                assertEquals("Exception retrieving query results.", e.getMessage());
            }

            assertThrows(SQLException.class, () -> statement.execute("SELECT 1"));
        }
    }

    @Test
    void diskIsFull() throws SQLException {
        add(Match.statement("INSERT"), Effect.error("53100"));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            final SQLException full = assertState("53100", () -> statement.execute("INSERT INTO faulty SELECT 3, 'three'"));
            assertTrue(full.getMessage().contains("Disk Full"), full::getMessage);
            assertEquals(2, rows());
            statement.execute("INSERT INTO faulty SELECT 3, 'three'");
        }

        assertEquals(3, rows());
    }

    @Test
    void failureFailsTheTransactionAsItsOwnWould() throws SQLException {
        add(Match.statement("DELETE"), Effect.error("1023"));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO faulty VALUES (3, 'three')");
            final RedshiftException violation = assertInstanceOf(RedshiftException.class, assertState("XX000", () -> statement.execute("DELETE FROM faulty")));
            assertTrue(violation.getServerErrorMessage().getMessage().startsWith("1023"), violation::getMessage);
            assertTrue(violation.getServerErrorMessage().getDetail().startsWith("Serializable isolation violation on table"), violation::getMessage);
            assertState("25P02", () -> statement.execute("SELECT 1"));
            connection.rollback();
            statement.execute("DELETE FROM faulty WHERE id = 1");
            connection.commit();
        }

        assertEquals(1, rows());
    }

    @Test
    void copyFails() throws SQLException {
        unload("copy-fails");
        add(Match.statement("COPY"), Effect.error("53100"));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            assertState("53100", () -> statement.execute(copy("copy-fails")));
            assertEquals(2, rows());
            statement.execute(copy("copy-fails"));
        }

        assertEquals(4, rows());
    }

    @Test
    void copyGoesOnWithoutTheClient() throws SQLException {
        unload("copy-cut");
        add(Match.statement("COPY"), Effect.cutAfterRows(1));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            assertState(CONNECTION_FAILURE, () -> statement.execute(copy("copy-cut")));
        }

        awaitRows(4);
    }

    @Test
    void copyInATransactionIsUndoneWithTheConnection() throws SQLException {
        unload("copy-undone");
        add(Match.statement("COPY"), Effect.dropAnswer());
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertState(CONNECTION_FAILURE, () -> statement.execute(copy("copy-undone")));
        }

        assertEquals(2, rows());
    }

    @Test
    void clustersWayToS3IsFaulty() throws SQLException {
        unload("s3");
        add(Match.s3("GetObject").by(Match.CLUSTERS).on(bucket + "/s3/*"), Effect.error("SlowDown"));
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            final SQLException slow = assertThrows(SQLException.class, () -> statement.execute(copy("s3")));
            assertTrue(slow.toString().contains("SlowDown"), slow::toString);
            cluster.cloud().faults().clear();
            add(Match.s3("GetObject").at("test"), Effect.cutAfterBytes(1));
            final SQLException cut = assertThrows(SQLException.class, () -> statement.execute(copy("s3")));
            assertTrue(cut.toString().contains("RequestTimeout"), cut::toString);
            cluster.cloud().faults().clear();
            add(Match.s3("PutObject").at("test"), Effect.cutAfterBytes(1));
            assertThrows(SQLException.class, () -> unload("s3-broken"));
            // An upload that was cut is no object: PUT is atomic. What an UNLOAD has written whole before it fails may stay.
            final List<Long> whole = sizes("s3/");
            assertEquals(List.of(), sizes("s3-broken/").stream().filter(size -> !whole.contains(size)).toList());
        }

        assertEquals(2, rows());
    }

    @Test
    void hangingStatementIsCancelled() throws Exception {
        for (final String sql : List.of("SELECT count(*) FROM faulty", "UNLOAD ('SELECT * FROM faulty') TO 's3://" + bucket + "/hang/' IAM_ROLE default")) {
            cluster.cloud().faults().clear();
            add(Match.statement(sql.substring(0, 6)), Effect.hang());
            try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
                final FutureTask<Boolean> running = new FutureTask<>(() -> statement.execute(sql));
                Thread.ofVirtual().start(running);
                awaitInjected();
                statement.cancel();
                assertEquals("57014", assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, running::get).getCause()).getSQLState());
                try (ResultSet one = statement.executeQuery("SELECT 1")) {
                    assertTrue(one.next());
                }
            }
        }
    }

    @Test
    void latencyDelaysOnly() throws SQLException {
        add(Match.statement("*"), Effect.latency(Duration.ofMillis(10)));
        assertEquals(2, rows());
    }

    @Test
    void connectionIsRefused() throws SQLException {
        add(Match.connection(), Effect.error("53300"));
        assertEquals("53300", assertThrows(SQLException.class, cluster::connect).getSQLState());
        add(Match.connection(), Effect.drop());
        assertThrows(SQLException.class, cluster::connect);
        assertEquals(2, rows());
    }

    @Test
    void slowAuthenticationIsOnlySlow() throws SQLException {
        add(Match.connection(), Effect.latency(Duration.ofMillis(50)));
        assertEquals(2, rows());
    }

    @Test
    void restartEndsEverySession() throws Exception {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO faulty VALUES (3, 'three')");
            cluster.cluster().restart();
            final SQLException end = assertThrows(SQLException.class, () -> statement.execute("SELECT 1"));
            assertTrue(List.of("57P01", CONNECTION_FAILURE).contains(end.getSQLState()), end::getSQLState);
        }

        assertEquals(2, rows());
    }

    @Test
    void restartEndsRunningStatements() throws Exception {
        for (final String sql : List.of("SELECT pg_sleep(100)", "UNLOAD ('SELECT pg_sleep(100)') TO 's3://" + bucket + "/restart/' IAM_ROLE default")) {
            try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
                final FutureTask<Boolean> running = new FutureTask<>(() -> statement.execute(sql));
                Thread.ofVirtual().start(running);
                await("pg_sleep");
                cluster.cluster().restart();
                assertEquals("57P01", assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, running::get).getCause()).getSQLState());
            }
        }
    }

    @Test
    void pausedClusterRefusesConnections() throws Exception {
        try (Connection connection = cluster.connect()) {
            cluster.cluster().pause();
            assertThrows(SQLException.class, () -> connection.createStatement().execute("SELECT 1"));
            assertEquals("08001", assertThrows(SQLException.class, cluster::connect).getSQLState());
        } finally {
            cluster.cluster().resume();
        }

        assertEquals(2, rows());
    }

    private void insertInTransaction(final Effect effectOnCommit) throws SQLException {
        add(Match.statement("COMMIT"), effectOnCommit);
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO faulty VALUES (3, 'three')");
            assertState(CONNECTION_FAILURE, connection::commit);
        }
    }

    private static void add(final Match match, final Effect effect) {
        cluster.cloud().faults().add(new FaultRule(match, Chance.times(match.operation().equals("*") ? 10 : 1), effect));
    }

    private static SQLException assertState(final String state, final Action action) {
        final SQLException failure = assertThrows(SQLException.class, action::run);
        assertEquals(state, failure.getSQLState(), failure::toString);
        return failure;
    }

    private static List<Long> sizes(final String prefix) {
        return cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::size).toList();
    }

    private static void unload(final String prefix) throws SQLException {
        run("UNLOAD ('SELECT * FROM faulty') TO 's3://" + bucket + "/" + prefix + "/' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'");
    }

    private static String copy(final String prefix) {
        return "COPY faulty FROM 's3://" + bucket + "/" + prefix + "/' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
    }

    private static void run(final String... statements) throws SQLException {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static int rows() throws SQLException {
        return count("SELECT count(*) FROM faulty");
    }

    private static int count(final String sql) throws SQLException {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement(); ResultSet count = statement.executeQuery(sql)) {
            count.next();
            return count.getInt(1);
        }
    }

    private static void awaitRows(final int expected) throws SQLException {
        while (rows() != expected) {
            Thread.onSpinWait();
        }
    }

    private static void awaitInjected() {
        while (cluster.cloud().faults().list().getLast().injected() == 0) {
            Thread.onSpinWait();
        }
    }

    private static void await(final String running) throws SQLException {
        while (count("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%" + running + "%'") == 0) {
            Thread.onSpinWait();
        }
    }

    @FunctionalInterface
    private interface Action {

        void run() throws SQLException, IOException;
    }
}
