package io.github.unloadcopy.redshift;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;

/** A connection with autocommit off, so that the whole work is one transaction, that goes back as it came, without an open transaction. */
final class ClusterSession {
    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterSession.class);

    private static final long MILLISECONDS_PER_SECOND = 1_000;

    private final Connection connection;
    private final boolean autoCommit;
    private boolean finished;

    private ClusterSession(final Connection connection, final boolean autoCommit) {
        this.connection = connection;
        this.autoCommit = autoCommit;
    }

    static ClusterSession open(final ConnectionSource connections) throws SQLException {
        final Connection connection = connections.open();

        try {
            final boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            return new ClusterSession(connection, autoCommit);
        } catch (final SQLException | RuntimeException e) {
            try {
                connection.close();
            } catch (final SQLException second) {
                e.addSuppressed(second);
            }

            throw e;
        }
    }

    /** Whether the connection was given back already. */
    boolean isFinished() {
        return finished;
    }

    Connection connection() {
        return connection;
    }

    /**
     * Begins the transaction of an attempt: its statements carry the attempt's label, and end when their time is up. Both settings end with the transaction, so that the next user of a pooled
     * connection does not meet them.
     *
     * @param attempt the attempt
     * @param timeoutSeconds how long each statement may take, whatever the user's or the cluster's own {@code statement_timeout} says; 0 = as long as it takes
     * @throws SQLException when the cluster does not answer
     */
    void begin(final Attempt attempt, final int timeoutSeconds) throws SQLException {
        Queries.execute(connection, "SET LOCAL query_group TO " + SqlText.literal(attempt.label()), 0);
        Queries.execute(connection, "SET LOCAL statement_timeout TO " + Math.min(timeoutSeconds * MILLISECONDS_PER_SECOND, Integer.MAX_VALUE), 0);
    }

    /** Gives the connection back after a success; what fails now changes nothing about what is committed. */
    void release() {
        if (finished) {
            return;
        }

        finished = true;

        try (Connection closing = connection) {
            closing.setAutoCommit(autoCommit);
        } catch (final SQLException e) {
            LOGGER.warn("The connection could not be given back after its work was done", Redactor.redact(e));
        }
    }

    /** Rolls back and gives the connection back after a failure, which stays the one that is reported. A second call does nothing. */
    void abandon(final Throwable failure) {
        if (finished) {
            return;
        }

        finished = true;

        try (Connection closing = connection) {
            closing.rollback();
            // Only behind a successful ROLLBACK: switching autocommit on would COMMIT what is open.
            closing.setAutoCommit(autoCommit);
        } catch (final SQLException e) {
            if (e != failure) {
                failure.addSuppressed(Redactor.redact(e));
            }
        }
    }
}
