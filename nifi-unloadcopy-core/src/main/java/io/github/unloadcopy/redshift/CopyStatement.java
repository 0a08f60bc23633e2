package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

import java.util.List;

/**
 * One COPY.
 *
 * @param table table to load
 * @param columns its columns, in the order of the files; empty means all
 * @param manifest list of the files
 * @param authorization as whom the cluster reads from S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 * @param explicitIds whether IDENTITY values come from the files
 */
public record CopyStatement(TableName table, List<String> columns, S3Location manifest, Authorization authorization, DataEncryption encryption, String nullMarker, String region,
        boolean explicitIds) {
    public CopyStatement {
        columns = List.copyOf(columns);
    }

    /** The statement. It carries secrets: it goes to the cluster and nowhere else. */
    public String sql() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
        return Redactor.redact(sql());
    }
}
