package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What one client has sent to its backend and has no answer to yet. Only the thread that reads from the client calls it.
 */
final class Pipeline {

    private static final int POLL_MILLIS = 500;

    private final MessageInput input;
    private final Socket socket;
    private final ClientChannel client;
    private final BackendLink backend;
    /** Whether the backend got messages of the extended protocol that no Sync has followed yet. */
    private boolean unsynchronized;
    /** Whether everything up to the next Sync is thrown away, as the protocol wants it after an error. */
    private boolean skipping;

    /**
     * @param input from the client
     * @param socket what {@code input} reads from
     */
    Pipeline(final MessageInput input, final Socket socket, final ClientChannel client, final BackendLink backend) {
        this.input = input;
        this.socket = socket;
        this.client = client;
        this.backend = backend;
    }

    boolean isSkipping() {
        return skipping;
    }

    /** After an error in what the front does itself. */
    void skip(final boolean failed) {
        skipping = failed;
    }

    /** Whether the backend has got messages of the extended protocol that no Sync has followed yet. */
    boolean isUnsynchronized() {
        return unsynchronized;
    }

    /**
     * Does something that may wait for another client; it is cancelled when this client leaves.
     *
     * @throws EOFException when the client has gone
     */
    void whileClientStays(final Callable<Void> work) throws IOException {
        final FutureTask<Void> task = new FutureTask<>(work);
        Thread.ofVirtual().name("redshift-lock").start(task);
        try {
            boolean cancelled = false;
            while (!isDone(task)) {
                if (!cancelled && !client.isSevered() && input.endsWithin(socket, 1)) {
                    BackendSession.sendCancel(backend.address(), backend.processId(), backend.secretKey());
                    cancelled = true;
                }
            }

            task.get();
            if (cancelled) {
                throw new EOFException("the client has gone");
            }
        } catch (final ExecutionException e) {
            switch (e.getCause()) {
                case final IOException gone -> throw gone;
                case final RuntimeException failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The sandbox stops.");
        }
    }

    private static boolean isDone(final FutureTask<Void> task) throws InterruptedException, ExecutionException {
        try {
            task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (final TimeoutException e) {
            return false;
        }
    }

    /** Sends one message of the extended protocol. */
    void send(final Message message) throws IOException {
        unsynchronized = true;
        backend.output().write(message.build());
    }

    /** Sends one message of the extended protocol of which only the start was read. */
    void send(final int type, final int length, final byte[] start) throws IOException {
        unsynchronized = true;
        header(type, length);
        backend.output().write(start);
        input.copyTo(backend.output(), length - Integer.BYTES - start.length);
    }

    /** Passes one message on of which only type and length were read. */
    void forward(final int type, final int length) throws IOException {
        header(type, length);
        input.copyTo(backend.output(), length - Integer.BYTES);
    }

    private void header(final int type, final int length) throws IOException {
        final OutputStream output = backend.output();
        output.write(new Message((char) type).build(), 0, 1);
        output.write(new Message().integer(length).build(), Integer.BYTES, Integer.BYTES);
    }

    /** Sends a query. */
    void query(final String sql, final boolean visibleReady) throws IOException {
        backend.expectReady(visibleReady);
        backend.output().write(Message.query(sql));
        backend.output().flush();
    }

    /** Passes a Sync on. */
    void synchronize(final int length) throws IOException {
        skipping = false;
        unsynchronized = false;
        backend.expectReady(true);
        forward('S', length);
        backend.output().flush();
    }

    /**
     * Waits for the answers to what of the extended protocol came before, if there is any.
     *
     * @return false when one of them was an error: the backend throws away everything up to the next Sync, queries too
     */
    boolean settleIfUnsynchronized() throws IOException {
        return !unsynchronized || settle();
    }

    /** Waits until the client has seen all answers to what it sent before. False when one of them was an error: the rest of this batch is to be skipped. */
    boolean settle() throws IOException {
        boolean success = true;
        if (unsynchronized) {
            unsynchronized = false;
            backend.expectReady(false);
            backend.output().write(Message.empty('S'));
            backend.output().flush();
            success = awaitIdle();
        } else {
            awaitIdle();
        }

        skipping = !success;
        return success;
    }

    /** Waits for the backend as long as the client is there. False when what came last failed. */
    boolean awaitIdle() throws IOException {
        backend.output().flush();
        while (!backend.awaitIdle(POLL_MILLIS)) {
            if (hasClientGone()) {
                throw new EOFException("the client has gone");
            }
        }

        return backend.lastSegmentSucceeded();
    }

    /** Whether the client has closed its connection, or it can no longer be read; not when a fault rule took it from the client. */
    boolean hasClientGone() {
        try {
            return !client.isSevered() && input.endsWithin(socket, 1);
        } catch (final IOException e) {
            return true;
        }
    }

    /** Makes the failure that the backend reports next for {@link BackendLink#NOTHING} another one. */
    void substitute(final SqlError error) {
        backend.substitute(error);
    }
}
