package io.github.unloadcopy.sandbox.redshift.unload;

import java.io.IOException;

/**
 * One object that an UNLOAD is writing. It belongs to the thread of its slice.
 */
interface OutputFile {

    /** Bytes that the object has so far, as far as that is known. */
    long storedBytes();

    /**
     * Adds rows, as the format's encoder has left them.
     *
     * @param records how many they are
     */
    void write(byte[] bytes, int length, long records) throws IOException;

    /** Completes the object. */
    UnloadedFile finish(int slice) throws IOException;

    /** Drops the object. */
    void abort();
}
