package io.github.unloadcopy;

import io.github.unloadcopy.redshift.ConnectionSource;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Real connections that are used again and again, at most so many at once, as a pool of NiFi's gives them out. Aborting one breaks it off, as the end of the client does. */
public final class BoundedPool implements ConnectionSource, AutoCloseable {
    private static final long LONGEST_WAIT_SECONDS = 60;

    private final Source source;
    private final Semaphore places;
    private final Queue<Pooled> idle = new ConcurrentLinkedQueue<>();

    /** @param size how many connections there are at most */
    public BoundedPool(final Source source, final int size) {
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

        final Pooled found = idle.poll();
        final Pooled pooled = found == null ? connect() : found;
        final AtomicBoolean borrowed = new AtomicBoolean(true);
        return Intercepted.of(Connection.class, pooled.connection(), (method, arguments, call) -> switch (method) {
            case "close" -> giveBack(pooled, borrowed);
            // The driver's own ends TLS first, and needs a security manager.
            case "abort" -> breakOff(pooled, borrowed);
            default -> call.proceed();
        });
    }

    private Pooled connect() throws SQLException {
        final List<Socket> sockets = new ArrayList<>();
        final Connection connection = source.open(sockets::add);
        return new Pooled(connection, sockets.getLast());
    }

    private Object breakOff(final Pooled pooled, final AtomicBoolean borrowed) throws SQLException, IOException {
        pooled.socket().close();
        return giveBack(pooled, borrowed);
    }

    private Object giveBack(final Pooled pooled, final AtomicBoolean borrowed) throws SQLException {
        if (borrowed.compareAndSet(true, false)) {
            if (!pooled.socket().isClosed() && !pooled.connection().isClosed()) {
                idle.add(pooled);
            }

            places.release();
        }

        return null;
    }

    @Override
    public void close() throws SQLException {
        for (final Pooled pooled : idle) {
            pooled.connection().close();
        }
    }

    /** Makes real connections. */
    @FunctionalInterface
    public interface Source {
        /** @param sockets takes what the driver connects by; the last is that of the connection */
        Connection open(Consumer<Socket> sockets) throws SQLException;
    }

    private record Pooled(Connection connection, Socket socket) {
    }
}
