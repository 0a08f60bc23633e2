package io.github.unloadcopy.sandbox.faults;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;

/**
 * Waits, as a fault wants it.
 */
public final class Pause {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private Pause() {
    }

    /**
     * @throws UncheckedIOException when the thread is interrupted meanwhile
     */
    public static void millis(final long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException("The sandbox stops."));
        }
    }

    /**
     * Waits as long as so many bytes need.
     *
     * @param bytesPerSecond 1 or more
     */
    static void forBytes(final long bytes, final long bytesPerSecond) {
        millis(bytes * (NANOS_PER_SECOND / bytesPerSecond) / NANOS_PER_MILLI);
    }
}
