package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

import java.io.Closeable;
import java.io.IOException;

/**
 * Reads one file of a COPY, row by row. The same file gives the same rows every time, by which the place of a row that PostgreSQL refuses is found again.
 */
interface RowReader extends Closeable {

    /**
     * Reads one record and appends its row in PostgreSQL's COPY text, if it is one.
     *
     * @return false at the end of the file
     */
    boolean next(ByteBuilder target) throws IOException;

    /** Why the record is no row, or null. */
    RowError error();

    /** Number of the line that the record starts in, from 1; of the row in formats without lines. */
    long line();

    /** The record as it stands in the file, cut to what error tables hold. */
    String rawLine();
}
