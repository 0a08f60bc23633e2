package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * Statements that are delayed by fault rules, and what SYS_QUERY_HISTORY says of them.
 */
final class RunningStatements {

    private final TestCluster cluster;

    RunningStatements(final TestCluster cluster) {
        this.cluster = cluster;
    }

    /** Lets something happen once to the next statement of that kind whose text has a word. */
    void add(final String kind, final String word, final Effect effect) {
        cluster.cloud().faults().add(new FaultRule(Match.statement(kind).on("*" + word + "*"), Chance.times(1), effect));
    }

    /** Runs a statement on a thread of its own, and waits until it is seen as running. */
    static FutureTask<Void> start(final Connection running, final Connection watching, final String sql) throws SQLException {
        final FutureTask<Void> task = new FutureTask<>(() -> {
            Rows.execute(running, sql);
            return null;
        });
        final String sessionId = Rows.value(running, "SELECT pg_backend_pid()");
        Thread.ofVirtual().start(task);
        awaitStatus(watching, sessionId, "running");
        return task;
    }

    /** Waits until the last UNLOAD or COPY of a session has a status. */
    static void awaitStatus(final Connection watching, final String sessionId, final String status) throws SQLException {
        while (!status(watching, sessionId).equals(List.of(List.of(status)))) {
            Thread.onSpinWait();
        }
    }

    static List<List<String>> status(final Connection watching, final String sessionId) throws SQLException {
        return Rows.of(watching, "SELECT trim(status) FROM sys_query_history WHERE session_id = " + sessionId + " ORDER BY query_id DESC LIMIT 1");
    }

    /** What a statement failed with. */
    static SQLException failure(final FutureTask<?> task) {
        return assertInstanceOf(SQLException.class, assertThrows(ExecutionException.class, task::get).getCause());
    }
}
