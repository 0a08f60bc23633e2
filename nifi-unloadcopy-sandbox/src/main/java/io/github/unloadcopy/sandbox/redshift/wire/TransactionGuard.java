package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.isolation.Conflicts;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import io.github.unloadcopy.sandbox.redshift.sql.TableAccess;
import io.github.unloadcopy.sandbox.redshift.sql.UnloadStatement;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes one client's transactions keep to the isolation level of their database. Only the thread that reads from the client calls it.
 *
 * <p>Writers lock their table before they make a snapshot, until the end of the transaction: pages "Write and read/write operations" and "Concurrent write examples" of the Redshift Database
 * Developer Guide. UPDATE, DELETE and MERGE have it to themselves, INSERT and COPY under SERIALIZABLE as well; under SNAPSHOT INSERT and COPY share it. Readers do not wait. The locks are
 * PostgreSQL's, whose modes also tell {@link Conflicts} what was done: EXCLUSIVE for a target that is read and written, SHARE ROW EXCLUSIVE for a pure write. A statement that would be a
 * transaction of its own becomes one that the client does not see, so that there is one to lock in.
 *
 * <p>A user who may INSERT and neither UPDATE nor DELETE cannot lock a table in PostgreSQL: two such INSERTs do not wait for each other under SERIALIZABLE.
 */
final class TransactionGuard {

    private static final String SAVEPOINT = "unloadcopy_sandbox_lock";
    /** PostgreSQL's classes and codes of errors that are the statement's own end: canceled, deadlock, lock timeout. */
    private static final Set<String> FINAL = Set.of("57", "40", "55");
    private static final int CLASS_LENGTH = 2;

    private final Pipeline pipeline;
    private final ClientChannel client;
    private final BackendLink backend;
    private final BackendSession session;
    private final StatementPlanner planner;
    private final Conflicts conflicts;
    /** Null until it matters. */
    private IsolationLevel level;
    /** Whether the open transaction is one that the client does not see. */
    private boolean implicit;
    /** Whether a BEGIN was sent since the line was last known to be idle. */
    private boolean begun;
    /** Prepared statements that have been dealt with in the open transaction. */
    private final Set<String> entered = new HashSet<>();

    TransactionGuard(final Pipeline pipeline, final ClientChannel client, final BackendLink backend, final BackendSession session, final StatementPlanner planner, final Conflicts conflicts) {
        this.pipeline = pipeline;
        this.client = client;
        this.backend = backend;
        this.session = session;
        this.planner = planner;
        this.conflicts = conflicts;
    }

    // The simple protocol.

    /** Whether statements that PostgreSQL would run as one text are to be run one by one. */
    boolean concerns(final List<PlannedStatement> plans) throws IOException {
        entered.clear();
        final List<TableAccess> accesses = plans.stream().map(plan -> ((PlannedStatement.Forwarded) plan).access()).toList();
        if (accesses.stream().noneMatch(access -> access.writes() || access.kind() == TableAccess.Kind.READS || access.kind() == TableAccess.Kind.COMMITS)) {
            return false;
        }

        pipeline.awaitIdle();
        final boolean within = backend.transactionStatus() != 'I';
        if (!within && plans.size() > 1) {
            final boolean control = plans.stream().anyMatch(plan -> ((PlannedStatement.Forwarded) plan).transactionControl());
            final boolean starts = accesses.getFirst().kind() == TableAccess.Kind.BEGINS;
            return starts || !control && accesses.stream().anyMatch(TableAccess::writes);
        }

        for (final TableAccess access : accesses) {
            if (isGuarded(access)) {
                return true;
            }
        }

        return false;
    }

    /** Opens a transaction that the client does not see, for several statements. */
    void open() throws IOException {
        inLine(() -> session.query("BEGIN"));
        implicit = true;
    }

    /** Runs one statement to its end. False when it failed; the client has been told. */
    boolean run(final PlannedStatement.Forwarded statement) throws IOException {
        final TableAccess access = statement.access();
        if (backend.transactionStatus() == 'E' || !isGuarded(access)) {
            return forward(statement.sql());
        }

        final boolean opens = backend.transactionStatus() == 'I';
        try {
            if (access.kind() == TableAccess.Kind.COMMITS) {
                commitOpen();
            } else {
                enter(access);
                if (isChecked()) {
                    inLine(() -> probe(access, statement.sql()));
                    check();
                }
            }
        } catch (final SqlError e) {
            if (access.kind() == TableAccess.Kind.COMMITS) {
                inLine(() -> session.query("ROLLBACK"));
            }

            refuse(e);
            return false;
        }

        final boolean success = forward(statement.sql());
        return (!opens || finish()) && success;
    }

    private boolean forward(final String sql) throws IOException {
        pipeline.query(sql, false);
        return pipeline.awaitIdle();
    }

    private boolean isGuarded(final TableAccess access) throws IOException {
        final boolean within = backend.transactionStatus() == 'T';
        return switch (access.kind()) {
            case CHANGES -> true;
            case INSERTS -> within || level() == IsolationLevel.SERIALIZABLE;
            case READS -> within;
            case COMMITS -> within && level() == IsolationLevel.SERIALIZABLE;
            default -> false;
        };
    }

    // The extended protocol.

    /**
     * Does what is to be done before a statement is parsed or bound.
     *
     * @param name of the prepared statement
     * @return what to do with the message
     */
    Next before(final String name, final TableAccess access) throws IOException {
        return switch (access.kind()) {
            case READS -> beforeReading(name);
            case INSERTS, CHANGES -> beforeWriting(name, access);
            case BEGINS, COMMITS, ROLLS_BACK -> {
                if (implicit) {
                    pipeline.settle();
                    yield finish() && !pipeline.isSkipping() ? Next.SEND : Next.DROP;
                }

                yield Next.SEND;
            }
            default -> Next.SEND;
        };
    }

    private Next beforeReading(final String name) throws IOException {
        if (!pipeline.isUnsynchronized()) {
            pipeline.awaitIdle();
            forgetIfIdle();
        }

        if (!begun && backend.transactionStatus() == 'I' || entered.contains(name)) {
            return Next.SEND;
        }

        if (!settle()) {
            return Next.DROP;
        }

        if (backend.transactionStatus() != 'T') {
            return Next.SEND;
        }

        entered.add(name);
        return isChecked() ? Next.SEND_AND_CHECK : Next.SEND;
    }

    private Next beforeWriting(final String name, final TableAccess access) throws IOException {
        if (!pipeline.isUnsynchronized()) {
            pipeline.awaitIdle();
            forgetIfIdle();
        }

        if (entered.contains(name)) {
            return Next.SEND;
        }

        if (!settle()) {
            return Next.DROP;
        }

        if (backend.transactionStatus() == 'E') {
            return Next.SEND;
        }

        try {
            enter(access);
        } catch (final SqlError e) {
            refuse(e);
            pipeline.skip(true);
            return Next.DROP;
        }

        entered.add(name);
        return isChecked() ? Next.SEND_AND_CHECK : Next.SEND;
    }

    /** A prepared statement of this name is another one from now on. */
    void forget(final String name) {
        entered.remove(name);
    }

    /** Checks what the message that was sent last has added to the transaction. False when it failed; the client has been told. */
    boolean checkAfter() throws IOException {
        if (!settle()) {
            return false;
        }

        try {
            check();
            return true;
        } catch (final SqlError e) {
            refuse(e);
            pipeline.skip(true);
            return false;
        }
    }

    /** Does what is to be done before a portal is executed. False when it is not to be; the client has been told. */
    boolean beforeExecuting(final TableAccess access) throws IOException {
        switch (access.kind()) {
            case BEGINS -> begun = true;
            case ROLLS_BACK -> entered.clear();
            case COMMITS -> {
                entered.clear();
                if (level == IsolationLevel.SERIALIZABLE) {
                    return settle() && commitBeforeExecuting();
                }
            }
            default -> {
                // The others have been dealt with.
            }
        }

        return true;
    }

    private boolean commitBeforeExecuting() throws IOException {
        try {
            commitOpen();
            return true;
        } catch (final SqlError e) {
            inLine(() -> session.query("ROLLBACK"));
            refuse(e);
            pipeline.skip(true);
            return false;
        }
    }

    /** Passes a Sync on, and ends the transaction that the client does not see. */
    void synchronize(final int length) throws IOException {
        begun = false;
        if (!implicit) {
            pipeline.synchronize(length);
            return;
        }

        pipeline.settle();
        pipeline.skip(false);
        finish();
        client.statementEnded();
        client.send(new Message('Z').octet(backend.transactionStatus()).build());
        client.flush();
    }

    private boolean settle() throws IOException {
        final boolean success = pipeline.settle();
        begun = false;
        forgetIfIdle();
        return success;
    }

    private void forgetIfIdle() {
        if (backend.transactionStatus() != 'T') {
            entered.clear();
        }
    }

    // Both.

    /**
     * Runs an UNLOAD or COPY.
     *
     * @throws SqlError what the client is to be told; a transaction that it does not see has ended
     */
    StatementRunner.Outcome around(final PlannedStatement.Staged staged, final Work work) throws IOException {
        entered.clear();
        final boolean opens = backend.transactionStatus() == 'I';
        try {
            if (staged.statement() instanceof final CopyStatement copy && (!opens || level() == IsolationLevel.SERIALIZABLE)) {
                enter(TableAccess.ofCopy(copy));
            } else if (staged.statement() instanceof final UnloadStatement unload && !opens) {
                inLine(() -> probe(unload));
                check();
            }

            final StatementRunner.Outcome outcome = work.run();
            if (backend.transactionStatus() == 'T' && isChecked()) {
                check();
            }

            if (opens && implicit) {
                commitOpen();
                implicit = false;
                inLine(() -> session.query("COMMIT"));
            }

            return outcome;
        } catch (final SqlError e) {
            rollBackImplicit();
            throw e;
        }
    }

    /**
     * Checks the open transaction, which is about to be committed.
     *
     * @throws SqlError 1018 or 1023
     */
    void commitOpen() throws IOException {
        if (backend.transactionStatus() == 'T') {
            final IsolationLevel current = level();
            inLine(() -> conflicts.commit(new InSession(), current));
        }
    }

    /** Ends a transaction that the client does not see, if there is one. False when it could not be committed; the client has been told. */
    boolean finish() throws IOException {
        if (!implicit) {
            return true;
        }

        try {
            commitOpen();
            implicit = false;
            entered.clear();
            if (backend.transactionStatus() != 'I') {
                inLine(() -> session.query(backend.transactionStatus() == 'T' ? "COMMIT" : "ROLLBACK"));
            }

            return true;
        } catch (final SqlError e) {
            implicit = true;
            refuse(e);
            return false;
        }
    }

    /** The client has left: what it was not told of goes on when its connection was taken from it on demand. */
    void clientHasGone() throws IOException {
        if (implicit && client.isSevered()) {
            pipeline.settle();
            finish();
        }
    }

    /** Tells the client of an error, and fails the transaction that it is in; one that it does not see ends. */
    private void refuse(final SqlError error) throws IOException {
        entered.clear();
        inLine(session::failTransaction);
        rollBackImplicit();
        client.send(Message.error("ERROR", error));
        client.flush();
    }

    private void rollBackImplicit() throws IOException {
        if (implicit) {
            implicit = false;
            entered.clear();
            if (backend.transactionStatus() != 'I') {
                inLine(() -> session.query("ROLLBACK"));
            }
        }
    }

    /** Whether there is something to find: a transaction of one statement under SNAPSHOT has a snapshot that nothing precedes. */
    private boolean isChecked() throws IOException {
        return !implicit || level() == IsolationLevel.SERIALIZABLE;
    }

    private void check() throws IOException {
        final IsolationLevel current = level();
        inLine(() -> conflicts.check(new InSession(), current));
    }

    /** Locks the table that a statement writes, in a transaction that is opened when there is none. */
    private void enter(final TableAccess access) throws IOException {
        final boolean opens = backend.transactionStatus() == 'I';
        if (!access.writes()) {
            return;
        }

        final String begin = opens ? "BEGIN; " : "";
        final IsolationLevel current = level();
        implicit |= opens;
        if (opens && access.kind() == TableAccess.Kind.INSERTS && current == IsolationLevel.SNAPSHOT) {
            inLine(() -> session.query("BEGIN"));
            return;
        }

        final String mode = access.kind() == TableAccess.Kind.CHANGES ? "EXCLUSIVE" : current == IsolationLevel.SERIALIZABLE ? "SHARE ROW EXCLUSIVE" : "ROW EXCLUSIVE";
        pipeline.whileClientStays(() -> {
            inLine(() -> lock(begin, access.target(), mode));
            return null;
        });
    }

    /** What is wrong with the table, or with the user's privileges, is for the statement itself to tell. */
    private void lock(final String begin, final String table, final String mode) throws IOException {
        try {
            session.query(begin + "SAVEPOINT " + SAVEPOINT + "; LOCK TABLE " + table + " IN " + mode + " MODE; RELEASE SAVEPOINT " + SAVEPOINT);
        } catch (final SqlError e) {
            // Without a savepoint in it the transaction can fail as a whole, which gives back the locks that it holds.
            session.query("ROLLBACK TO SAVEPOINT " + SAVEPOINT + "; RELEASE SAVEPOINT " + SAVEPOINT);
            if (FINAL.contains(e.state().substring(0, CLASS_LENGTH))) {
                throw e;
            }
        }
    }

    /** Has PostgreSQL find the tables of a statement, and hold them, without running it. */
    private void probe(final TableAccess access, final String sql) throws IOException {
        if (access.queries()) {
            session.describe(sql);
        }
    }

    /** An error of its query is for the UNLOAD itself to tell. */
    private void probe(final UnloadStatement unload) throws IOException {
        session.query("SAVEPOINT " + SAVEPOINT);
        try {
            session.describe(planner.planQuery(unload.query(), session.settings()));
        } catch (final SqlError e) {
            session.query("ROLLBACK TO SAVEPOINT " + SAVEPOINT);
        }

        session.query("RELEASE SAVEPOINT " + SAVEPOINT);
    }

    private IsolationLevel level() throws IOException {
        if (level == null) {
            inLine(() -> level = IsolationLevel.of(session.ask("SHOW " + IsolationLevel.SETTING).getFirst().getFirst()));
        }

        return level;
    }

    private void inLine(final Step step) throws IOException {
        backend.acquire();
        try {
            step.run();
        } finally {
            backend.release();
        }
    }

    /** What becomes of a message. */
    enum Next {
        SEND,
        /** It is sent, and {@link TransactionGuard#checkAfter()} follows. */
        SEND_AND_CHECK,
        /** The batch has failed. */
        DROP
    }

    /** What the front does for one statement. */
    @FunctionalInterface
    interface Work {

        StatementRunner.Outcome run() throws IOException;
    }

    /** Something that has the line to itself. */
    @FunctionalInterface
    private interface Step {

        void run() throws IOException;
    }

    /** The client's own transaction. */
    private final class InSession implements Conflicts.OpenTransaction {

        @Override
        public List<List<String>> ask(final String sql) throws IOException {
            return session.ask(sql);
        }

        @Override
        public void fail() throws IOException {
            session.failTransaction();
        }
    }
}
