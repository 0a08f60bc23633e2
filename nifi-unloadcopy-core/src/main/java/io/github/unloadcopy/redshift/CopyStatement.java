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
        NullMarker.requireSafe(nullMarker);
    }

    /**
     * The statement. It carries secrets: it goes to the cluster and nowhere else.
     *
     * @return the SQL
     * @throws IllegalArgumentException when a name or value cannot be written into a statement
     */
    public String sql() {
        return "COPY " + SqlText.table(table) + (columns.isEmpty() ? "" : " (" + SqlText.columns(columns) + ")") + " FROM " + SqlText.literal(manifest.toString())
                + " " + StatementOptions.security(authorization, encryption, false)
                + " MANIFEST GZIP DELIMITER " + SqlText.literal(StatementOptions.DELIMITER)
                + " REMOVEQUOTES ESCAPE NULL AS " + SqlText.literal(nullMarker)
                + " DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF" + StatementOptions.region(region) + (explicitIds ? " EXPLICIT_IDS" : "");
    }

    /** The statement without its secrets. */
    @Override
    public String toString() {
        return Redactor.redact(sql());
    }
}
