package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

/**
 * One UNLOAD.
 *
 * @param selection what to unload
 * @param prefix what the keys of all files begin with
 * @param authorization as whom the cluster writes to S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 */
public record UnloadStatement(Selection selection, S3Location prefix, Authorization authorization, DataEncryption encryption, String nullMarker, String region) {
    public UnloadStatement {
        NullMarker.requireSafe(nullMarker);
    }

    /**
     * The statement. It carries secrets: it goes to the cluster and nowhere else.
     *
     * @return the SQL
     * @throws IllegalArgumentException when a name or value cannot be written into a statement
     */
    public String sql() {
        return "UNLOAD (" + SqlText.literal(selection.sql()) + ") TO " + SqlText.literal(prefix.toString())
                + " " + StatementOptions.security(authorization, encryption, true)
                + " MANIFEST VERBOSE GZIP DELIMITER " + SqlText.literal(StatementOptions.DELIMITER)
                + " ADDQUOTES ESCAPE NULL AS " + SqlText.literal(nullMarker)
                + " ALLOWOVERWRITE" + StatementOptions.region(region);
    }

    /** The statement without its secrets. */
    @Override
    public String toString() {
        return Redactor.redact(sql());
    }
}
