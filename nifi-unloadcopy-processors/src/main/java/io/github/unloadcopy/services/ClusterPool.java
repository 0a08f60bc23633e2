package io.github.unloadcopy.services;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connections of one login.
 */
class ClusterPool {

    /** How long closing the connections may take once their sessions have ended. */
    static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private static final String CONNECTION_FAILED = "08001";
    private static final String CONNECTION_DOES_NOT_EXIST = "08003";

    private final HikariConfig configuration;
    private final ClusterDataSource dataSource;
    private final ReentrantLock starting = new ReentrantLock();

    private volatile HikariDataSource pool;
    private volatile boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param configuration with the same data source
     */
    ClusterPool(final HikariConfig configuration, final ClusterDataSource dataSource) {
        this.configuration = configuration;
        this.dataSource = dataSource;
    }

    /**
     * Borrows a connection.
     *
     * @throws SQLException with the driver's reason when the cluster cannot be reached or refuses the login, and HikariCP's when every connection is in use for as long as the pool waits
     */
    Connection getConnection() throws SQLException {
        final HikariDataSource started = started();

        try {
            return started.getConnection();
        } catch (final SQLTransientConnectionException e) {
            final HikariPoolMXBean numbers = started.getHikariPoolMXBean();

            if (e.getCause() == null && numbers != null && numbers.getTotalConnections() < configuration.getMaximumPoolSize()) {
                throw new SQLException("The cluster did not complete a login in time", CONNECTION_FAILED, new SQLException(e.getMessage() + ", up to " + configuration.getMaximumPoolSize()));
            }

            throw e;
        }
    }

    /** A pool is kept only once it has made its first connection: a login that fails says so at once, each time, instead of being tried until the wait is over. */
    private HikariDataSource started() throws SQLException {
        final HikariDataSource current = pool;

        if (current != null) {
            return current;
        }

        try {
            if (!starting.tryLock(configuration.getConnectionTimeout(), TimeUnit.MILLISECONDS)) {
                throw new SQLException("An earlier login is still waiting for the cluster", CONNECTION_FAILED);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for an earlier login", CONNECTION_FAILED, e);
        }

        try {
            if (pool == null && !closed) {
                pool = new HikariDataSource(configuration);
            }

            if (closed) {
                close();
                throw new SQLException("The Redshift connection pool was disabled", CONNECTION_DOES_NOT_EXIST);
            }

            return pool;
        } catch (final PoolInitializationException e) {
            throw e.getCause() instanceof final SQLException cause ? cause : new SQLException(e.getMessage(), CONNECTION_FAILED, e.getCause());
        } finally {
            starting.unlock();
        }
    }

    /**
     * Lends no connection from now on, ends what runs on those that are lent, on the cluster too, and closes all. Blocks for up to {@link SessionTerminator#LONGEST} and {@link #CLOSE_WAIT}.
     *
     * @return the process ids of sessions that may go on
     */
    List<Integer> close() {
        closed = true;
        final HikariDataSource closing = pool;

        if (closing == null) {
            return List.of();
        }

        final HikariPoolMXBean numbers = closing.getHikariPoolMXBean();
        // Idle connections are closed now, the others when they come back.
        numbers.softEvictConnections();

        try {
            return new SessionTerminator(dataSource, () -> numbers.getActiveConnections() == 0).terminate();
        } finally {
            closeWithin(closing, CLOSE_WAIT);
        }
    }

    /** HikariCP waits up to 10 seconds and more for connections that do not close, as where the network does not answer: it goes on with that alone. */
    private static void closeWithin(final HikariDataSource closing, final Duration wait) {
        final Thread thread = Thread.ofPlatform().daemon().name("Closing " + closing.getPoolName()).start(closing::close);

        try {
            thread.join(wait);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
