package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.TableAccess;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The extended protocol: statements are prepared, bound to portals and executed. What PostgreSQL runs is sent on as it comes; what the front runs waits for the end of that.
 */
final class ExtendedQueries {

    /** Names of statements and portals stand at the start of a message. */
    private static final int LONGEST_NAMES = 1 << 12;

    private final MessageInput input;
    private final Pipeline pipeline;
    private final ClientChannel client;
    private final BackendSession session;
    private final MaskedReads maskedReads;
    private final PlanRunner runner;
    private final Interference interference;
    private final TransactionGuard guard;
    /** What the front runs, and of what PostgreSQL runs that which concerns query ids. */
    private final Map<String, PlannedStatement> statements = new HashMap<>();
    private final Map<String, PlannedStatement> portals = new HashMap<>();
    /** What PostgreSQL runs, by the name of the prepared statement and by that of the portal. */
    private final Map<String, TableAccess> accesses = new HashMap<>();
    private final Map<String, TableAccess> portalAccesses = new HashMap<>();
    /** Texts of prepared statements by name. */
    private final Map<String, String> texts = new HashMap<>();
    /** Texts of what portals will run by name, until they run. */
    private final Map<String, String> pending = new HashMap<>();

    ExtendedQueries(final MessageInput input, final Pipeline pipeline, final ClientChannel client, final BackendSession session, final MaskedReads maskedReads, final PlanRunner runner,
            final Interference interference, final TransactionGuard guard) {
        this.input = input;
        this.pipeline = pipeline;
        this.client = client;
        this.session = session;
        this.maskedReads = maskedReads;
        this.runner = runner;
        this.interference = interference;
        this.guard = guard;
    }

    void parse(final MessageInput.Body body) throws IOException {
        final String name = body.readString();
        final String sql = body.readString();
        final List<PlannedStatement> plans = plan(sql);
        if (pipeline.isSkipping()) {
            return;
        }

        texts.put(name, sql);
        accesses.remove(name);
        guard.forget(name);
        if (!plans.isEmpty() && plans.getFirst() instanceof PlannedStatement.Forwarded) {
            remember(name, plans);
            final Message message = WireTypes.addParameters(new Message('P').string(name).string(PlannedStatement.join(plans)), body);
            guarded(name, () -> pipeline.send(message));
        } else if (plans.isEmpty()) {
            statements.remove(name);
            pipeline.send(WireTypes.addParameters(new Message('P').string(name).string(""), body));
        } else if (pipeline.settle()) {
            prepare(name, plans.getFirst());
        }
    }

    private List<PlannedStatement> plan(final String sql) throws IOException {
        final List<PlannedStatement> plans = maskedReads.plan(sql);
        if (plans.size() > 1 && !plans.stream().allMatch(PlannedStatement.Forwarded.class::isInstance)) {
            return List.of(new PlannedStatement.Refused(SqlError.syntax("cannot insert multiple commands into a prepared statement")));
        }

        return plans;
    }

    private void remember(final String name, final List<PlannedStatement> plans) {
        if (plans.size() == 1) {
            accesses.put(name, ((PlannedStatement.Forwarded) plans.getFirst()).access());
        }

        final boolean counts = plans.size() == 1 && plans.getFirst() instanceof final PlannedStatement.Forwarded only && (only.takesQueryId() || only.asksForQueryId());
        if (counts) {
            statements.put(name, plans.getFirst());
        } else {
            statements.remove(name);
        }
    }

    private void prepare(final String name, final PlannedStatement plan) throws IOException {
        if (plan instanceof final PlannedStatement.Refused refused) {
            refuse(refused.error());
        } else {
            statements.put(name, plan);
            client.send(Message.empty('1'));
        }
    }

    private void refuse(final SqlError error) throws IOException {
        runner.refuse(error);
        pipeline.skip(true);
    }

    /** Sends a message that makes a statement part of the transaction. False when it was not sent, since the batch has failed. */
    private boolean guarded(final String name, final Sending sending) throws IOException {
        final TableAccess access = accesses.get(name);
        final TransactionGuard.Next next = access == null ? TransactionGuard.Next.SEND : guard.before(name, access);
        if (next == TransactionGuard.Next.DROP) {
            return false;
        }

        sending.send();
        if (next == TransactionGuard.Next.SEND_AND_CHECK) {
            guard.checkAfter();
        }

        return true;
    }

    /** What PostgreSQL runs, or does not know of either. */
    private static boolean isForwarded(final PlannedStatement plan) {
        return plan == null || plan instanceof PlannedStatement.Forwarded;
    }

    /**
     * @param length of the message, of which nothing has been read yet
     */
    void bind(final int length) throws IOException {
        final byte[] start = input.readBytes(Math.min(length - Integer.BYTES, LONGEST_NAMES));
        final MessageInput.Body body = new MessageInput.Body(start);
        final String portal = body.readString();
        final String name = body.readString();
        final PlannedStatement statement = statements.get(name);
        pending.put(portal, texts.getOrDefault(name, ""));
        if (isForwarded(statement)) {
            portals.put(portal, statement);
            portalAccesses.put(portal, accesses.get(name));
            if (!guarded(name, () -> pipeline.send('B', length, start))) {
                input.skip(length - Integer.BYTES - start.length);
            }

            return;
        }

        input.skip(length - Integer.BYTES - start.length);
        final int formats = body.readShort();
        for (int index = 0; index < formats; index++) {
            body.readShort();
        }

        if (pipeline.settle()) {
            if (body.readShort() > 0) {
                refuse(SqlError.notSupported("This statement takes no parameters"));
            } else {
                portals.put(portal, statement);
                client.send(Message.empty('2'));
            }
        }
    }

    void describe(final MessageInput.Body body) throws IOException {
        final int kind = body.readByte();
        final String name = body.readString();
        if (isForwarded((kind == 'S' ? statements : portals).get(name))) {
            pipeline.send(new Message('D').octet(kind).string(name));
        } else if (pipeline.settle()) {
            if (kind == 'S') {
                client.send(new Message('t').shortInteger(0).build());
            }

            client.send(Message.empty('n'));
        }
    }

    void execute(final MessageInput.Body body) throws IOException {
        final String portal = body.readString();
        final PlannedStatement statement = portals.get(portal);
        // A portal that gives its rows piece by piece runs one statement all the same.
        final String text = pending.remove(portal);
        final Effect effect = text == null ? null : interference.before(text);
        final TableAccess access = portalAccesses.get(portal);
        if (isForwarded(statement) && access != null && !guard.beforeExecuting(access)) {
            return;
        }

        if (isForwarded(statement)) {
            runner.countQuery((PlannedStatement.Forwarded) statement);
            interference.befall(effect, new ForwardedPortal(portal, body.rest()));
        } else if (pipeline.settle()) {
            interference.befall(effect, new OwnPortal(statement));
        }
    }

    void close(final MessageInput.Body body) throws IOException {
        final int kind = body.readByte();
        final String name = body.readString();
        (kind == 'S' ? texts : pending).remove(name);
        (kind == 'S' ? accesses : portalAccesses).remove(name);
        if (isForwarded((kind == 'S' ? statements : portals).remove(name))) {
            pipeline.send(new Message('C').octet(kind).string(name));
        } else if (pipeline.settle()) {
            client.send(Message.empty('3'));
        }
    }

    /** What is done with a message. */
    @FunctionalInterface
    private interface Sending {

        void send() throws IOException;
    }

    /** A portal that PostgreSQL executes. */
    private final class ForwardedPortal implements Subject {

        private final String portal;
        private final byte[] rest;

        /**
         * @param rest what follows the portal's name in the message
         */
        ForwardedPortal(final String portal, final byte[] rest) {
            this.portal = portal;
            this.rest = rest;
        }

        @Override
        public void awaitTurn() {
            // What came before it in the batch has no end of its own.
        }

        @Override
        public void run() throws IOException {
            send(portal);
        }

        @Override
        public boolean endsInRun() {
            return false;
        }

        @Override
        public void awaitEnd() throws IOException {
            pipeline.settle();
        }

        @Override
        public void fail(final SqlError error) throws IOException {
            pipeline.substitute(error);
            send(BackendLink.NOTHING);
        }

        private void send(final String name) throws IOException {
            pipeline.send(new Message('E').string(name).bytes(rest));
        }
    }

    /** A portal that the front executes, after everything before it. */
    private final class OwnPortal implements Subject {

        private final PlannedStatement statement;

        OwnPortal(final PlannedStatement statement) {
            this.statement = statement;
        }

        @Override
        public void awaitTurn() {
            // Its turn has come before anything may befall it.
        }

        @Override
        public void run() throws IOException {
            pipeline.skip(!runner.run(statement));
        }

        @Override
        public boolean endsInRun() {
            return true;
        }

        @Override
        public void awaitEnd() {
            // It has ended.
        }

        @Override
        public void fail(final SqlError error) throws IOException {
            refuse(error);
        }
    }
}
