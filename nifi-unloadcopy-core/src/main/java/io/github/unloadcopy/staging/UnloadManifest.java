package io.github.unloadcopy.staging;

import java.io.InputStream;
import java.util.List;

/**
 * The list of files that one UNLOAD wrote.
 *
 * @param entries the files, in the order of the manifest
 * @param rows rows in all files, -1 when the manifest does not tell
 * @param bytes bytes in all files
 */
public record UnloadManifest(List<Entry> entries, long rows, long bytes) {
    /**
     * One file.
     *
     * @param url s3://bucket/key
     * @param bytes its size
     * @param rows rows in it, -1 when the manifest does not tell
     */
    public record Entry(String url, long bytes, long rows) {
    }

    public UnloadManifest {
        entries = List.copyOf(entries);
    }

    public static UnloadManifest parse(final InputStream json) throws StagingException {
        throw new UnsupportedOperationException();
    }

    public void requireBelow(final S3Location prefix) throws StagingException {
        throw new UnsupportedOperationException();
    }
}
