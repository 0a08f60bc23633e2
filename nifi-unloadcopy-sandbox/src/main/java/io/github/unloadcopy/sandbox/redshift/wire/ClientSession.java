package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StagedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One client after its start-up message: reads what it sends, passes it on, and runs UNLOAD and COPY itself on the client's own backend session.
 */
final class ClientSession {

    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);
    /** Redshift's own limit for the text of a statement, and some room. */
    private static final int LONGEST_STATEMENT = 17 * 1024 * 1024;
    private static final int LONGEST_MESSAGE = 1 << 30;
    private static final int LONGEST_PASSWORD = 1 << 16;
    private static final int POLL_MILLIS = 500;
    /** Names of statements and portals stand at the start of a message. */
    private static final int LONGEST_NAMES = 1 << 12;
    /** SQLSTATEs that begin so are the server's going down. */
    private static final String OPERATOR_INTERVENTION = "57P";

    private final MessageInput input;
    private final Socket socket;
    private final ClientChannel client;
    private final BackendLink backend;
    private final BackendSession session;
    private final StatementPlanner planner;
    private final StatementRunner runner;
    /** What the front runs, and of what PostgreSQL runs that which concerns query ids. */
    private final Map<String, PlannedStatement> statements = new HashMap<>();
    private final Map<String, PlannedStatement> portals = new HashMap<>();
    /** Texts of prepared statements by name. */
    private final Map<String, String> texts = new HashMap<>();
    /** Texts of what portals will run by name, until they run. */
    private final Map<String, String> pending = new HashMap<>();
    private final Interference interference;
    /** Whether the backend got messages of the extended protocol that no Sync has followed yet. */
    private boolean unsynchronized;
    /** Whether everything up to the next Sync is thrown away, as the protocol wants it after an error. */
    private boolean skipping;
    private volatile boolean cancelled;
    private volatile boolean staging;

    /**
     * @param socket what {@code input} reads from
     */
    ClientSession(final MessageInput input, final Socket socket, final ClientChannel client, final BackendLink backend, final StatementPlanner planner, final StatementRunner runner,
            final Interference interference) {
        this.input = input;
        this.socket = socket;
        this.interference = interference;
        this.client = client;
        this.backend = backend;
        this.session = new BackendSession(backend, client);
        this.planner = planner;
        this.runner = runner;
    }

    boolean isFor(final int processId, final int secretKey) {
        return backend.processId() == processId && backend.secretKey() == secretKey;
    }

    /** Asks a running UNLOAD or COPY to stop. */
    void cancel() {
        interference.cancel();
        if (staging) {
            cancelled = true;
        }
    }

    int processId() {
        return backend.processId();
    }

    /** Ends the connection. */
    void end(final SqlError reason) {
        client.leave(Message.error("FATAL", reason));
    }

    /** Serves the client until it leaves. */
    void serve() throws IOException {
        int type = input.readOrEnd();
        while (type >= 0 && type != 'X') {
            handle(type, input.readInt());
            if (!input.hasBuffered()) {
                backend.output().flush();
            }

            type = input.readOrEnd();
        }
    }

    private void handle(final int type, final int length) throws IOException {
        if (length < Integer.BYTES || length > LONGEST_MESSAGE) {
            throw new ProtocolException("invalid message length");
        }

        if (!backend.isAuthenticated()) {
            authenticate(type, length);
            return;
        }

        if (skipping && type != 'S') {
            input.skip(length - Integer.BYTES);
            return;
        }

        switch (type) {
            case 'Q' -> query(body(length).readString());
            case 'P' -> parse(body(length));
            case 'B' -> bind(length);
            case 'D' -> describe(body(length));
            case 'E' -> execute(body(length));
            case 'C' -> close(body(length));
            case 'S' -> synchronize(length);
            case 'F' -> call(length);
            case 'H' -> {
                forward(type, length);
                client.flush();
            }
            case 'p', 'd', 'c', 'f' -> forward(type, length);
            default -> throw new ProtocolException("invalid frontend message type " + type);
        }
    }

    private void authenticate(final int type, final int length) throws IOException {
        if (type != 'p' || length > LONGEST_PASSWORD) {
            throw new ProtocolException("expected password response, got message type " + type);
        }

        forward(type, length);
    }

    private MessageInput.Body body(final int length) throws IOException {
        if (length > LONGEST_STATEMENT) {
            throw new ProtocolException("Statement is too large: it may have 16 MB");
        }

        return new MessageInput.Body(input.readBytes(length - Integer.BYTES));
    }

    private void forward(final int type, final int length) throws IOException {
        final OutputStream output = backend.output();
        output.write(new Message((char) type).build(), 0, 1);
        output.write(new Message().integer(length).build(), Integer.BYTES, Integer.BYTES);
        input.copyTo(output, length - Integer.BYTES);
    }

    /** PostgreSQL's function call, which answers as a query does. */
    private void call(final int length) throws IOException {
        if (unsynchronized && !settle()) {
            input.skip(length - Integer.BYTES);
            return;
        }

        backend.expectReady(true);
        forward('F', length);
    }

    private void query(final String sql) throws IOException {
        // After an error among what came before, the backend throws away everything up to the next Sync, queries too.
        if (unsynchronized && !settle()) {
            return;
        }

        final Effect effect = interference.before(sql);
        if (effect == null) {
            runQuery(sql);
            return;
        }

        switch (effect.type()) {
            case ERROR -> {
                endIfFatal(effect);
                backend.substitute(Interference.error(effect));
                forwardQuery("EXECUTE " + BackendLink.NOTHING, true);
            }
            case CUT -> {
                awaitIdle();
                interference.cut(effect);
                runQuery(sql);
            }
            default -> {
                awaitIdle();
                client.sever();
                runQuery(sql);
                awaitIdle();
                throw answerDropped();
            }
        }
    }

    /** Some errors end the session as well. */
    private void endIfFatal(final Effect effect) throws IOException {
        final SqlError error = Interference.error(effect);
        if (error.state().startsWith(OPERATOR_INTERVENTION)) {
            end(error);
            throw new EOFException("a fault rule ends the session");
        }
    }

    private static EOFException answerDropped() {
        return new EOFException("a fault rule ends the connection after the statement");
    }

    /** Waits for the backend as long as the client is there. */
    private boolean awaitIdle() throws IOException {
        backend.output().flush();
        while (!backend.awaitIdle(POLL_MILLIS)) {
            if (!client.isSevered() && input.endsWithin(socket, 1)) {
                throw new EOFException("the client has gone");
            }
        }

        return backend.lastSegmentSucceeded();
    }

    private void runQuery(final String sql) throws IOException {
        final List<PlannedStatement> plans = planner.plan(sql, session.settings());
        if (plans.isEmpty()) {
            forwardQuery(sql, true);
        } else if (plans.stream().allMatch(PlannedStatement.Forwarded.class::isInstance)) {
            for (final PlannedStatement plan : plans) {
                countQuery((PlannedStatement.Forwarded) plan);
            }

            forwardQuery(join(plans), true);
        } else {
            awaitIdle();
            runScript(plans);
            client.statementEnded();
            client.send(new Message('Z').octet(backend.transactionStatus()).build());
            client.flush();
        }
    }

    private static String join(final List<PlannedStatement> plans) {
        final StringBuilder sql = new StringBuilder();
        for (final PlannedStatement plan : plans) {
            if (!sql.isEmpty()) {
                sql.append(";\n");
            }

            sql.append(((PlannedStatement.Forwarded) plan).sql());
        }

        return sql.toString();
    }

    private void forwardQuery(final String sql, final boolean visibleReady) throws IOException {
        backend.expectReady(visibleReady);
        backend.output().write(Message.query(sql));
        backend.output().flush();
    }

    /** Runs statements one by one; several of them in one message are one transaction, as far as they do not say otherwise. */
    private void runScript(final List<PlannedStatement> plans) throws IOException {
        final boolean ownTransaction = plans.size() > 1 && backend.transactionStatus() == 'I' && !startsTransaction(plans);
        if (ownTransaction && plans.stream().anyMatch(ClientSession::isTransactionControl)) {
            refuse(SqlError.notSupported("UNLOAD, COPY, TRUNCATE or LOCK in one message with other statements and with BEGIN, COMMIT or ROLLBACK among them is not supported by the sandbox"));
            return;
        }

        if (ownTransaction) {
            runInLine("BEGIN");
        }

        boolean success = true;
        for (final PlannedStatement plan : plans) {
            success = success && runPlan(plan);
        }

        if (ownTransaction) {
            runInLine(success ? "COMMIT" : "ROLLBACK");
        }
    }

    private static boolean startsTransaction(final List<PlannedStatement> plans) {
        return isTransactionControl(plans.get(0));
    }

    private static boolean isTransactionControl(final PlannedStatement plan) {
        return plan instanceof final PlannedStatement.Forwarded forwarded && forwarded.transactionControl();
    }

    private void runInLine(final String sql) throws IOException {
        backend.acquire();
        try {
            session.query(sql);
        } finally {
            backend.release();
        }
    }

    private boolean runPlan(final PlannedStatement plan) throws IOException {
        switch (plan) {
            case final PlannedStatement.Forwarded forwarded -> {
                countQuery(forwarded);
                forwardQuery(forwarded.sql(), false);
                return awaitIdle();
            }
            case final PlannedStatement.Staged staged -> {
                return run(() -> runAside(staged.statement()));
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

    private void parse(final MessageInput.Body body) throws IOException {
        final String name = body.readString();
        final String sql = body.readString();
        final List<PlannedStatement> plans = planPrepared(sql);
        texts.put(name, sql);
        if (!plans.isEmpty() && plans.get(0) instanceof final PlannedStatement.Forwarded forwarded) {
            remember(name, plans);
            unsynchronized = true;
            backend.output().write(WireTypes.addParameters(new Message('P').string(name).string(plans.size() == 1 ? forwarded.sql() : join(plans)), body).build());
        } else if (plans.isEmpty()) {
            statements.remove(name);
            unsynchronized = true;
            backend.output().write(WireTypes.addParameters(new Message('P').string(name).string(""), body).build());
        } else if (settle()) {
            prepare(name, plans.get(0));
        }
    }

    private List<PlannedStatement> planPrepared(final String sql) {
        final List<PlannedStatement> plans = planner.plan(sql, session.settings());
        if (plans.size() > 1 && !plans.stream().allMatch(PlannedStatement.Forwarded.class::isInstance)) {
            return List.of(new PlannedStatement.Refused(SqlError.syntax("cannot insert multiple commands into a prepared statement")));
        }

        return plans;
    }

    private void remember(final String name, final List<PlannedStatement> plans) {
        final boolean counts = plans.size() == 1 && plans.get(0) instanceof final PlannedStatement.Forwarded only && (only.takesQueryId() || only.asksForQueryId());
        if (counts) {
            statements.put(name, plans.get(0));
        } else {
            statements.remove(name);
        }
    }

    private void prepare(final String name, final PlannedStatement plan) throws IOException {
        if (plan instanceof final PlannedStatement.Refused refused) {
            refuse(refused.error());
            skipping = true;
        } else {
            statements.put(name, plan);
            client.send(Message.empty('1'));
        }
    }

    /** What PostgreSQL runs, or does not know of either. */
    private static boolean isForwarded(final PlannedStatement plan) {
        return plan == null || plan instanceof PlannedStatement.Forwarded;
    }

    private void bind(final int length) throws IOException {
        final byte[] start = input.readBytes(Math.min(length - Integer.BYTES, LONGEST_NAMES));
        final MessageInput.Body body = new MessageInput.Body(start);
        final String portal = body.readString();
        final String name = body.readString();
        final PlannedStatement statement = statements.get(name);
        pending.put(portal, texts.getOrDefault(name, ""));
        if (isForwarded(statement)) {
            portals.put(portal, statement);
            unsynchronized = true;
            backend.output().write(new Message('B').build(), 0, 1);
            backend.output().write(new Message().integer(length).build(), Integer.BYTES, Integer.BYTES);
            backend.output().write(start);
            input.copyTo(backend.output(), length - Integer.BYTES - start.length);
            return;
        }

        input.skip(length - Integer.BYTES - start.length);
        final int formats = body.readShort();
        for (int index = 0; index < formats; index++) {
            body.readShort();
        }

        if (settle()) {
            if (body.readShort() > 0) {
                refuse(SqlError.notSupported("This statement takes no parameters"));
                skipping = true;
            } else {
                portals.put(portal, statement);
                client.send(Message.empty('2'));
            }
        }
    }

    private void describe(final MessageInput.Body body) throws IOException {
        final int kind = body.readByte();
        final String name = body.readString();
        if (isForwarded((kind == 'S' ? statements : portals).get(name))) {
            unsynchronized = true;
            backend.output().write(new Message('D').octet(kind).string(name).build());
        } else if (settle()) {
            if (kind == 'S') {
                client.send(new Message('t').shortInteger(0).build());
            }

            client.send(Message.empty('n'));
        }
    }

    private void execute(final MessageInput.Body body) throws IOException {
        final String portal = body.readString();
        final PlannedStatement statement = portals.get(portal);
        // A portal that gives its rows piece by piece runs one statement all the same.
        final String text = pending.remove(portal);
        final Effect effect = text == null ? null : interference.before(text);
        if (!isForwarded(statement)) {
            executeHere(statement, effect);
            return;
        }

        countQuery((PlannedStatement.Forwarded) statement);
        if (effect == null) {
            forwardExecute(portal, body.rest());
        } else {
            executeFaulty(portal, body.rest(), effect);
        }
    }

    private void forwardExecute(final String portal, final byte[] rest) throws IOException {
        unsynchronized = true;
        backend.output().write(new Message('E').string(portal).bytes(rest).build());
    }

    private void executeFaulty(final String portal, final byte[] rest, final Effect effect) throws IOException {
        switch (effect.type()) {
            case ERROR -> {
                endIfFatal(effect);
                backend.substitute(Interference.error(effect));
                forwardExecute(BackendLink.NOTHING, rest);
            }
            case CUT -> {
                interference.cut(effect);
                forwardExecute(portal, rest);
            }
            default -> {
                client.sever();
                forwardExecute(portal, rest);
                settle();
                throw answerDropped();
            }
        }
    }

    private void executeHere(final PlannedStatement statement, final Effect effect) throws IOException {
        if (!settle()) {
            return;
        }

        if (effect == null) {
            skipping = !runPlan(statement);
            return;
        }

        switch (effect.type()) {
            case ERROR -> {
                endIfFatal(effect);
                refuse(Interference.error(effect));
                skipping = true;
            }
            case CUT -> {
                interference.cut(effect);
                skipping = !runPlan(statement);
                client.statementEnded();
            }
            default -> {
                client.sever();
                runPlan(statement);
                throw answerDropped();
            }
        }
    }

    private void close(final MessageInput.Body body) throws IOException {
        final int kind = body.readByte();
        final String name = body.readString();
        (kind == 'S' ? texts : pending).remove(name);
        if (isForwarded((kind == 'S' ? statements : portals).remove(name))) {
            unsynchronized = true;
            backend.output().write(new Message('C').octet(kind).string(name).build());
        } else if (settle()) {
            client.send(Message.empty('3'));
        }
    }

    private void synchronize(final int length) throws IOException {
        skipping = false;
        unsynchronized = false;
        backend.expectReady(true);
        forward('S', length);
        backend.output().flush();
    }

    /** Waits until the client has seen all answers to what it sent before. False when one of them was an error: the rest of this batch is to be skipped. */
    private boolean settle() throws IOException {
        boolean success = true;
        if (unsynchronized) {
            unsynchronized = false;
            backend.expectReady(false);
            backend.output().write(Message.empty('S'));
            backend.output().flush();
            success = awaitIdle();
        } else {
            awaitIdle();
        }

        skipping = !success;
        return success;
    }

    /** Keeps the numbers of queries; null is a statement that has none to do with them. */
    private void countQuery(final PlannedStatement.Forwarded statement) throws IOException {
        if (statement != null && statement.asksForQueryId()) {
            runner.queryIdIsAsked(session.processId());
        }

        if (statement != null && statement.takesQueryId()) {
            runner.queryStarts(session.processId());
        }
    }

    private boolean run(final Work work) throws IOException {
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
            refuse(e);
            return false;
        }
    }

    private StatementRunner.Outcome runSequence(final PlannedStatement.Sequence sequence) throws IOException {
        final boolean within = backend.transactionStatus() == 'T';
        if (within && sequence.transaction() == PlannedStatement.Transaction.STANDS_ALONE) {
            throw new SqlError(SqlError.IN_TRANSACTION, sequence.tag() + " cannot run inside a transaction block");
        }

        backend.acquire();
        boolean success = false;
        try {
            if (!within) {
                session.query("BEGIN");
            }

            for (final String step : sequence.steps()) {
                session.query(step);
            }

            success = true;
        } finally {
            if (!within || success && sequence.transaction() == PlannedStatement.Transaction.COMMITS) {
                session.query(success ? "COMMIT" : "ROLLBACK");
            }

            backend.release();
        }

        return new StatementRunner.Outcome(sequence.tag(), List.of());
    }

    /** Runs on a thread of the platform: compression would keep a virtual thread's carrier from everybody else. */
    private StatementRunner.Outcome runAside(final StagedStatement statement) throws IOException {
        cancelled = false;
        staging = true;
        backend.acquire();
        final FutureTask<StatementRunner.Outcome> task = new FutureTask<>(() -> runner.run(statement, session, () -> cancelled));
        try {
            Thread.ofPlatform().daemon().name("staged-statement").start(task);
            return task.get();
        } catch (final ExecutionException e) {
            throw translate(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            staging = false;
            backend.release();
        }
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

    private void refuse(final SqlError error) throws IOException {
        backend.acquire();
        try {
            session.failTransaction();
        } finally {
            backend.release();
        }

        client.send(Message.error("ERROR", error));
        client.flush();
    }

    /** What the front does for one statement. */
    @FunctionalInterface
    private interface Work {

        StatementRunner.Outcome run() throws IOException;
    }
}
