package io.github.unloadcopy.services;

import com.amazon.redshift.RedshiftConnection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ends sessions and what they run: first as the driver cancels, which may be lost on its way and has no answer, then on a connection of its own with pg_cancel_backend and pg_terminate_backend
 * (Database Developer Guide, "PG_CANCEL_BACKEND" and "PG_TERMINATE_BACKEND": users may end their own sessions), and then by closing the sockets. A statement counts as ended when whoever waited
 * for it has returned its connection.
 */
final class SessionTerminator {

    /** How long {@link #terminate} takes at most. */
    static final Duration LONGEST = Duration.ofSeconds(6);

    private static final Duration STEP = LONGEST.dividedBy(4);
    /** A cluster may take seconds for a login. What comes too late for the caller still ends the sessions. */
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    private final ClusterDataSource dataSource;
    private final BooleanSupplier ended;

    /**
     * @param dataSource made the sessions, and makes the connection that ends them
     * @param ended whether no session is in use any more
     */
    SessionTerminator(final ClusterDataSource dataSource, final BooleanSupplier ended) {
        this.dataSource = dataSource;
        this.ended = ended;
    }

    /**
     * Ends all sessions of the data source.
     *
     * @return the process ids of those that may go on
     */
    List<Integer> terminate() {
        if (ended.getAsBoolean()) {
            return List.of();
        }

        final List<Connection> sessions = dataSource.openConnections();
        sessions.forEach(session -> start("cancel", () -> session.unwrap(RedshiftConnection.class).cancelQuery()));

        if (endsWithin(STEP)) {
            return List.of();
        }

        start("cancel backends", () -> call("SELECT pg_cancel_backend(?)", sessions));

        if (endsWithin(STEP)) {
            return List.of();
        }

        start("terminate backends", () -> call("SELECT pg_terminate_backend(?)", sessions));

        if (endsWithin(STEP)) {
            return List.of();
        }

        final List<Integer> unknown = pids(openOf(sessions));
        dataSource.sever();
        endsWithin(STEP);
        return unknown;
    }

    private void call(final String function, final List<Connection> sessions) throws SQLException {
        try (Connection connection = dataSource.connect(LOGIN_TIMEOUT); PreparedStatement statement = connection.prepareStatement(function)) {
            for (final int pid : pids(openOf(sessions))) {
                statement.setInt(1, pid);
                statement.execute();
            }
        }
    }

    private static List<Connection> openOf(final List<Connection> sessions) {
        return sessions.stream().filter(ClusterDataSource::isOpen).toList();
    }

    private static List<Integer> pids(final List<Connection> sessions) {
        final List<Integer> pids = new ArrayList<>();

        for (final Connection session : sessions) {
            try {
                pids.add(session.unwrap(RedshiftConnection.class).getBackendPID());
            } catch (final SQLException e) {
                throw new IllegalStateException("Not a connection of the Redshift driver", e);
            }
        }

        return pids;
    }

    private boolean endsWithin(final Duration duration) {
        final long start = System.nanoTime();

        while (!ended.getAsBoolean()) {
            if (System.nanoTime() - start >= duration.toNanos()) {
                return false;
            }

            try {
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        return true;
    }

    /** The driver blocks for long where the cluster or the network does not answer: whoever ends sessions does not wait for it. */
    private static void start(final String name, final Step step) {
        Thread.ofPlatform().daemon().name("Redshift " + name).start(() -> {
            try {
                step.run();
            } catch (final SQLException | RuntimeException e) {
                // Whether the sessions have ended is seen from those who use them; the next step follows.
            }
        });
    }

    @FunctionalInterface
    private interface Step {

        void run() throws SQLException;
    }
}
