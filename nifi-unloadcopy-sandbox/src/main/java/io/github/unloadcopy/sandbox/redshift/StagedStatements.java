package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.redshift.copy.CopyEngine;
import io.github.unloadcopy.sandbox.redshift.postgres.Journal;
import io.github.unloadcopy.sandbox.redshift.postgres.QueryHistory;
import io.github.unloadcopy.sandbox.redshift.privileges.MaskedTables;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StagedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import io.github.unloadcopy.sandbox.redshift.sql.UnloadStatement;
import io.github.unloadcopy.sandbox.redshift.unload.UnloadEngine;
import io.github.unloadcopy.sandbox.redshift.unload.UnloadedFile;
import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;
import io.github.unloadcopy.sandbox.redshift.wire.Execution;
import io.github.unloadcopy.sandbox.redshift.wire.LateBinding;
import io.github.unloadcopy.sandbox.redshift.wire.StatementRunner;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs UNLOAD and COPY: numbers them, remembers their counts, and writes the journal.
 */
final class StagedStatements implements StatementRunner {

    private final StatementStore.Cloud cloud;
    private final StatementPlanner planner;
    private final SessionCounters counters;
    private final Journal journal;
    private final QueryHistory history;
    private final int slices;
    private final Path spool;
    private final AtomicLong queryIds;

    /**
     * @param spool folder for files of which a statement keeps a copy while it runs
     */
    StagedStatements(final StatementStore.Cloud cloud, final StatementPlanner planner, final SessionCounters counters, final Journal journal, final QueryHistory history,
            final int slices, final long lastQueryId, final Path spool) {
        this.queryIds = new AtomicLong(lastQueryId);
        this.cloud = cloud;
        this.planner = planner;
        this.counters = counters;
        this.journal = journal;
        this.history = history;
        this.slices = slices;
        this.spool = spool;
    }

    @Override
    public Outcome run(final PlannedStatement.Staged staged, final BackendSession session, final Execution execution) throws IOException {
        final Journal.Run run = begin(session, staged);
        final String type = staged.statement() instanceof UnloadStatement ? "UNLOAD" : "COPY";
        history.started(run, type);
        String failure = "The statement ended with its session.";
        try {
            execution.started(run.queryId());
            final Outcome outcome = run(staged.statement(), session, execution, run);
            failure = null;
            return outcome;
        } catch (final SqlError e) {
            // A cancellation that reached PostgreSQL first is told in the same words as any other.
            final SqlError told = execution.isCancelled() && e.state().equals(SqlError.CANCELED) ? execution.cancellation() : e;
            failure = told.getMessage();
            throw told;
        } finally {
            history.ended(run, type, execution.isCancelled(), failure);
        }
    }

    private Outcome run(final StagedStatement statement, final BackendSession session, final Execution execution, final Journal.Run run) throws IOException {
        try {
            return switch (statement) {
                case final UnloadStatement unload -> unload(unload, session, execution, run);
                case final CopyStatement copy -> copy(copy, session, execution, run);
            };
        } catch (final SQLException e) {
            throw new SqlError(SqlError.INTERNAL, "The sandbox could not write its journal: " + e.getMessage());
        }
    }

    @Override
    public void queryStarts(final int processId) {
        counters.queryStarted(processId, queryIds.incrementAndGet());
    }

    @Override
    public void queryIdIsAsked(final int processId) throws IOException {
        counters.flush(processId);
    }

    /** Redshift numbers every transaction. PostgreSQL numbers those that write, when they do: a COPY is going to. */
    private Journal.Run begin(final BackendSession session, final PlannedStatement.Staged staged) throws IOException {
        final boolean writes = staged.statement() instanceof CopyStatement && session.inTransaction();
        final String transactionId = writes ? "pg_catalog.txid_current()" : "coalesce(pg_catalog.txid_current_if_assigned(), 0)";
        final List<String> facts = session.query("SELECT pg_catalog.current_database(), (SELECT oid::pg_catalog.int8 FROM pg_catalog.pg_roles WHERE rolname = current_user), "
                + transactionId + ", pg_catalog.current_setting('redshift.query_group', true)").get(0);
        return new Journal.Run(queryIds.incrementAndGet(), session.processId(), (int) Long.parseLong(facts.get(1)), facts.get(0), Long.parseLong(facts.get(2)),
                Instant.now(), facts.get(3), staged.text());
    }

    private Outcome unload(final UnloadStatement statement, final BackendSession session, final Execution execution, final Journal.Run run) throws IOException, SQLException {
        final String compression = statement.compression().label();
        counters.unloadStarted(run.processId(), run.queryId());
        final List<UnloadedFile> files;
        try {
            planner.check(statement.query());
            final String bound = LateBinding.bind(statement.query(), planner.lateBindingViews().references(statement.query()), session);
            final String planned = planner.planQuery(bound, session.settings());
            final String query = planner.mayMask(planned) ? MaskedTables.of(session.query(MaskedTables.QUERY)).rewrite(planned) : planned;
            final StatementStore store = StatementStore.open(cloud, statement.authorization(), statement.masterSymmetricKey(), statement.region(), run.queryId(), run.processId());
            files = new UnloadEngine(statement, store, session, slices, execution).run(query);
        } catch (final SqlError e) {
            journal.recordUnload(run, statement.target().toString(), statement.format().label(), compression, List.of(), e);
            throw e;
        }

        final long headers = statement.format().header() ? files.size() : 0;
        final long rows = files.stream().mapToLong(UnloadedFile::records).sum() - headers;
        counters.unloaded(run.processId(), rows);
        journal.recordUnload(run, statement.target().toString(), statement.format().label(), compression, files, null);
        return new Outcome("UNLOAD", List.of("UNLOAD completed, " + rows + " record(s) unloaded successfully."));
    }

    private Outcome copy(final CopyStatement statement, final BackendSession session, final Execution execution, final Journal.Run run) throws IOException, SQLException {
        final String format = statement.format().label();
        counters.copyStarted(run.processId(), run.queryId());
        final StatementStore store;
        try {
            store = StatementStore.open(cloud, statement.authorization(), statement.masterSymmetricKey(), statement.region(), run.queryId(), run.processId());
        } catch (final SqlError e) {
            journal.recordCopy(run, statement.table(), 0, statement.source().toString(), format, 0, List.of(), List.of(), e);
            throw e;
        }

        final CopyEngine engine = new CopyEngine(statement, store, session, execution, spool);
        final long rows;
        try {
            rows = engine.run();
        } catch (final SqlError e) {
            journal.recordCopy(run, statement.table(), engine.tableId(), statement.source().toString(), format, 0, engine.loadedFiles(), engine.errors(), e);
            throw e;
        }

        counters.copied(run.processId(), rows);
        journal.recordCopy(run, statement.table(), engine.tableId(), statement.source().toString(), format, rows, engine.loadedFiles(), engine.errors(), null);
        final List<String> notices = new ArrayList<>();
        notices.add("Load into table '" + statement.table() + "' completed, " + rows + " record(s) loaded successfully.");
        if (engine.errorCount() > 0) {
            notices.add("Load into table '" + statement.table() + "' completed, " + engine.errorCount()
                    + " record(s) could not be loaded.  Check 'sys_load_error_detail' system table for details.");
        }

        if (engine.replacedRows() > 0) {
            notices.add("Load into table '" + statement.table() + "' completed, " + engine.replacedRows() + " record(s) were loaded with replacements made for ACCEPTINVCHARS.");
        }

        return new Outcome("COPY", notices);
    }
}
