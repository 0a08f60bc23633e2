package io.github.unloadcopy.redshift;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loads one table, exactly once, at either isolation level of Redshift. COPY appends, so a load that is tried again must know whether an earlier attempt was committed: a ledger table on the target is
 * written in the transaction of the COPY, and asked before it, after it and whenever a COMMIT got no answer.
 */
public final class TableLoader {
    /** A conflict means that nothing was loaded: the transaction is tried again, at most so many times in all. */
    private static final int MOST_ATTEMPTS = 6;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration pause;

    public TableLoader() {
        this(PAUSE);
    }

    /** @param pause longest pause before the second attempt; it doubles with each one */
    TableLoader(final Duration pause) {
        this.pause = pause;
    }

    /**
     * The table that loads lock before they commit.
     *
     * @param ledger the ledger
     * @return a table without rows in the ledger's schema
     * @throws IllegalArgumentException when the name of the ledger is too long to add to it
     */
    public static TableName gate(final TableName ledger) {
        return new LedgerGate(ledger).table();
    }

    /**
     * Loads the files of one manifest in one transaction, and commits only when exactly the expected rows arrived. With a ledger it may be called again after any failure, and at the
     * same time elsewhere: the rows arrive once.
     *
     * @param connections where connections to the target come from; one more than the loads at the same time is needed for a moment, to read the ledger
     * @param request what to load
     * @return what was loaded, now or earlier
     * @throws RedshiftException when nothing was loaded, or with {@link Reason#OUTCOME_UNKNOWN} when it is unknown whether anything was
     */
    public LoadResult load(final ConnectionSource connections, final LoadRequest request) throws RedshiftException {
        for (int number = 1;; number++) {
            try {
                return new LoadAttempt(connections, request, pause).run();
            } catch (final RedshiftException e) {
                if (e.reason() != Reason.CONFLICT || number == MOST_ATTEMPTS) {
                    throw e;
                }

                awaitTurn(number, e);
            }
        }
    }

    /** Transactions that met each other should not meet again. */
    private void awaitTurn(final int number, final RedshiftException conflict) throws RedshiftException {
        final long longest = Math.max(1, pause.toMillis() << (number - 1));

        try {
            Thread.sleep(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw conflict;
        }
    }
}
