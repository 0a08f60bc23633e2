package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.text.RowEncoder;

import java.io.IOException;

/**
 * A format that UNLOAD writes: rows are encoded on the thread of the session, which is quick, and become files on the threads of the slices.
 */
interface OutputFormat {

    RowEncoder encoder();

    /**
     * The size that files are kept to.
     *
     * @param maxFileSize what MAXFILESIZE says, in bytes
     */
    default long fileSizeLimit(final long maxFileSize) {
        return maxFileSize;
    }

    /** Begins a file; is called by several threads. */
    OutputFile open(int slice, int part) throws IOException;
}
