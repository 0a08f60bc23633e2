package io.github.unloadcopy.sandbox.redshift.text;

/**
 * Turns rows of PostgreSQL's COPY text into what a slice of an UNLOAD passes on to its files.
 */
@FunctionalInterface
public interface RowEncoder {

    /**
     * Appends one row.
     *
     * @param row one row, its line feed included
     */
    void encode(byte[] row, int length, ByteBuilder target);
}
