package io.github.unloadcopy.sandbox.redshift.wire;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to the client, which both directions' threads write to, a whole message at a time.
 */
final class ClientChannel {

    private static final int BUFFER_SIZE = 1 << 16;

    private final ReentrantLock lock = new ReentrantLock();
    private final OutputStream output;

    ClientChannel(final OutputStream output) {
        this.output = new BufferedOutputStream(output, BUFFER_SIZE);
    }

    void send(final byte[] message) throws IOException {
        lock.lock();
        try {
            output.write(message);
        } finally {
            lock.unlock();
        }
    }

    void flush() throws IOException {
        lock.lock();
        try {
            output.flush();
        } finally {
            lock.unlock();
        }
    }

    /** Passes one message on whose header has been read already. */
    void relay(final int type, final int length, final MessageInput body) throws IOException {
        lock.lock();
        try {
            output.write(type);
            output.write(length >> 24);
            output.write(length >> 16);
            output.write(length >> 8);
            output.write(length);
            body.copyTo(output, length - Integer.BYTES);
        } finally {
            lock.unlock();
        }
    }
}
