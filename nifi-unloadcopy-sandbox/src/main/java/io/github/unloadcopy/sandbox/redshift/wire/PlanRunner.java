package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Runs planned statements, one at a time, on the client's own backend session; UNLOAD and COPY among them.
 */
final class PlanRunner {

    private static final Logger LOG = LoggerFactory.getLogger(PlanRunner.class);
    private static final int POLL_MILLIS = 100;

    private final Pipeline pipeline;
    private final ClientChannel client;
    private final BackendLink backend;
    private final BackendSession session;
    private final StatementRunner runner;
    private final Interference interference;
    private final BooleanSupplier outlivesClient;
    private final TransactionGuard guard;

    /**
     * @param outlivesClient whether an UNLOAD or COPY goes on when its client has gone
     */
    PlanRunner(final Pipeline pipeline, final ClientChannel client, final BackendLink backend, final BackendSession session, final StatementRunner runner, final Interference interference,
            final BooleanSupplier outlivesClient, final TransactionGuard guard) {
        this.interference = interference;
        this.outlivesClient = outlivesClient;
        this.pipeline = pipeline;
        this.client = client;
        this.backend = backend;
        this.session = session;
        this.runner = runner;
        this.guard = guard;
    }

    /**
     * Runs one statement to its end and tells the client, but for the ReadyForQuery.
     *
     * @return false when it failed
     */
    boolean run(final PlannedStatement plan) throws IOException {
        switch (plan) {
            case final PlannedStatement.Forwarded forwarded -> {
                countQuery(forwarded);
                return guard.run(forwarded);
            }
            case final PlannedStatement.Staged staged -> {
                return run(() -> guard.around(staged, () -> runAside(staged)));
            }
            case final PlannedStatement.Sequence sequence -> {
                return run(() -> runSequence(sequence));
            }
            case final PlannedStatement.Refused refused -> {
                refuse(refused.error());
                return false;
            }
        }
    }

    /** Keeps the numbers of queries; null is a statement that has none to do with them. */
    void countQuery(final PlannedStatement.Forwarded statement) throws IOException {
        if (statement != null && statement.asksForQueryId()) {
            runner.queryIdIsAsked(session.processId());
        }

        if (statement != null && statement.takesQueryId()) {
            runner.queryStarts(session.processId());
        }
    }

    /** Tells the client of an error, and fails the transaction that it is in. */
    void refuse(final SqlError error) throws IOException {
        backend.acquire();
        try {
            session.failTransaction();
        } finally {
            backend.release();
        }

        client.send(Message.error("ERROR", error));
        client.flush();
    }

    private boolean run(final TransactionGuard.Work work) throws IOException {
        if (backend.transactionStatus() == 'E') {
            refuse(new SqlError(SqlError.IN_FAILED_TRANSACTION, "current transaction is aborted, commands ignored until end of transaction block"));
            return false;
        }

        try {
            final StatementRunner.Outcome outcome = work.run();
            for (final String notice : outcome.notices()) {
                client.send(Message.info(notice));
            }

            client.send(new Message('C').string(outcome.tag()).build());
            client.flush();
            return true;
        } catch (final SqlError e) {
            interference.endIfFatal(e);
            refuse(e);
            return false;
        }
    }

    private StatementRunner.Outcome runSequence(final PlannedStatement.Sequence sequence) throws IOException {
        final boolean within = backend.transactionStatus() == 'T';
        final boolean wraps = !within && sequence.transaction() != PlannedStatement.Transaction.OUTSIDE;
        if (within && (sequence.transaction() == PlannedStatement.Transaction.STANDS_ALONE || sequence.transaction() == PlannedStatement.Transaction.OUTSIDE)) {
            throw new SqlError(SqlError.IN_TRANSACTION, sequence.tag() + " cannot run inside a transaction block");
        }

        if (sequence.transaction() == PlannedStatement.Transaction.COMMITS) {
            guard.commitOpen();
        }

        backend.acquire();
        boolean success = false;
        try {
            if (wraps) {
                session.query("BEGIN");
            }

            for (final String step : sequence.steps()) {
                session.query(step);
            }

            success = true;
        } finally {
            if (wraps || success && sequence.transaction() == PlannedStatement.Transaction.COMMITS) {
                session.query(success ? "COMMIT" : "ROLLBACK");
            }

            backend.release();
        }

        return new StatementRunner.Outcome(sequence.tag(), List.of());
    }

    /** Runs on a thread of the platform: compression would keep a virtual thread's carrier from everybody else. */
    private StatementRunner.Outcome runAside(final PlannedStatement.Staged statement) throws IOException {
        final Execution execution = interference.begin();
        backend.acquire();
        session.use(execution);
        final FutureTask<StatementRunner.Outcome> task = new FutureTask<>(() -> runner.run(statement, session, execution));
        try {
            Thread.ofPlatform().daemon().name("staged-statement").start(task);
            return await(task, execution);
        } catch (final ExecutionException e) {
            throw translate(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            interference.end();
            session.use(null);
            backend.release();
        }
    }

    /** Waits for the end, and ends the statement with its client where that is what is wanted. */
    private StatementRunner.Outcome await(final FutureTask<StatementRunner.Outcome> task, final Execution execution) throws IOException, ExecutionException, InterruptedException {
        while (!execution.isCancelled()) {
            try {
                return task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException e) {
                if (!outlivesClient.getAsBoolean() && pipeline.hasClientGone()) {
                    execution.cancel(new SqlError(SqlError.CANCELED, "The statement was cancelled because its client has disconnected."));
                    BackendSession.sendCancel(backend.address(), backend.processId(), backend.secretKey());
                }
            }
        }

        return task.get();
    }

    private static SqlError translate(final Throwable failure) throws IOException {
        switch (failure) {
            case final SqlError error -> {
                return error;
            }
            case final IOException gone -> throw gone;
            default -> {
                LOG.error("UNLOAD or COPY ended in a defect of the sandbox", failure);
                return new SqlError(SqlError.INTERNAL, "The sandbox failed: " + failure.getClass().getSimpleName() + "; its log has the stack trace");
            }
        }
    }
}
