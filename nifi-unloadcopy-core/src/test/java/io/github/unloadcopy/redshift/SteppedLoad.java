package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A load on a thread of its own that waits before each statement that touches target, gate or ledger, until the test says what becomes of it. */
final class SteppedLoad {
    private static final Duration LONGEST_STEP = Duration.ofSeconds(60);

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    /** Those that were not given back. */
    private final Set<Connection> opened = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final ConnectionSource target;
    private volatile boolean stopped;
    private Step pending;
    private boolean finished;
    private LoadResult result;
    private RedshiftException failure;

    /** @param target connections whose abort closes them at once */
    SteppedLoad(final ConnectionSource target, final LoadRequest request) {
        this.target = target;
        Thread.ofPlatform().daemon().name("stepped-load").start(() -> run(request));
        await();
    }

    private void run(final LoadRequest request) {
        try {
            final LoadResult loaded = new TableLoader(Duration.ofMillis(1)).load(this::open, request);
            events.add(new Event(null, loaded, null, null));
        } catch (final RedshiftException e) {
            events.add(new Event(null, null, e, null));
        } catch (final StoppedError e) {
            events.add(new Event(null, null, null, null));
        } catch (final RuntimeException | Error e) {
            events.add(new Event(null, null, null, e));
        }
    }

    /** The step that waits for a command; null when the load has ended, or while a step is under way. */
    Step pending() {
        return pending;
    }

    boolean isFinished() {
        return finished;
    }

    /** What the load told its caller; null when it told nothing, or a failure. */
    LoadResult result() {
        return result;
    }

    RedshiftException failure() {
        return failure;
    }

    /** Says what becomes of the pending step, and waits for nothing. */
    void send(final Command command) {
        pending = null;
        commands.add(command);
    }

    /** Waits until the load comes to its next step, or ends. */
    void await() {
        try {
            final Event event = events.poll(LONGEST_STEP.toMillis(), TimeUnit.MILLISECONDS);

            if (event == null) {
                throw new AssertionError("A step took longer than " + LONGEST_STEP);
            }

            if (event.defect() != null) {
                throw new AssertionError("The load ended unexpectedly", event.defect());
            }

            pending = event.step();
            finished = event.step() == null;
            result = event.result();
            failure = event.failure();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The client is gone for good, as after kill -9: its sockets close, and it hears of nothing any more. */
    void stop() {
        stopped = true;

        for (final Connection connection : List.copyOf(opened)) {
            try {
                connection.abort(Runnable::run);
            } catch (final SQLException e) {
                throw new AssertionError(e);
            }
        }

        commands.add(Command.GO);
        await();
    }

    private Connection open() throws SQLException {
        requireLife();
        final Connection real = target.open();
        opened.add(real);
        // A COMMIT is a step only where it commits a load.
        final boolean[] inserted = {false};

        return Intercepted.of(Connection.class, real, (method, arguments, call) -> {
            requireLife();

            return switch (method) {
                case "createStatement" -> intercept(Statement.class, (Statement) call.proceed(), real, null, inserted);
                case "prepareStatement" -> intercept(PreparedStatement.class, (PreparedStatement) call.proceed(), real, (String) arguments[0], inserted);
                case "close" -> {
                    opened.remove(real);
                    yield call.proceed();
                }
                case "commit" -> inserted[0] ? step(Step.COMMIT, real, call) : call.proceed();
                default -> call.proceed();
            };
        });
    }

    private <T extends Statement> T intercept(final Class<T> type, final T real, final Connection connection, final String prepared, final boolean[] inserted) {
        return Intercepted.of(type, real, (method, arguments, call) -> {
            requireLife();
            final Step step = method.startsWith("execute") ? Step.of(prepared == null ? (String) arguments[0] : prepared) : null;

            if (step == null) {
                return call.proceed();
            }

            inserted[0] |= step == Step.INSERT;
            return step(step, connection, call);
        });
    }

    private Object step(final Step step, final Connection connection, final Intercepted.RealCall call) throws Exception {
        events.add(new Event(step, null, null, null));
        final Command command = commands.take();
        requireLife();

        if (command == Command.BREAK_BEFORE) {
            connection.abort(Runnable::run);
            throw broken();
        }

        final Object answer = call.proceed();

        if (command == Command.BREAK_AFTER) {
            connection.abort(Runnable::run);
            throw broken();
        }

        return answer;
    }

    private void requireLife() {
        if (stopped) {
            throw new StoppedError();
        }
    }

    private static SQLException broken() {
        return new SQLException("An I/O error occurred while sending to the backend.", "08006");
    }

    /** Statements that matter for other attempts. */
    enum Step {
        COPY, LOCK, SELECT, INSERT, COMMIT;

        /** Null for a statement that no other attempt notices. */
        private static Step of(final String sql) {
            if (sql.startsWith("COPY ")) {
                return COPY;
            }

            if (sql.startsWith("LOCK ")) {
                return LOCK;
            }

            if (sql.startsWith("SELECT row_count")) {
                return SELECT;
            }

            return sql.startsWith("INSERT INTO") ? INSERT : null;
        }
    }

    /** What becomes of a step. */
    enum Command {
        /** It runs. */
        GO,
        /** The connection breaks before it. */
        BREAK_BEFORE,
        /** It runs, and the connection breaks before its answer arrives. */
        BREAK_AFTER
    }

    private record Event(Step step, LoadResult result, RedshiftException failure, Throwable defect) {
    }

    /** Nothing of the program under test handles it. */
    private static final class StoppedError extends Error {
        private static final long serialVersionUID = 1L;
    }
}
