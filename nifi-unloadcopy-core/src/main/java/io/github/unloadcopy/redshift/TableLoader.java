package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Loads one table, exactly once. COPY appends, so a load that is tried again must know whether the earlier try was committed: a ledger table on the target is written in the
 * transaction of the COPY, and asked before it, after it and whenever a COMMIT got no answer.
 */
public final class TableLoader {
    private static final int SETTLE_ATTEMPTS = 5;
    private static final Duration SETTLE_PAUSE = Duration.ofSeconds(2);

    private final Duration settlePause;

    public TableLoader() {
        this(SETTLE_PAUSE);
    }

    TableLoader(final Duration settlePause) {
        this.settlePause = settlePause;
    }

    /**
     * Loads the files of one manifest in one transaction, and commits only when exactly the expected rows arrived. With a ledger it may be called again after any failure, and at the
     * same time elsewhere: the rows arrive once.
     *
     * @param connections where connections to the target come from; a second one is opened when the first breaks at COMMIT
     * @param request what to load
     * @return what was loaded, now or earlier
     * @throws RedshiftException when nothing was loaded, or with {@link Reason#OUTCOME_UNKNOWN} when nobody can tell
     */
    public LoadResult load(final ConnectionSource connections, final LoadRequest request) throws RedshiftException {
        final Context context = context(request);
        final ClusterSession session;

        try {
            session = ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw context.report().report("The connection for the load into " + request.table(), e, "", context.nothingLoaded());
        }

        try {
            final LoadResult result = addForeignKeys(session, context, load(connections, session, context));
            session.release();
            return result;
        } catch (final RedshiftException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }

    private static Context context(final LoadRequest request) throws RedshiftException {
        try {
            final LoadLedger ledger = request.ledger() == null ? null : new LoadLedger(request.ledger(), request.loadId());
            return new Context(request, ledger, new FailureReport(request.authorization(), request.encryption()));
        } catch (final IllegalArgumentException e) {
            throw new RedshiftException(Reason.INVALID_REQUEST, "COPY into %s was not started: %s".formatted(request.table(), e.getMessage()), e);
        }
    }

    private LoadResult load(final ConnectionSource connections, final ClusterSession session, final Context context) throws RedshiftException {
        final LoadRequest request = context.request();
        final Connection connection = session.connection();

        if (request.manifest() == null) {
            return loadNothing(connection, context);
        }

        final OptionalLong before = context.ledger() == null ? OptionalLong.empty() : findBefore(connection, context);

        if (before.isPresent()) {
            return alreadyLoaded(before.getAsLong(), request);
        }

        final TargetTable target = prepare(connection, context);
        final boolean explicitIds = checkColumns(connection, context, target);
        final String queryId = copy(connection, context, target, explicitIds);
        final List<String> notes = complete(connection, context, target);
        final OptionalLong meanwhile = context.ledger() == null ? OptionalLong.empty() : note(connection, context);

        if (meanwhile.isPresent()) {
            rollback(connection, context);
            return alreadyLoaded(meanwhile.getAsLong(), request);
        }

        try {
            connection.commit();
        } catch (final SQLException e) {
            // First of all the broken session gives up its lock on the ledger, if it still can.
            session.abandon(e);
            return settle(connections, context, e, new LoadResult(request.expectedRows(), false, queryId, target.made(), notes));
        }

        return new LoadResult(request.expectedRows(), false, queryId, target.made(), notes);
    }

    /** Without rows there are no files to COPY, but the table is made all the same, and a wrong target is a failure. */
    private static LoadResult loadNothing(final Connection connection, final Context context) throws RedshiftException {
        final TargetTable target = prepare(connection, context);
        checkColumns(connection, context, target);
        final List<String> notes = complete(connection, context, target);

        try {
            Queries.columns(connection, Selection.of(context.request().table(), context.request().columns()));
            connection.commit();
            return new LoadResult(0, false, null, target.made(), notes);
        } catch (final SQLException e) {
            throw context.report().report("Checking " + context.request().table() + " for a load of no rows", e);
        } catch (final IllegalArgumentException e) {
            throw invalid(context, e);
        }
    }

    private static TargetTable prepare(final Connection connection, final Context context) throws RedshiftException {
        final LoadRequest request = context.request();

        try {
            if (request.plan().mode() != TargetPlan.Mode.MUST_EXIST && request.plan().createSchema()) {
                TargetTable.createSchema(connection, request.table().schema());
            }

            if (TargetTable.isToBeMade(connection, request.table(), request.plan()) && !request.plan().foreignKeys(request.table()).isEmpty()) {
                context.pending().createIfMissing(connection);
            }

            return TargetTable.prepare(connection, request.table(), request.plan(), request.loadId());
        } catch (final SQLException e) {
            throw context.report().report("Creating " + request.table(), e, "", context.nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(context, e);
        }
    }

    /** Sees that the columns are enough for the table, and tells whether COPY has to say EXPLICIT_IDS. */
    private static boolean checkColumns(final Connection connection, final Context context, final TargetTable target) throws RedshiftException {
        final LoadRequest request = context.request();
        final boolean explicitIds = request.explicitIds() || target.needsExplicitIds(request.columns());

        try {
            final TargetColumns columns = TargetColumns.read(connection, target.loaded(), request.table());
            columns.require(request.columns(), explicitIds);
            return columns.needExplicitIds(request.columns(), explicitIds);
        } catch (final SQLException e) {
            throw context.report().report("Reading the columns of " + request.table(), e, "", context.nothingLoaded());
        }
    }

    private static List<String> complete(final Connection connection, final Context context, final TargetTable target) throws RedshiftException {
        try {
            return target.complete(connection, context.pending());
        } catch (final SQLException e) {
            throw context.report().report("Putting the new table in the place of " + context.request().table(), e, "", context.nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(context, e);
        }
    }

    /** The rows are committed: what fails now is told, and changes nothing about them. */
    private static LoadResult addForeignKeys(final ClusterSession session, final Context context, final LoadResult result) {
        if (context.request().plan().mode() == TargetPlan.Mode.MUST_EXIST || session.isFinished()) {
            return result;
        }

        final List<String> notes = new ArrayList<>(result.notes());

        try {
            notes.addAll(context.pending().add(session.connection(), context.request().table()));
        } catch (final SQLException e) {
            notes.add("Foreign keys from and to %s were not added: %s".formatted(context.request().table(), context.report().text(e.getMessage())));
        }

        return new LoadResult(result.rows(), result.alreadyLoaded(), result.queryId(), result.created(), notes);
    }

    private static OptionalLong findBefore(final Connection connection, final Context context) throws RedshiftException {
        try {
            context.ledger().createIfMissing(connection);
            final OptionalLong found = context.ledger().lockAndFind(connection);
            connection.commit();
            return found;
        } catch (final SQLException e) {
            throw context.report().report("Asking the ledger " + context.request().ledger(), e, "", context.nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(context, e);
        }
    }

    private static LoadResult alreadyLoaded(final long rows, final LoadRequest request) throws RedshiftException {
        if (rows != request.expectedRows()) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, ("The ledger %s says that load %s put %d rows into %s before, but this one has %d. Nothing was loaded: "
                    + "give every run an id of its own").formatted(request.ledger(), request.loadId(), rows, request.table(), request.expectedRows()));
        }

        return new LoadResult(rows, true, null, false, List.of());
    }

    private static String copy(final Connection connection, final Context context, final TargetTable target, final boolean explicitIds) throws RedshiftException {
        final LoadRequest request = context.request();
        final CopyStatement statement = new CopyStatement(target.loaded(), request.columns(), request.manifest(), request.authorization(), request.encryption(), request.nullMarker(),
                request.region(), explicitIds);
        final String sql;

        try {
            sql = statement.sql();
        } catch (final IllegalArgumentException e) {
            throw invalid(context, e);
        }

        try {
            Queries.execute(connection, sql, request.timeoutSeconds());
        } catch (final SQLException e) {
            throw copyFailed(connection, context, e);
        }

        final long rows;
        final String queryId;

        try {
            rows = Queries.number(connection, "SELECT pg_last_copy_count()");
            queryId = Queries.value(connection, "SELECT pg_last_copy_id()");
        } catch (final SQLException e) {
            throw context.report().report("Counting what COPY put into " + request.table(), e, "", context.nothingLoaded());
        }

        if (rows != request.expectedRows()) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, "COPY into %s (query %s) loaded %d of %d rows, rolled back, target unchanged, staged data kept at %s. %s".formatted(
                    request.table(), queryId, rows, request.expectedRows(), request.manifest().parent(), Reason.COUNT_MISMATCH.advice()));
        }

        return queryId;
    }

    private static RedshiftException copyFailed(final Connection connection, final Context context, final SQLException failure) {
        Optional<String> detail = Optional.empty();
        SQLException second = null;

        if (FailureClassifier.classify(failure) == Reason.LOAD_ERRORS) {
            try {
                connection.rollback();
                detail = LoadErrors.newest(connection, context.request().manifest().parent());
            } catch (final SQLException e) {
                second = e;
            }
        }

        final String sentence = detail.map(found -> "First error: " + context.report().text(found)).orElse("");
        final RedshiftException report = context.report().report("COPY into " + context.request().table(), failure, sentence, context.nothingLoaded());

        if (second != null) {
            report.addSuppressed(context.report().redact(second));
        }

        return report;
    }

    /** Asks again, now that the rows are in: another try may have been first. The lock is held until the transaction ends. */
    private static OptionalLong note(final Connection connection, final Context context) throws RedshiftException {
        try {
            final OptionalLong found = context.ledger().lockAndFind(connection);

            if (found.isEmpty()) {
                context.ledger().insert(connection, context.request());
            }

            return found;
        } catch (final SQLException e) {
            throw context.report().report("Writing the ledger " + context.request().ledger(), e, "", context.nothingLoaded());
        }
    }

    private static void rollback(final Connection connection, final Context context) throws RedshiftException {
        try {
            connection.rollback();
        } catch (final SQLException e) {
            throw context.report().report("ROLLBACK of a repeated load into " + context.request().table(), e);
        }
    }

    /** A COMMIT that failed or got no answer may have been done all the same. The ledger knows, and its lock waits for a COMMIT that is under way. */
    private LoadResult settle(final ConnectionSource connections, final Context context, final SQLException failure, final LoadResult done) throws RedshiftException {
        final LoadRequest request = context.request();
        final String subject = "COMMIT of the load into " + request.table();

        if (context.ledger() == null) {
            throw new RedshiftException(Reason.OUTCOME_UNKNOWN, ("%s failed (%s). Whether it took effect is unknown, since no ledger is configured: look into the table "
                    + "for the %d rows before trying again, staged data is kept at %s").formatted(subject, context.report().text(failure.getMessage()), request.expectedRows(),
                    request.manifest().parent()), context.report().redact(failure));
        }

        for (int attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt++) {
            try {
                final OptionalLong found = ask(connections, context);

                if (found.isPresent()) {
                    return done;
                }

                throw context.report().report(subject, failure, "The ledger does not hold it", context.nothingLoaded());
            } catch (final SQLException e) {
                if (e != failure) {
                    failure.addSuppressed(e);
                }

                pause(attempt, failure);
            }
        }

        throw new RedshiftException(Reason.OUTCOME_UNKNOWN, "%s failed (%s), and the ledger %s cannot be asked whether it took effect. Staged data is kept at %s. %s".formatted(
                subject, context.report().text(failure.getMessage()), request.ledger(), request.manifest().parent(), Reason.OUTCOME_UNKNOWN.advice()), context.report().redact(failure));
    }

    private static OptionalLong ask(final ConnectionSource connections, final Context context) throws SQLException {
        final ClusterSession session = ClusterSession.open(connections);

        try {
            final OptionalLong found = context.ledger().lockAndFind(session.connection());
            session.connection().commit();
            session.release();
            return found;
        } catch (final SQLException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }

    private void pause(final int attempt, final SQLException failure) {
        try {
            Thread.sleep(settlePause.multipliedBy(attempt));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(e);
        }
    }

    private static RedshiftException invalid(final Context context, final IllegalArgumentException cause) {
        return new RedshiftException(Reason.INVALID_REQUEST, "COPY into %s was not started: %s".formatted(context.request().table(), cause.getMessage()), cause);
    }

    /** What one load works with. */
    private record Context(LoadRequest request, LoadLedger ledger, FailureReport report) {
        /** Notes of foreign keys are beside the ledger. */
        PendingForeignKeys pending() {
            return new PendingForeignKeys(request.ledger() == null ? request.table().schema() : request.ledger().schema());
        }

        String nothingLoaded() {
            return request.manifest() == null ? "" : "Nothing was loaded, staged data is kept at " + request.manifest().parent();
        }
    }
}
