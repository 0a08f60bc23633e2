package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.Locale;

/**
 * How the files of an UNLOAD or a COPY are compressed.
 */
public enum Compression {
    NONE(""),
    GZIP(".gz"),
    BZIP2(".bz2"),
    ZSTD(".zst");

    private final String extension;

    Compression(final String extension) {
        this.extension = extension;
    }

    /** What ends the names of files that UNLOAD writes. */
    public String extension() {
        return extension;
    }

    /** The name in the system views. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
