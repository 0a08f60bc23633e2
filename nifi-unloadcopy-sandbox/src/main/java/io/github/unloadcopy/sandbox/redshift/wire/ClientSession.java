package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.isolation.Conflicts;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;

import java.io.IOException;
import java.net.Socket;
import java.util.function.BooleanSupplier;

/**
 * One client after its start-up message: reads what it sends, and hands each message to who serves it.
 */
final class ClientSession {

    /** Redshift's own limit for the text of a statement, and some room. */
    private static final int LONGEST_STATEMENT = 17 * 1024 * 1024;
    private static final int LONGEST_MESSAGE = 1 << 30;
    private static final int LONGEST_PASSWORD = 1 << 16;

    private final MessageInput input;
    private final ClientChannel client;
    private final BackendLink backend;
    private final Pipeline pipeline;
    private final SimpleQueries simpleQueries;
    private final ExtendedQueries extendedQueries;
    private final Interference interference;
    private final TransactionGuard guard;

    /**
     * @param socket what {@code input} reads from
     * @param outlivesClient whether an UNLOAD or COPY goes on when the client has gone
     */
    ClientSession(final MessageInput input, final Socket socket, final ClientChannel client, final BackendLink backend, final StatementPlanner planner, final StatementRunner runner,
            final Interference interference, final BooleanSupplier outlivesClient, final Conflicts conflicts) {
        final BackendSession session = new BackendSession(backend, client);
        this.input = input;
        this.client = client;
        this.backend = backend;
        this.interference = interference;
        this.pipeline = new Pipeline(input, socket, client, backend);
        this.guard = new TransactionGuard(pipeline, client, backend, session, planner, conflicts);
        final PlanRunner planRunner = new PlanRunner(pipeline, client, backend, session, runner, interference, outlivesClient, guard);
        final MaskedReads maskedReads = new MaskedReads(pipeline, backend, session, planner);
        this.simpleQueries = new SimpleQueries(pipeline, client, backend, maskedReads, planRunner, interference, guard);
        this.extendedQueries = new ExtendedQueries(input, pipeline, client, session, maskedReads, planRunner, interference, guard);
    }

    boolean isFor(final int processId, final int secretKey) {
        return backend.processId() == processId && backend.secretKey() == secretKey;
    }

    /**
     * Cancels what the front runs itself, and what waits in a fault rule.
     *
     * @param reason what the client is told, null for the default
     */
    void cancel(final SqlError reason) {
        interference.cancel(reason);
        if (reason != null) {
            backend.explainCancellation(reason);
        }
    }

    int processId() {
        return backend.processId();
    }

    /** Ends the connection and the statement, whether or not it would outlive its client. */
    void end(final SqlError reason) {
        client.leave(Message.error("FATAL", reason));
        interference.cancel(reason);
    }

    /** Serves the client until it leaves. */
    void serve() throws IOException {
        try {
            int type = input.readOrEnd();
            while (type >= 0 && type != 'X') {
                handle(type, input.readInt());
                if (!input.hasBuffered()) {
                    backend.output().flush();
                }

                type = input.readOrEnd();
            }
        } finally {
            guard.clientHasGone();
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

        if (pipeline.isSkipping() && type != 'S') {
            input.skip(length - Integer.BYTES);
            return;
        }

        switch (type) {
            case 'Q' -> simpleQueries.query(body(length).readString());
            case 'P' -> extendedQueries.parse(body(length));
            case 'B' -> extendedQueries.bind(length);
            case 'D' -> extendedQueries.describe(body(length));
            case 'E' -> extendedQueries.execute(body(length));
            case 'C' -> extendedQueries.close(body(length));
            case 'S' -> guard.synchronize(length);
            case 'F' -> call(length);
            case 'H' -> {
                pipeline.forward(type, length);
                client.flush();
            }
            case 'p', 'd', 'c', 'f' -> pipeline.forward(type, length);
            default -> throw new ProtocolException("invalid frontend message type " + type);
        }
    }

    private void authenticate(final int type, final int length) throws IOException {
        if (type != 'p' || length > LONGEST_PASSWORD) {
            throw new ProtocolException("expected password response, got message type " + type);
        }

        pipeline.forward(type, length);
    }

    private MessageInput.Body body(final int length) throws IOException {
        if (length > LONGEST_STATEMENT) {
            throw new ProtocolException("Statement is too large: it may have 16 MB");
        }

        return new MessageInput.Body(input.readBytes(length - Integer.BYTES));
    }

    /** PostgreSQL's function call, which answers as a query does. */
    private void call(final int length) throws IOException {
        if (!pipeline.settleIfUnsynchronized()) {
            input.skip(length - Integer.BYTES);
            return;
        }

        backend.expectReady(true);
        pipeline.forward('F', length);
    }
}
