package io.github.unloadcopy.sandbox;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been started, to be stopped in the opposite order. One that does not stop keeps none of the others running.
 */
final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> stack = new ArrayDeque<>();
    private boolean closed;

    /**
     * Takes one over; stops it at once when the others have been stopped already.
     *
     * @throws IOException when it was stopped at once
     */
    synchronized <T extends AutoCloseable> T add(final T resource) throws IOException {
        stack.push(resource);
        if (closed) {
            close();
            throw new IOException("The sandbox was stopped while it was starting.");
        }

        return resource;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        IOException failure = null;
        while (!stack.isEmpty()) {
            try {
                stack.pop().close();
            } catch (final Exception e) {
                if (failure == null) {
                    failure = new IOException("The sandbox did not stop cleanly: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }

        if (failure != null) {
            throw failure;
        }
    }
}
