package io.github.unloadcopy.sandbox.redshift.wire;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to the client, which both directions' threads write to, a whole message at a time.
 */
final class ClientChannel {

    private static final Logger LOG = LoggerFactory.getLogger(ClientChannel.class);
    private static final int BUFFER_SIZE = 1 << 16;
    /** A client that does not read keeps the lock. */
    private static final long FAREWELL_MILLIS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Socket socket;
    private final OutputStream output;
    private volatile boolean mute;
    private volatile boolean severed;
    private volatile Cut cut;

    /**
     * @param socket what lies under the TLS, if there is any
     * @param output to the client
     */
    ClientChannel(final Socket socket, final OutputStream output) {
        this.socket = socket;
        this.output = new BufferedOutputStream(output, BUFFER_SIZE);
    }

    void send(final byte[] message) throws IOException {
        lock.lock();
        try {
            if (!mute) {
                output.write(message);
            }
        } finally {
            lock.unlock();
        }
    }

    void flush() throws IOException {
        lock.lock();
        try {
            if (!mute) {
                output.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Passes one message on whose header has been read already. */
    void relay(final int type, final int length, final MessageInput body) throws IOException {
        lock.lock();
        try {
            if (mute) {
                body.skip(length - Integer.BYTES);
                return;
            }

            output.write(type);
            output.write(length >> 24);
            output.write(length >> 16);
            output.write(length >> 8);
            output.write(length);
            body.copyTo(output, length - Integer.BYTES);
            if (type == 'D') {
                count(1, length + 1L);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection when so much of the statement that comes now has passed. */
    void cutAt(final Cut limit) throws IOException {
        cut = limit;
        count(0, 0);
    }

    /** Whether anybody wants to know how much passes. */
    boolean isCounting() {
        return cut != null;
    }

    /** Says that so much has passed to or from somewhere else on behalf of this client. */
    void count(final long rows, final long bytes) throws IOException {
        final Cut limit = cut;
        if (limit != null) {
            limit.passed(rows, bytes);
            if (limit.isDue()) {
                flush();
                cut();
            }
        }
    }

    /** The statement is over, and with it what was to happen to the connection while it ran. */
    void statementEnded() {
        cut = null;
    }

    /** Whether that is still to happen. */
    boolean isToBeCutAt(final Cut limit) {
        return cut == limit;
    }

    /** From now on the client hears nothing, and what it has begun goes on. */
    void sever() {
        severed = true;
        mute = true;
    }

    boolean isSevered() {
        return severed;
    }

    /** Severs and ends the connection, also while somebody writes to it. */
    void cut() {
        sever();
        close();
    }

    /** Ends the connection with a last message, if it can be sent. */
    void leave(final byte[] message) {
        try {
            if (lock.tryLock(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    output.write(message);
                    output.flush();
                    mute = true;
                } finally {
                    lock.unlock();
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final IOException e) {
            LOG.debug("A client had gone before it was told: {}", e.toString());
        } finally {
            close();
        }
    }

    private void close() {
        try {
            socket.close();
        } catch (final IOException e) {
            LOG.debug("Closing failed: {}", e.toString());
        }
    }
}
