package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One UNLOAD or COPY from its arrival to its end: it can be cancelled by any thread, and fault rules can delay, stop or fail it at its start or after so many rows, bytes or objects. The statement's
 * own thread reports its progress.
 */
public final class Execution {

    private static final long NO_QUERY = -1;

    private final Runnable cutConnection;
    /** What still is to happen, in the order of the rules. */
    private final List<Effect> stops = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean cancelled;
    private SqlError reason;
    private long queryId = NO_QUERY;
    private long rows;
    private long bytes;
    private long objects;

    /**
     * @param cutConnection ends the client's connection, and nothing else
     */
    Execution(final Runnable cutConnection) {
        this.cutConnection = cutConnection;
    }

    /** Adds what is to happen in the middle of the statement; before it starts. */
    void add(final Effect effect) {
        stops.add(effect);
        stopping = true;
    }

    /**
     * Cancels the statement, which ends as soon as it has stopped writing. The first reason stays.
     *
     * @param why what the client is told, null for the words of Redshift
     */
    synchronized void cancel(final SqlError why) {
        if (!cancelled) {
            reason = why;
            cancelled = true;
            notifyAll();
        }
    }

    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Ends the statement if it was cancelled.
     *
     * @throws SqlError what the client is told
     */
    public void check() {
        if (cancelled) {
            throw cancellation();
        }
    }

    /** What the client of a cancelled statement is told: page CANCEL of the Redshift Database Developer Guide. */
    public synchronized SqlError cancellation() {
        return reason == null ? new SqlError(SqlError.CANCELED, "Query (" + queryId + ") cancelled on user's request") : reason;
    }

    /**
     * Says that the statement has its number and can be seen by other sessions; it waits or fails here if a fault rule says so.
     *
     * @throws SqlError when it is to end
     */
    public void started(final long id) {
        synchronized (this) {
            queryId = id;
        }

        stop();
    }

    /** Whether so many more rows and bytes reach a point where something is to happen. */
    public boolean stopsAfter(final long moreRows, final long moreBytes) {
        return stopping && stops.stream().anyMatch(effect -> isReached(effect.rows(), rows + moreRows) || isReached(effect.bytes(), bytes + moreBytes));
    }

    /**
     * Says that UNLOAD has read rows, or that COPY has loaded them.
     *
     * @param moreBytes in PostgreSQL's text format
     * @throws SqlError when the statement is to end
     */
    void passed(final long moreRows, final long moreBytes) {
        if (stopping) {
            rows += moreRows;
            bytes += moreBytes;
            stop();
        }
    }

    /**
     * Says that UNLOAD has completed an object.
     *
     * @throws SqlError when the statement is to end
     */
    public void objectWritten() {
        objects++;
        stop();
    }

    /** Whether somebody wants to know how many rows pass. */
    boolean isCounting() {
        return stopping;
    }

    private void stop() {
        final Iterator<Effect> left = stops.iterator();
        while (left.hasNext()) {
            final Effect effect = left.next();
            if (isDue(effect)) {
                left.remove();
                stopping = !stops.isEmpty();
                apply(effect);
            }
        }

        check();
    }

    private boolean isDue(final Effect effect) {
        return effect.isAtStart() || isReached(effect.rows(), rows) || isReached(effect.bytes(), bytes) || isReached(effect.objects(), objects);
    }

    private static boolean isReached(final Long point, final long value) {
        return point != null && value >= point;
    }

    private void apply(final Effect effect) {
        switch (effect.type()) {
            case LATENCY -> await(effect.milliseconds());
            case HANG -> await(Long.MAX_VALUE);
            case ERROR -> throw Interference.error(effect);
            default -> cutConnection.run();
        }
    }

    private synchronized void await(final long milliseconds) {
        final long start = System.nanoTime();
        try {
            long left = milliseconds;
            while (!cancelled && left > 0) {
                wait(left);
                left = milliseconds - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            cancel(null);
        }
    }
}
