package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

import java.util.List;

/**
 * One UNLOAD.
 *
 * @param table table to unload
 * @param columns its columns, in order; empty means *
 * @param prefix what the keys of all files begin with
 * @param authorization as whom the cluster writes to S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 */
public record UnloadStatement(TableName table, List<String> columns, S3Location prefix, Authorization authorization, DataEncryption encryption, String nullMarker, String region) {
    public UnloadStatement {
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
