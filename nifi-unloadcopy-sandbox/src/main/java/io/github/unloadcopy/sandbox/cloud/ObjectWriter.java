package io.github.unloadcopy.sandbox.cloud;

import java.io.OutputStream;

/**
 * Content on its way into the store: the object appears whole when the writer is closed, and not at all after {@link #abort()}.
 */
public abstract class ObjectWriter extends OutputStream {

    /** Drops what was written; closing the writer afterwards does nothing. */
    public abstract void abort();
}
