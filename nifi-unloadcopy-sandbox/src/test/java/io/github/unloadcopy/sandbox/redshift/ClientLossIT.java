package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.LastSocketFactory;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What becomes of UNLOAD and COPY when their client disconnects, or its request to cancel them is lost. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClientLossIT extends ClusterTest {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
    private static final Duration DELAY = Duration.ofSeconds(3);
    private static final int CANCEL_REQUEST = 80877102;

    private final String name = "l" + UUID.randomUUID().toString().replace("-", "");
    private RunningStatements faults;
    private Connection leaving;
    private String pid;
    private Socket socket;

    @BeforeEach
    void prepare() throws SQLException {
        faults = new RunningStatements(cluster);
        Rows.execute(connection, "CREATE TABLE " + name + " (a int)", "INSERT INTO " + name + " VALUES (1), (2), (3), (4)");
        connectLeaving();
    }

    private void connectLeaving() throws SQLException {
        leaving = cluster.connect(TestCluster.USER, cluster.password(), LastSocketFactory.properties());
        socket = LastSocketFactory.last();
        pid = Rows.value(leaving, "SELECT pg_backend_pid()");
    }

    @AfterEach
    void clear() throws SQLException {
        cluster.cloud().faults().clear();
        cluster.cluster().setStatementsOutliveClients(true);
        leaving.close();
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

    /** Takes the client away without a word. */
    private void leave(final FutureTask<Void> statement) throws IOException {
        socket.close();
        RunningStatements.failure(statement);
    }

    private void awaitNoSession() throws SQLException {
        while (!Rows.value(connection, "SELECT count(*) FROM stv_sessions WHERE process = " + pid).equals("0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void unloadGoesOn() throws Exception {
        faults.add("UNLOAD", name, Effect.latency(DELAY).afterObjects(1));
        leave(RunningStatements.start(leaving, connection, unload()));
        assertEquals(List.of(List.of("running")), RunningStatements.status(connection, pid));
        RunningStatements.awaitStatus(connection, pid, "success");
        assertEquals(List.of(name + "/0000_part_00", name + "/0001_part_00"), objects());
        awaitNoSession();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void copyGoesOnAndCommitsOutsideOfATransaction(final boolean inTransaction) throws Exception {
        Rows.execute(connection, unload());
        faults.add("COPY", name, Effect.latency(DELAY).afterRows(2));
        if (inTransaction) {
            leaving.setAutoCommit(false);
        }

        leave(RunningStatements.start(leaving, connection, copy()));
        assertEquals(List.of(List.of("running")), RunningStatements.status(connection, pid));
        RunningStatements.awaitStatus(connection, pid, "success");
        awaitNoSession();
        assertEquals(inTransaction ? 4 : 8, Rows.count(connection, name));
    }

    @Test
    void outlivingStatementIsCancelledByAnotherSession() throws Exception {
        faults.add("UNLOAD", name, Effect.hang());
        leave(RunningStatements.start(leaving, connection, unload()));
        Rows.execute(connection, "SELECT pg_cancel_backend(" + pid + ")");
        RunningStatements.awaitStatus(connection, pid, "canceled");
        awaitNoSession();
        assertEquals(List.of(), objects());
    }

    @Test
    void statementsEndWithTheirClientsWhereThatIsChosen() throws Exception {
        cluster.cluster().setStatementsOutliveClients(false);
        Rows.execute(connection, unload());
        faults.add("COPY", name, Effect.hang().afterRows(1));
        leave(RunningStatements.start(leaving, connection, copy()));
        RunningStatements.awaitStatus(connection, pid, "canceled");
        awaitNoSession();
        assertEquals(4, Rows.count(connection, name));
        connectLeaving();
        leave(RunningStatements.start(leaving, connection, "UNLOAD ('SELECT pg_sleep(600)') TO 's3://" + bucket + "/slow/'" + ROLE));
        RunningStatements.awaitStatus(connection, pid, "canceled");
    }

    @Test
    void cancelRequestIsLost() throws Exception {
        faults.add("UNLOAD", name, Effect.hang());
        cluster.cloud().faults().add(new FaultRule(Match.cancelRequest(), Chance.times(1), Effect.drop()));
        try (Statement statement = leaving.createStatement()) {
            final FutureTask<Boolean> unload = new FutureTask<>(() -> statement.execute(unload()));
            Thread.ofVirtual().start(unload);
            RunningStatements.awaitStatus(connection, pid, "running");
            statement.cancel();
            assertEquals(1, cluster.cloud().faults().list().getLast().injected());
            assertEquals(List.of(List.of("running")), RunningStatements.status(connection, pid));
            assertFalse(unload.isDone());
            // The driver asks once per execution: only another way is left.
            Rows.execute(connection, "SELECT pg_cancel_backend(" + pid + ")");
            assertEquals("57014", RunningStatements.failure(unload).getSQLState());
        }
    }

    @Test
    void cancelRequestIsNotAnswered() throws IOException {
        cluster.cloud().faults().add(new FaultRule(Match.cancelRequest(), Chance.times(1), Effect.hang()));
        try (Socket hanging = cancelRequest(); Socket answered = cancelRequest()) {
            // One of the two, since they may arrive in any order, is closed at once as every request is; the other one stays.
            hanging.setSoTimeout(500);
            answered.setSoTimeout(500);
            int open = 0;
            for (final Socket socket : List.of(hanging, answered)) {
                try {
                    assertEquals(-1, socket.getInputStream().read());
                } catch (final SocketTimeoutException e) {
                    open++;
                }
            }

            assertEquals(1, open);
        }
    }

    private static Socket cancelRequest() throws IOException {
        final Socket socket = new Socket(InetAddress.getLoopbackAddress(), cluster.port());
        final DataOutputStream output = new DataOutputStream(socket.getOutputStream());
        output.writeInt(4 * Integer.BYTES);
        output.writeInt(CANCEL_REQUEST);
        output.writeInt(1);
        output.writeInt(1);
        return socket;
    }

    @Test
    void failureInTheMiddleUndoesTheStatement() throws SQLException {
        faults.add("UNLOAD", name, Effect.error("53100").afterRows(2));
        assertEquals("53100", assertThrows(SQLException.class, () -> Rows.execute(leaving, unload())).getSQLState());
        assertEquals(List.of(), objects());
        assertEquals(List.of(List.of("failed")), RunningStatements.status(connection, pid));
        Rows.execute(leaving, unload());
        faults.add("COPY", name, Effect.error("53100").afterBytes(3));
        assertEquals("53100", assertThrows(SQLException.class, () -> Rows.execute(leaving, copy())).getSQLState());
        assertEquals(4, Rows.count(leaving, name));
    }

    @Test
    void connectionIsCutAfterAnObject() throws SQLException {
        faults.add("UNLOAD", name, Effect.cutAfterObjects(1));
        assertThrows(SQLException.class, () -> Rows.execute(leaving, unload()));
        RunningStatements.awaitStatus(connection, pid, "success");
        assertEquals(2, objects().size());
    }
}
