package io.github.unloadcopy.systemtests;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waiting with a deadline for what another process does. */
final class Await {
    private static final long POLL_MILLISECONDS = 100;

    private Await() {
    }

    /** What is asked again and again. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Polls until the condition holds.
     *
     * @param deadline longest wait
     * @param situation told in the exception: what was awaited and how far it came
     * @param condition asked every 100 ms
     * @throws TimeoutException when the deadline passes first
     * @throws Exception what the condition throws
     */
    static void until(final Duration deadline, final Supplier<String> situation, final Condition condition) throws Exception {
        final long end = System.nanoTime() + deadline.toNanos();

        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("Not within %d s: %s".formatted(deadline.toSeconds(), situation.get()));
            }

            Thread.sleep(POLL_MILLISECONDS);
        }
    }
}
