package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * One UNLOAD.
 *
 * @param query the SELECT, unquoted
 * @param region null when the statement names none
 * @param partitioning null unless the files go to folders
 * @param verbose whether the manifest tells counts and columns as well
 * @param kmsKeyId null unless files are encrypted with SSE-KMS under a key that the statement names
 * @param encryptedAuto whether files are encrypted under the bucket's default KMS key, if it has one
 * @param masterSymmetricKey base64 of the key of client-side encryption, or null
 * @param maxFileSize bytes
 * @param extension what ends file names instead of the compression's own, or null
 */
public record UnloadStatement(String query, S3Location target, Authorization authorization, String region, Format format, Compression compression, Partitioning partitioning,
        boolean manifest, boolean verbose, boolean allowOverwrite, boolean cleanPath, String kmsKeyId, boolean encryptedAuto, Secret masterSymmetricKey, boolean parallel, long maxFileSize,
        String extension) implements StagedStatement {

    /** How rows are written. */
    public sealed interface Format {

        /** The name in the system views. */
        String label();

        /** Whether a line with the columns' names begins each file. */
        boolean header();
    }

    /**
     * Text with a delimiter.
     *
     * @param nullString what stands for NULL
     */
    public record Delimited(byte delimiter, boolean addQuotes, boolean escape, String nullString, boolean header) implements Format {

        @Override
        public String label() {
            return "text";
        }
    }

    /**
     * CSV as RFC 4180 has it.
     *
     * @param nullString what stands for NULL
     */
    public record Csv(byte delimiter, String nullString, boolean header) implements Format {

        @Override
        public String label() {
            return "csv";
        }
    }

    /**
     * Apache Parquet.
     *
     * @param rowGroupSize bytes
     */
    public record Parquet(long rowGroupSize) implements Format {

        @Override
        public String label() {
            return "parquet";
        }

        @Override
        public boolean header() {
            return false;
        }
    }

    /**
     * How rows are dealt out to folders.
     *
     * @param columns names, the outermost folder's first
     * @param include whether the files hold these columns as well
     */
    public record Partitioning(List<String> columns, boolean include) {
    }
}
