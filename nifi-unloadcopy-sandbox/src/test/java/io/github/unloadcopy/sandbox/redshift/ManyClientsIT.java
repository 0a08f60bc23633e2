package io.github.unloadcopy.sandbox.redshift;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ManyClientsIT {

    private static final int CLIENTS = 200;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = TestCluster.get();
    }

    @Test
    void twoHundredConnectionsWorkAtTheSameTime() throws Exception {
        run("CREATE TABLE crowd (client INTEGER, round INTEGER)");
        final String bucket = cluster.bucket();
        final CyclicBarrier everybody = new CyclicBarrier(CLIENTS);
        try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            final List<Future<Integer>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                final int number = client;
                clients.add(threads.submit(() -> work(number, bucket, everybody)));
            }

            for (final Future<Integer> client : clients) {
                assertEquals(CLIENTS, client.get());
            }
        }

        assertEquals(2 * CLIENTS, count("SELECT count(*) FROM crowd"));
        assertEquals(CLIENTS / 10, cluster.s3().listObjectsV2(request -> request.bucket(bucket)).contents().size());
        run("DROP TABLE crowd");
    }

    @Test
    void cancelStopsAPlainQuery() throws Exception {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            final FutureTask<Boolean> running = new FutureTask<>(() -> statement.execute("SELECT pg_sleep(301)"));
            Thread.ofVirtual().start(running);
            while (count("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%(301)%'") == 0) {
                Thread.onSpinWait();
            }

            statement.cancel();
            assertEquals("57014", assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, running::get).getCause()).getSQLState());
            assertTrue(statement.execute("SELECT 1"));
        }
    }

    /** What one client does while all of them are connected; how many it saw. */
    private static int work(final int number, final String bucket, final CyclicBarrier everybody) throws Exception {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            everybody.await();
            final int seen = count(statement, "SELECT count(*) FROM pg_stat_activity WHERE usename = '" + TestCluster.USER + "' AND backend_type = 'client backend'");
            statement.execute("INSERT INTO crowd VALUES (" + number + ", 1)");
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO crowd VALUES (" + number + ", 2)");
            assertEquals(2, count(statement, "SELECT count(*) FROM crowd WHERE client = " + number));
            if (number % 10 == 0) {
                statement.execute("UNLOAD ('SELECT 1') TO 's3://" + bucket + "/" + number + "/' IAM_ROLE default PARALLEL OFF");
            }

            connection.commit();
            everybody.await();
            return seen;
        }
    }

    private static void run(final String sql) throws SQLException {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(final String sql) throws SQLException {
        try (Connection connection = cluster.connect(); Statement statement = connection.createStatement()) {
            return count(statement, sql);
        }
    }

    private static int count(final Statement statement, final String sql) throws SQLException {
        try (ResultSet count = statement.executeQuery(sql)) {
            count.next();
            return count.getInt(1);
        }
    }
}
