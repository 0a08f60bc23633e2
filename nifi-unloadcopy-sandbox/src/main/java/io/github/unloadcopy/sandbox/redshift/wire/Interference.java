package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Errors;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;
import io.github.unloadcopy.sandbox.redshift.sql.Tokenizer;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What goes wrong on demand with one client's statements. Only the thread that reads from the client calls it, save {@link #cancel}.
 */
final class Interference {

    private static final int POLL_MILLIS = 50;
    /** SQLSTATEs that begin so are the server's going down. */
    private static final String OPERATOR_INTERVENTION = "57P";
    private static final Effect CANCELED = Effect.error(SqlError.CANCELED);
    private static final Set<String> STAGED = Set.of("UNLOAD", "COPY");

    private final StatementFaults faults;
    private final MessageInput input;
    private final Socket socket;
    private final ClientChannel client;
    private final ScheduledExecutorService timers;
    private volatile boolean waiting;
    private volatile boolean cancelled;
    /** The UNLOAD or COPY that has arrived and has not ended, or null. */
    private volatile Execution execution;

    /**
     * @param socket what {@code input} reads from
     */
    Interference(final StatementFaults faults, final MessageInput input, final Socket socket, final ClientChannel client, final ScheduledExecutorService timers) {
        this.faults = faults;
        this.input = input;
        this.socket = socket;
        this.client = client;
        this.timers = timers;
    }

    /**
     * Ends a delay before a statement with the statement, and cancels an UNLOAD or COPY.
     *
     * @param reason what the client is told, null for the default
     */
    void cancel(final SqlError reason) {
        final Execution running = execution;
        if (running != null) {
            running.cancel(reason);
        }

        if (waiting) {
            cancelled = true;
        }
    }

    /** The UNLOAD or COPY that is about to run. */
    Execution begin() {
        if (execution == null) {
            execution = new Execution(client::cut);
        }

        return execution;
    }

    /** Says that it has ended. */
    void end() {
        execution = null;
    }

    /**
     * Decides about a statement that is about to run, and waits as long as it is to wait.
     *
     * @param sql the statement
     * @return what is to happen with it, ERROR, CUT or DROP_ANSWER; null when it is to run as always
     * @throws IOException when the connection is to end instead, or has ended
     */
    Effect before(final String sql) throws IOException {
        final String kind = kind(sql);
        execution = STAGED.contains(kind) ? new Execution(client::cut) : null;
        cancelled = false;
        waiting = true;
        try {
            return decide(kind, sql);
        } finally {
            waiting = false;
        }
    }

    private Effect decide(final String kind, final String sql) throws IOException {
        for (final Effect effect : faults.ofStatement(kind, sql)) {
            if (execution != null && isWithin(effect)) {
                execution.add(effect);
                continue;
            }

            switch (effect.type()) {
                case LATENCY -> {
                    if (pause(effect.milliseconds())) {
                        return CANCELED;
                    }
                }
                case HANG -> {
                    pause(Long.MAX_VALUE);
                    return CANCELED;
                }
                case DROP -> throw new EOFException("a fault rule ends the connection before the statement");
                default -> {
                    return effect;
                }
            }
        }

        return null;
    }

    /** Delays of UNLOAD and COPY are part of the statement: other sessions see that it runs. A connection is cut after rows and bytes wherever these come from. */
    private static boolean isWithin(final Effect effect) {
        return switch (effect.type()) {
            case LATENCY, HANG -> true;
            case ERROR -> !effect.isAtStart();
            case CUT -> effect.objects() != null;
            default -> false;
        };
    }

    /**
     * Runs a statement, and lets happen to it what is to happen.
     *
     * @param effect what {@link #before} has decided
     * @throws EOFException when the connection ends with it
     */
    void befall(final Effect effect, final Subject subject) throws IOException {
        if (effect == null) {
            subject.run();
            return;
        }

        switch (effect.type()) {
            case ERROR -> {
                final SqlError error = error(effect);
                endIfFatal(error);
                subject.fail(error);
            }
            case CUT -> {
                subject.awaitTurn();
                cut(effect);
                subject.run();
                if (subject.endsInRun()) {
                    client.statementEnded();
                }
            }
            default -> {
                subject.awaitTurn();
                client.sever();
                subject.run();
                subject.awaitEnd();
                throw new EOFException("a fault rule ends the connection after the statement");
            }
        }
    }

    /** Some errors end the session as well. */
    void endIfFatal(final SqlError error) throws IOException {
        if (error.state().startsWith(OPERATOR_INTERVENTION)) {
            client.leave(Message.error("FATAL", error));
            throw new EOFException("the session ends: " + error.getMessage());
        }
    }

    /** Lets the connection end while the statement runs that comes now. */
    private void cut(final Effect effect) throws IOException {
        final Cut cut = new Cut(effect);
        client.cutAt(cut);
        if (effect.milliseconds() != null) {
            timers.schedule(() -> {
                if (client.isToBeCutAt(cut)) {
                    client.cut();
                }
            }, effect.milliseconds(), TimeUnit.MILLISECONDS);
        }
    }

    /** What the client is told of an ERROR. */
    static SqlError error(final Effect effect) {
        final Errors.DatabaseError error = Errors.database(effect);
        return new SqlError(error.state(), error.message(), error.detail());
    }

    private static String kind(final String sql) {
        final List<Token> tokens = Tokenizer.read(sql).tokens();
        return tokens.isEmpty() ? "" : tokens.getFirst().upper();
    }

    private boolean pause(final long milliseconds) throws IOException {
        final long start = System.nanoTime();
        while (!cancelled && TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < milliseconds) {
            if (input.endsWithin(socket, POLL_MILLIS)) {
                throw new EOFException("the client has gone");
            }
        }

        return cancelled;
    }
}
