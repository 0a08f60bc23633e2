package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * One UNLOAD.
 *
 * @param query the SELECT, unquoted
 * @param region null when the statement names none
 * @param nullString what stands for NULL
 * @param kmsKeyId null unless files are encrypted with SSE-KMS
 * @param masterSymmetricKey base64 of the key of client-side encryption, or null
 * @param maxFileSize bytes
 * @param extension what ends file names instead of the compression's own, or null
 */
public record UnloadStatement(String query, S3Location target, Authorization authorization, String region, boolean manifest, boolean verbose, byte delimiter, boolean addQuotes,
        boolean escape, String nullString, boolean gzip, boolean allowOverwrite, boolean cleanPath, String kmsKeyId, Secret masterSymmetricKey, boolean parallel, long maxFileSize,
        boolean header, String extension) implements StagedStatement {
}
