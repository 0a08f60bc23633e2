package io.github.unloadcopy.staging;

import io.github.unloadcopy.redshift.TableName;

import java.time.Instant;

/**
 * Where one run stages one table, and the only thing that may be purged.
 *
 * @param location the prefix, ending in a slash
 */
public record StagingPrefix(S3Location location) {
    public static StagingPrefix of(final S3Location path, final Instant started, final String runId, final String database, final TableName table) {
        throw new UnsupportedOperationException();
    }

    public static StagingPrefix parse(final String uri) {
        throw new UnsupportedOperationException();
    }

    /** The folder of the run, that all its tables share: the last segment but one. */
    public String runFolder() {
        throw new UnsupportedOperationException();
    }
}
