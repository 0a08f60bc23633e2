package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.privileges.MaskedTables;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;

import java.io.IOException;
import java.util.List;

/**
 * Plans a client's statements so that they read masked tables as its user is to see them. Costs one question to the backend per statement that names a masked
 * table, or one that was masked.
 */
final class MaskedReads {

    private final Pipeline pipeline;
    private final BackendLink backend;
    private final BackendSession session;
    private final StatementPlanner planner;

    MaskedReads(final Pipeline pipeline, final BackendLink backend, final BackendSession session, final StatementPlanner planner) {
        this.pipeline = pipeline;
        this.backend = backend;
        this.session = session;
        this.planner = planner;
    }

    /** Plans every statement of a text, in order. A batch or transaction that has failed reads nothing. */
    List<PlannedStatement> plan(final String sql) throws IOException {
        final List<PlannedStatement> plans = LateBinding.plan(sql, planner, pipeline, backend, session);
        if (plans.stream().noneMatch(this::isConcerned) || !pipeline.settle() || backend.transactionStatus() == 'E') {
            return plans;
        }

        final MaskedTables tables;
        backend.acquire();
        try {
            tables = MaskedTables.of(session.ask(MaskedTables.QUERY));
        } finally {
            backend.release();
        }

        return plans.stream().map(plan -> plan instanceof final PlannedStatement.Forwarded forwarded ? forwarded.with(tables.rewrite(forwarded.sql())) : plan).toList();
    }

    private boolean isConcerned(final PlannedStatement plan) {
        return plan instanceof final PlannedStatement.Forwarded forwarded && planner.mayMask(forwarded.sql()) && MaskedTables.concern(forwarded.sql());
    }
}
