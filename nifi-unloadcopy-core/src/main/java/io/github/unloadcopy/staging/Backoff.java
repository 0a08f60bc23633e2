package io.github.unloadcopy.staging;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Waits longer before each attempt.
 *
 * @param firstPause longest pause before the second attempt; it doubles with each one
 */
record Backoff(Duration firstPause) {
    /**
     * Waits.
     *
     * @param prefix what is being purged, for messages
     * @param attempt number of the attempt that has failed, from 1
     * @throws StagingException when the thread is interrupted
     */
    void pause(final S3Location prefix, final int attempt) throws StagingException {
        final long longest = firstPause.toMillis() << (attempt - 1);

        try {
            Thread.sleep(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StagingException("Purging %s was interrupted; purge it again".formatted(prefix), e);
        }
    }
}
