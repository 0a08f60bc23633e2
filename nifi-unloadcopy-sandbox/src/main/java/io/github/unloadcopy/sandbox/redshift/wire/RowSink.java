package io.github.unloadcopy.sandbox.redshift.wire;

import java.io.IOException;

/**
 * Takes rows of {@code COPY … TO STDOUT}.
 */
@FunctionalInterface
public interface RowSink {

    /**
     * Takes one row in PostgreSQL's text format, its line end included. The array is reused for the next.
     *
     * @throws IOException when the row cannot be passed on; the statement is cancelled then
     */
    void row(byte[] buffer, int length) throws IOException;
}
