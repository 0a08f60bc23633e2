package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;

/**
 * The end of a client's connection in the middle of a statement, once so much has passed.
 */
final class Cut {

    private final long rows;
    private final long bytes;
    private long rowsSeen;
    private long bytesSeen;

    Cut(final Effect effect) {
        this.rows = effect.rows() == null ? Long.MAX_VALUE : effect.rows();
        this.bytes = effect.bytes() == null ? Long.MAX_VALUE : effect.bytes();
    }

    synchronized void passed(final long moreRows, final long moreBytes) {
        rowsSeen += moreRows;
        bytesSeen += moreBytes;
    }

    synchronized boolean isDue() {
        return rowsSeen >= rows || bytesSeen >= bytes;
    }
}
