package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.StagingPrefix;

import java.util.List;

/**
 * What to unload, and where to.
 *
 * @param table table to unload
 * @param columns its columns, in order; empty means all
 * @param database database that the connection is for, for messages
 * @param prefix where the files go
 * @param authorization as whom the cluster writes to S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 * @param timeoutSeconds how long UNLOAD may take; 0 = no limit
 */
public record UnloadRequest(TableName table, List<String> columns, String database, StagingPrefix prefix, Authorization authorization, DataEncryption encryption, String nullMarker,
        String region, int timeoutSeconds) {
    public UnloadRequest {
        columns = List.copyOf(columns);
    }
}
