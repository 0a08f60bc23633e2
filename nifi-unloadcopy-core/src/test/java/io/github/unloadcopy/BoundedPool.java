package io.github.unloadcopy;

import io.github.unloadcopy.redshift.ConnectionSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Real connections that are used again and again, at most so many at once, as a pool of NiFi's gives them out. */
public final class BoundedPool implements ConnectionSource, AutoCloseable {
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final ConnectionSource source;
    private final Semaphore places;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();

    /** @param size how many connections there are at most */
    public BoundedPool(final ConnectionSource source, final int size) {
        this.source = source;
        places = new Semaphore(size);
    }

    @Override
    public Connection open() throws SQLException {
        try {
            if (!places.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new SQLException("No connection became free within %d s".formatted(LONGEST_WAIT_SECONDS), "08001");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "08001", e);
        }

        final Connection pooled = idle.poll();
        final Connection real = pooled == null ? source.open() : pooled;
        return Intercepted.of(Connection.class, real, (method, arguments, call) -> {
            if (method.equals("close")) {
                giveBack(real);
                return null;
            }

            // What breaks a connection breaks the real one.
            return method.equals("abort") ? close(real) : call.proceed();
        });
    }

    private static Object close(final Connection real) throws SQLException {
        real.close();
        return null;
    }

    private void giveBack(final Connection real) throws SQLException {
        if (!real.isClosed()) {
            idle.add(real);
        }

        places.release();
    }

    @Override
    public void close() throws SQLException {
        for (final Connection connection : idle) {
            connection.close();
        }
    }
}
