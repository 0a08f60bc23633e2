package io.github.unloadcopy.services;

import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.processors.RedshiftUnload;
import io.github.unloadcopy.sandbox.client.SandboxControl;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import org.apache.nifi.controller.ControllerService;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(120)
class DisabledPoolIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();
    private static final SandboxControl CONTROL = SANDBOX.endpoints().controlClient();
    private static final Duration SOON = Duration.ofSeconds(10);
    /** Takes PostgreSQL hours, and little memory. */
    private static final String LONG_ROWS = "generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b";
    private static final int PROBE_MILLIS = 50;

    private TestRunner runner;
    private RedshiftConnectionPool source;
    private RedshiftConnectionPool target;

    @BeforeAll
    static void createTables() throws SQLException {
        SANDBOX.execute(SANDBOX.source(), "CREATE SCHEMA disabled", "CREATE TABLE disabled.orders (id INTEGER)", "INSERT INTO disabled.orders SELECT n FROM generate_series(1, 10) AS n");
        SANDBOX.execute(SANDBOX.target(), "CREATE SCHEMA disabled", "CREATE TABLE disabled.orders (id INTEGER)");
    }

    @BeforeEach
    void setPools() throws InitializationException {
        runner = SandboxRunner.create(new RedshiftUnload());
        source = (RedshiftConnectionPool) runner.getControllerService(SandboxRunner.SOURCE_POOL);
        target = (RedshiftConnectionPool) runner.getControllerService(SandboxRunner.TARGET_POOL);
    }

    @AfterEach
    void clearFaults() throws IOException {
        CONTROL.clear();
    }

    @Test
    void hangingUnloadIsCancelled() throws Exception {
        final String unload = "UNLOAD ('SELECT id FROM disabled.orders') TO 's3://%s/disabled/' IAM_ROLE '%s'".formatted(SandboxSession.BUCKET, SANDBOX.endpoints().iamRole());

        assertEndsWithThePool(source, SANDBOX.source(), unload, hang("UNLOAD"));
        assertEquals(List.of(), SANDBOX.keys("disabled/"));
    }

    @Test
    void hangingCopyIsCancelled() throws Exception {
        final String copy = "COPY disabled.orders FROM 's3://%s/disabled-copy/' IAM_ROLE '%s'".formatted(SandboxSession.BUCKET, SANDBOX.endpoints().iamRole());
        SANDBOX.put("disabled-copy/0000_part_00", "1\n2\n");

        assertEndsWithThePool(target, SANDBOX.target(), copy, hang("COPY"));
        assertEquals(List.of(List.of("0")), SANDBOX.query(SANDBOX.target(), "SELECT COUNT(*) FROM disabled.orders"));
    }

    @Test
    void runningQueryIsCancelledOnTheCluster() throws Exception {
        final String query = "SELECT COUNT(*) /* runs long */ FROM " + LONG_ROWS;

        assertEndsWithThePool(source, SANDBOX.source(), query, () -> SANDBOX.query(SANDBOX.source(), active("%/* runs long */%")).size() == 1);
    }

    /** The driver's own cancel request has no answer: it may be lost without anyone noticing. */
    @Test
    void lostCancelIsRepeatedOnAConnectionOfItsOwn() throws Exception {
        try (StallingProxy network = new StallingProxy(SANDBOX.source().port())) {
            network.loseCancels();
            final Map<String, String> attributes = SandboxRunner.tableAttributes("disabled", "orders");
            attributes.put("unloadcopy.source.port", Integer.toString(network.port()));

            assertEndsWithThePool(source, attributes, SANDBOX.source(), "SELECT COUNT(*) /* not cancelled */ FROM " + LONG_ROWS,
                    () -> SANDBOX.query(SANDBOX.source(), active("%/* not cancelled */%")).size() == 1);
            assertTrue(network.lostCancels() > 0);
        }
    }

    @Test
    void connectionThatIsNotUsedIsClosed() throws SQLException {
        final Connection connection = source.getConnection(SandboxRunner.tableAttributes("disabled", "orders"));
        final int pid = pid(connection);
        disableSoon(source);

        assertThrows(SQLException.class, () -> pid(connection));
        assertEnded(SANDBOX.source(), pid);
    }

    @Test
    void clusterThatDoesNotAnswerIsAbandonedWithAWarning() throws Exception {
        try (StallingProxy network = new StallingProxy(SANDBOX.source().port())) {
            final Map<String, String> attributes = SandboxRunner.tableAttributes("disabled", "orders");
            attributes.put("unloadcopy.source.port", Integer.toString(network.port()));
            final Connection connection = source.getConnection(attributes);
            final int pid = pid(connection);
            final FutureTask<Boolean> waiting = started(() -> execute(connection, "SELECT COUNT(*) /* not answered */ FROM " + LONG_ROWS));
            await(() -> SANDBOX.query(SANDBOX.source(), active("%/* not answered */%")).size() == 1);
            network.stall();
            disableSoon(source);

            assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, () -> waiting.get(SOON.toSeconds(), TimeUnit.SECONDS)).getCause());
            final String warnings = runner.getControllerServiceLogger(SandboxRunner.SOURCE_POOL).getWarnMessages().toString();
            assertTrue(warnings.contains("[" + pid + "]"), warnings);
            SANDBOX.query(SANDBOX.source(), "SELECT pg_terminate_backend(%d)".formatted(pid));
        }
    }

    @Test
    void disabledPoolLendsNothingAndCanBeEnabledAgain() throws SQLException {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("disabled", "orders");
        source.getConnection(attributes).close();
        disableSoon(source);
        assertThrows(ProcessException.class, () -> source.getConnection(attributes));

        runner.enableControllerService(source);

        try (Connection connection = source.getConnection(attributes)) {
            assertTrue(pid(connection) > 0);
        }
    }

    private void assertEndsWithThePool(final RedshiftConnectionPool pool, final SandboxEndpoints.Cluster cluster, final String sql, final Callable<Boolean> running) throws Exception {
        assertEndsWithThePool(pool, SandboxRunner.tableAttributes("disabled", "orders"), cluster, sql, running);
    }

    private void assertEndsWithThePool(final RedshiftConnectionPool pool, final Map<String, String> attributes, final SandboxEndpoints.Cluster cluster, final String sql,
            final Callable<Boolean> running) throws Exception {
        final Connection connection = pool.getConnection(attributes);
        final int pid = pid(connection);
        final FutureTask<Boolean> waiting = started(() -> execute(connection, sql));
        await(running);
        disableSoon(pool);

        assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, () -> waiting.get(SOON.toSeconds(), TimeUnit.SECONDS)).getCause());
        assertEnded(cluster, pid);
        assertEquals(List.of(), runner.getControllerServiceLogger(pool.getIdentifier()).getWarnMessages());
    }

    private void disableSoon(final ControllerService service) {
        final long start = System.nanoTime();
        runner.disableControllerService(service);
        final Duration duration = Duration.ofNanos(System.nanoTime() - start);

        assertTrue(duration.compareTo(SOON) < 0, duration::toString);
    }

    /** The session and its statement are gone from the cluster. A backend that is told to end takes a moment. */
    private static void assertEnded(final SandboxEndpoints.Cluster cluster, final int pid) throws SQLException {
        await(() -> SANDBOX.query(cluster, "SELECT state FROM pg_stat_activity WHERE pid = %d".formatted(pid)).isEmpty());
    }

    /** Adds the fault, and tells when it has struck. */
    private static Callable<Boolean> hang(final String operation) throws IOException {
        final String id = CONTROL.add(new FaultRule(Match.statement(operation), Chance.times(1), Effect.hang())).rule().id();
        return () -> CONTROL.fault(id).injected() == 1;
    }

    private static String active(final String pattern) {
        return "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%s'".formatted(pattern);
    }

    private static boolean execute(final Connection connection, final String sql) throws SQLException {
        try (connection; Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    private static int pid(final Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static <T> FutureTask<T> started(final Callable<T> work) {
        final FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static void await(final Callable<Boolean> condition) throws SQLException {
        final long start = System.nanoTime();

        try {
            while (!condition.call()) {
                assertTrue(System.nanoTime() - start < Duration.ofSeconds(30).toNanos(), "It did not happen within 30 seconds");
                Thread.sleep(PROBE_MILLIS);
            }
        } catch (final SQLException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
