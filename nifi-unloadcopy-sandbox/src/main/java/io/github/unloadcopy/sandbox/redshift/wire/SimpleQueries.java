package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.IOException;
import java.util.List;

/**
 * The simple protocol: one message has the text of one or more statements, and gets one ReadyForQuery.
 */
final class SimpleQueries {

    private final Pipeline pipeline;
    private final ClientChannel client;
    private final BackendLink backend;
    private final MaskedReads maskedReads;
    private final PlanRunner runner;
    private final Interference interference;
    private final TransactionGuard guard;

    SimpleQueries(final Pipeline pipeline, final ClientChannel client, final BackendLink backend, final MaskedReads maskedReads, final PlanRunner runner,
            final Interference interference, final TransactionGuard guard) {
        this.pipeline = pipeline;
        this.client = client;
        this.backend = backend;
        this.maskedReads = maskedReads;
        this.runner = runner;
        this.interference = interference;
        this.guard = guard;
    }

    void query(final String sql) throws IOException {
        if (pipeline.settleIfUnsynchronized() && guard.finish()) {
            interference.befall(interference.before(sql), new Query(sql));
        }
    }

    private void run(final String sql) throws IOException {
        final List<PlannedStatement> plans = maskedReads.plan(sql);
        if (plans.isEmpty()) {
            pipeline.query(sql, true);
        } else if (plans.stream().allMatch(PlannedStatement.Forwarded.class::isInstance) && !guard.concerns(plans)) {
            for (final PlannedStatement plan : plans) {
                runner.countQuery((PlannedStatement.Forwarded) plan);
            }

            pipeline.query(PlannedStatement.join(plans), true);
        } else {
            pipeline.awaitIdle();
            runScript(plans);
            client.statementEnded();
            client.send(new Message('Z').octet(backend.transactionStatus()).build());
            client.flush();
        }
    }

    /** Runs statements one by one; several of them in one message are one transaction, as far as they do not say otherwise. */
    private void runScript(final List<PlannedStatement> plans) throws IOException {
        final boolean ownTransaction = plans.size() > 1 && backend.transactionStatus() == 'I' && !isTransactionControl(plans.getFirst());
        if (ownTransaction && plans.stream().anyMatch(SimpleQueries::isTransactionControl)) {
            runner.refuse(SqlError.notSupported("UNLOAD, COPY, TRUNCATE or LOCK in one message with other statements and with BEGIN, COMMIT or ROLLBACK among them is not supported by the sandbox"));
            return;
        }

        if (ownTransaction) {
            guard.open();
        }

        boolean success = true;
        for (final PlannedStatement plan : plans) {
            success = success && runner.run(plan);
        }

        if (ownTransaction) {
            guard.finish();
        }
    }

    private static boolean isTransactionControl(final PlannedStatement plan) {
        return plan instanceof final PlannedStatement.Forwarded forwarded && forwarded.transactionControl();
    }

    /** One message. */
    private final class Query implements Subject {

        private final String sql;

        Query(final String sql) {
            this.sql = sql;
        }

        @Override
        public void awaitTurn() throws IOException {
            pipeline.awaitIdle();
        }

        @Override
        public void run() throws IOException {
            SimpleQueries.this.run(sql);
        }

        @Override
        public boolean endsInRun() {
            return false;
        }

        @Override
        public void awaitEnd() throws IOException {
            pipeline.awaitIdle();
        }

        @Override
        public void fail(final SqlError error) throws IOException {
            pipeline.substitute(error);
            pipeline.query("EXECUTE " + BackendLink.NOTHING, true);
        }
    }
}
