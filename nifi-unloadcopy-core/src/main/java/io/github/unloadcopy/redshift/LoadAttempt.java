package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One attempt at one load. What it rests on is documented for both isolation levels: INSERTs do not conflict with INSERTs, a new transaction sees what is committed, and a lock lasts until the
 * transaction ends (Database Developer Guide, "Isolation levels", "Serializable isolation", "LOCK"). The transaction of the load makes its snapshot with the COPY at the latest and so cannot see what
 * others commit while it runs. Therefore the ledger is read by a second session, in a transaction that begins after this one holds the gate: no other attempt can commit until this one has ended.
 */
final class LoadAttempt {
    private static final Logger LOGGER = LoggerFactory.getLogger(LoadAttempt.class);
    private static final int SETTLE_ATTEMPTS = 5;

    private final ConnectionSource connections;
    private final LoadRequest request;
    private final Duration settlePause;
    private final FailureReport report;
    private final Instant started = Instant.now();
    private final Attempt attempt;
    /** Null for a load without a ledger, as is the gate. */
    private final LoadLedger ledger;
    private final LedgerGate gate;
    private Set<String> ledgerColumns = Set.of();
    /** Made once the ledger's columns are known. */
    private PendingForeignKeys foreignKeys;
    private ClusterSession session;

    /**
     * @param settlePause pause before the ledger is asked a second time after a COMMIT without an answer; it grows with each time
     * @throws RedshiftException when the request can never work
     */
    LoadAttempt(final ConnectionSource connections, final LoadRequest request, final Duration settlePause) throws RedshiftException {
        this.connections = connections;
        this.request = request;
        this.settlePause = settlePause;
        report = new FailureReport(request.authorization(), request.encryption());
        attempt = Attempt.next(String.valueOf(request.loadId()), "copy:%s:%s".formatted(request.origin().runId() == null ? "" : request.origin().runId(), request.table()));

        try {
            ledger = request.ledger() == null ? null : new LoadLedger(request.ledger(), request.loadId());
            gate = request.ledger() == null ? null : new LedgerGate(request.ledger());
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    LoadResult run() throws RedshiftException {
        try {
            session = ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw report.report("The connection for the load into " + request.table(), e, "", nothingLoaded());
        }

        try {
            final LoadResult result = addForeignKeys(load());
            session.release();
            return result;
        } catch (final RedshiftException | RuntimeException e) {
            session.abandon(e);
            throw e;
        }
    }

    private LoadResult load() throws RedshiftException {
        if (ledger != null) {
            endEarlierAttempts();
            final Optional<LoadResult> before = findBefore();

            if (before.isPresent()) {
                return before.get();
            }
        }

        final TargetTable target = begin();
        final TargetColumns columns = readColumns(target);
        final boolean explicitIds = checkColumns(target, columns);
        final String queryId = request.manifest() == null ? null : copy(target, explicitIds);
        final List<String> notes = new ArrayList<>(repeatableIdentities(target, columns, explicitIds));
        notes.addAll(complete(target));

        if (ledger != null) {
            final Optional<LoadResult> meanwhile = note(target, queryId);

            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
        }

        return commit(new LoadResult(request.expectedRows(), false, queryId, target.made(), notes));
    }

    /** What they commit before they end is in the ledger, which is asked afterwards. */
    private void endEarlierAttempts() throws RedshiftException {
        try {
            new EarlierAttempts().end(connection(), attempt.work(), "The load into " + request.table());
        } catch (final SQLException e) {
            throw report.report("Looking for earlier attempts at the load into " + request.table(), e, "", nothingLoaded());
        }
    }

    /** A load that was committed before needs no COPY. This is not yet the proof that it was not: {@link #note} has that. */
    private Optional<LoadResult> findBefore() throws RedshiftException {
        try {
            ledgerColumns = ledger.prepare(connection());
            gate.createIfMissing(connection());
            return alreadyLoaded(ledger.find(connection(), ledgerColumns));
        } catch (final SQLException e) {
            throw report.report("Asking the ledger " + request.ledger(), e, "", nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    private Optional<LoadResult> alreadyLoaded(final Optional<LoadLedger.Found> found) throws RedshiftException {
        if (found.isEmpty()) {
            return Optional.empty();
        }

        if (found.get().rows() != request.expectedRows()) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, ("The ledger %s says that load %s put %d rows into %s before, but this one has %d. Nothing was loaded: "
                    + "give every run an id of its own").formatted(request.ledger(), request.loadId(), found.get().rows(), request.table(), request.expectedRows()));
        }

        return Optional.of(new LoadResult(found.get().rows(), true, null, false, List.of()));
    }

    /** Makes what other loads of the run need as well, each in a transaction of its own, and then begins the transaction of the load with its table. */
    private TargetTable begin() throws RedshiftException {
        try {
            TargetRelation.requireTable(connection(), request.table());

            if (request.plan().mode() != TargetPlan.Mode.MUST_EXIST && request.plan().createSchema()) {
                TargetTable.createSchema(connection(), request.table().schema());
            }

            if (TargetTable.isToBeMade(connection(), request.table(), request.plan()) && !request.plan().definition().foreignKeys().isEmpty()) {
                pendingForeignKeys().prepare(connection());
            }

            // What was only asked has made a snapshot.
            connection().rollback();
            session.begin(attempt, request.timeoutSeconds());
            return TargetTable.prepare(connection(), request.table(), request.plan(), request.loadId());
        } catch (final SQLException e) {
            throw report.report("Creating " + request.table(), e, "", nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    private TargetColumns readColumns(final TargetTable target) throws RedshiftException {
        try {
            return TargetColumns.read(connection(), target.loaded(), request.table());
        } catch (final SQLException e) {
            throw report.report("Reading the columns of " + request.table(), e, "", nothingLoaded());
        }
    }

    /** Sees that the columns are enough for the table, and tells whether COPY has to say EXPLICIT_IDS. */
    private boolean checkColumns(final TargetTable target, final TargetColumns columns) throws RedshiftException {
        try {
            final CatalogNames names = CatalogNames.of(connection());
            names.requireDistinct(request.table(), request.columns());
            final boolean explicitIds = request.explicitIds() || target.needsExplicitIds(request.columns(), names);
            columns.require(request.columns(), explicitIds);

            if (request.manifest() == null) {
                // Without rows there is no COPY to find out that the table is not there, or has other columns.
                requireColumns(target);
            }

            return columns.needExplicitIds(request.columns(), explicitIds);
        } catch (final SQLException e) {
            throw report.report("Reading the columns of " + request.table(), e, "", nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    private void requireColumns(final TargetTable target) throws SQLException {
        try {
            Queries.columns(connection(), Selection.of(target.loaded(), request.columns()));
        } catch (final SQLException e) {
            if (target.made() || FailureClassifier.classify(e) != Reason.PERMISSION_DENIED) {
                throw e;
            }

            // A load needs INSERT, not SELECT. The statement that was refused has ended the transaction.
            connection().rollback();
            session.begin(attempt, request.timeoutSeconds());
        }
    }

    private String copy(final TargetTable target, final boolean explicitIds) throws RedshiftException {
        final CopyStatement statement = new CopyStatement(target.loaded(), request.columns(), request.manifest(), request.authorization(), request.encryption(), request.nullMarker(),
                request.region(), explicitIds);
        final String sql;

        try {
            sql = statement.sql();
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }

        try {
            Queries.execute(connection(), sql, 0);
        } catch (final SQLException e) {
            throw copyFailed(e);
        }

        final long rows;
        final String queryId;

        try {
            rows = Queries.number(connection(), "SELECT pg_last_copy_count()");
            queryId = Queries.value(connection(), "SELECT pg_last_copy_id()");
        } catch (final SQLException e) {
            throw report.report("Counting what COPY put into " + request.table(), e, "", nothingLoaded());
        }

        if (rows != request.expectedRows()) {
            throw new RedshiftException(Reason.COUNT_MISMATCH, "COPY into %s (query %s) loaded %d of %d rows, rolled back, target unchanged, staged data kept at %s. %s".formatted(
                    request.table(), queryId, rows, request.expectedRows(), request.manifest().parent(), Reason.COUNT_MISMATCH.advice()));
        }

        return queryId;
    }

    /** Tells of columns that may generate the values again that were loaded into them. */
    private List<String> repeatableIdentities(final TargetTable target, final TargetColumns columns, final boolean explicitIds) throws RedshiftException {
        try {
            return request.manifest() == null ? List.of() : IdentitySeeds.repeatable(connection(), target.loaded(), request.table(), columns.loadedIdentities(request.columns(), explicitIds));
        } catch (final SQLException e) {
            throw report.report("Reading the highest identity of " + request.table(), e, "", nothingLoaded());
        }
    }

    private RedshiftException copyFailed(final SQLException failure) {
        Optional<String> detail = Optional.empty();
        SQLException second = null;

        if (FailureClassifier.classify(failure) == Reason.LOAD_ERRORS) {
            try {
                connection().rollback();
                detail = LoadErrors.newest(connection(), request.manifest().parent());
            } catch (final SQLException e) {
                second = e;
            }
        }

        final String sentence = detail.map(found -> "First error: " + report.text(found)).orElse("");
        final RedshiftException exception = report.report("COPY into " + request.table(), failure, sentence, nothingLoaded());

        if (second != null) {
            exception.addSuppressed(report.redact(second));
        }

        return exception;
    }

    private List<String> complete(final TargetTable target) throws RedshiftException {
        try {
            return target.complete(connection(), pendingForeignKeys());
        } catch (final SQLException e) {
            throw report.report("Putting the new table in the place of " + request.table(), e, "", nothingLoaded());
        } catch (final IllegalArgumentException e) {
            throw invalid(e);
        }
    }

    /** Asks the ledger again, now that the rows are in and no other attempt can commit, and adds this load to it. */
    private Optional<LoadResult> note(final TargetTable target, final String queryId) throws RedshiftException {
        try {
            final Optional<LoadLedger.Found> found = findWhileLocked();

            if (found.isPresent()) {
                connection().rollback();
                return alreadyLoaded(found);
            }

            ledger.insert(connection(), ledgerColumns, new LoadLedger.Entry(request, attempt, target.strategy(), queryId, started));
            return Optional.empty();
        } catch (final SQLException e) {
            throw report.report("Writing the ledger " + request.ledger(), e, "", nothingLoaded());
        }
    }

    /** The second session is there before the gate is held, so that no load waits for another one's login; its transaction begins afterwards. */
    private Optional<LoadLedger.Found> findWhileLocked() throws SQLException, RedshiftException {
        final ClusterSession reader = openReader();

        try {
            gate.lock(connection());
            final Optional<LoadLedger.Found> found = ledger.find(reader.connection(), ledgerColumns);
            reader.release();
            return found;
        } catch (final SQLException | RedshiftException | RuntimeException e) {
            reader.abandon(e);
            throw e;
        }
    }

    private ClusterSession openReader() throws RedshiftException {
        try {
            return ClusterSession.open(connections);
        } catch (final SQLException e) {
            throw report.report("The second connection of the load into %s, which reads the ledger,".formatted(request.table()), e, "", nothingLoaded());
        }
    }

    private LoadResult commit(final LoadResult done) throws RedshiftException {
        try {
            connection().commit();
            return done;
        } catch (final SQLException e) {
            // First of all the broken session gives up its lock of the gate, if it still can.
            session.abandon(e);
            return settle(e, done);
        }
    }

    /** A COMMIT that failed or got no answer may have been done all the same. The ledger knows, once the lock of the gate has waited for a COMMIT that is under way. */
    private LoadResult settle(final SQLException failure, final LoadResult done) throws RedshiftException {
        final String subject = "COMMIT of the load into " + request.table();

        if (ledger == null) {
            throw new RedshiftException(Reason.OUTCOME_UNKNOWN, ("%s failed (%s). Whether it took effect is unknown, since no ledger is configured: look into the table "
                    + "for the %d rows before trying again, staged data is kept%s").formatted(subject, report.text(failure.getMessage()), request.expectedRows(), staged()),
                    report.redact(failure));
        }

        for (int number = 1; number <= SETTLE_ATTEMPTS; number++) {
            try {
                final Optional<LoadLedger.Found> found = findAfterOthers();

                if (found.isPresent()) {
                    return isOwn(found.get()) ? done : alreadyLoaded(found).orElseThrow();
                }

                throw report.report(subject, failure, "The ledger does not hold it", nothingLoaded());
            } catch (final SQLException e) {
                if (e != failure) {
                    failure.addSuppressed(e);
                }

                if (number < SETTLE_ATTEMPTS) {
                    pause(number, failure);
                }
            }
        }

        throw new RedshiftException(Reason.OUTCOME_UNKNOWN, "%s failed (%s), and the ledger %s cannot be asked whether it took effect. Staged data is kept%s. %s".formatted(
                subject, report.text(failure.getMessage()), request.ledger(), staged(), Reason.OUTCOME_UNKNOWN.advice()), report.redact(failure));
    }

    private boolean isOwn(final LoadLedger.Found found) {
        return found.attempt() == null || found.attempt().equals(attempt.id());
    }

    /** In a transaction that begins with the lock: a LOCK makes no snapshot, so that what is read then is what was committed before the lock was granted. */
    private Optional<LoadLedger.Found> findAfterOthers() throws SQLException {
        final ClusterSession asking = ClusterSession.open(connections);

        try {
            gate.lock(asking.connection());
            final Optional<LoadLedger.Found> found = ledger.find(asking.connection(), ledgerColumns);
            asking.release();
            return found;
        } catch (final RedshiftException e) {
            final SQLException unknown = new SQLException(e.getMessage(), e);
            asking.abandon(unknown);
            throw unknown;
        } catch (final SQLException | RuntimeException e) {
            asking.abandon(e);
            throw e;
        }
    }

    private void pause(final int number, final SQLException failure) {
        try {
            Thread.sleep(settlePause.multipliedBy(number));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            failure.addSuppressed(e);
        }
    }

    /** The rows are committed: what fails now is told, and changes nothing about them. */
    private LoadResult addForeignKeys(final LoadResult result) {
        if (request.plan().mode() == TargetPlan.Mode.MUST_EXIST || session.isFinished()) {
            return result;
        }

        final List<String> notes = new ArrayList<>(result.notes());

        try {
            notes.addAll(pendingForeignKeys().add(connection()));
        } catch (final SQLException e) {
            LOGGER.debug("Foreign keys were not added", Redactor.redact(e));
            notes.add("Foreign keys from and to %s were not added: %s".formatted(request.table(), report.text(e.getMessage())));
        }

        return new LoadResult(result.rows(), result.alreadyLoaded(), result.queryId(), result.created(), notes);
    }

    private Connection connection() {
        return session.connection();
    }

    private PendingForeignKeys pendingForeignKeys() {
        if (foreignKeys == null) {
            foreignKeys = new PendingForeignKeys(request, ledger, ledgerColumns);
        }

        return foreignKeys;
    }

    private String nothingLoaded() {
        return request.manifest() == null ? "" : "Nothing was loaded, staged data is kept" + staged();
    }

    private String staged() {
        final S3Location manifest = request.manifest();
        return manifest == null ? "" : " at " + manifest.parent();
    }

    private RedshiftException invalid(final IllegalArgumentException cause) {
        return new RedshiftException(Reason.INVALID_REQUEST, "COPY into %s was not started: %s".formatted(request.table(), cause.getMessage()), cause);
    }
}
