package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

import java.util.List;

/**
 * What an UNLOAD wrote.
 *
 * @param rows rows
 * @param files data files, without the manifest
 * @param bytes bytes in the data files
 * @param queryId id of the query on the cluster, as text
 * @param columns columns, in the order they have in the files
 * @param manifest list of the files; null when nothing was written, because the table has no rows
 * @param manifestSha256 SHA-256 of the manifest's document, in hexadecimal digits; null without a manifest
 * @param definition how the table is made; null when it was not asked for
 */
public record UnloadResult(long rows, long files, long bytes, String queryId, List<String> columns, S3Location manifest, String manifestSha256, TableDefinition definition) {
    public UnloadResult {
        columns = List.copyOf(columns);
    }
}
