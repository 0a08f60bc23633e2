package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * One COPY.
 *
 * @param schema null when the search path decides
 * @param columns names in the order of the fields, empty for all
 * @param region null when the statement names none
 * @param masterSymmetricKey base64 of the key of client-side encryption, or null
 * @param format how rows are written
 * @param maxError failing rows that are tolerated
 */
public record CopyStatement(String schema, String table, List<String> columns, S3Location source, Authorization authorization, String region, boolean manifest,
        Secret masterSymmetricKey, Compression compression, Format format, Conversions conversions, boolean explicitIds, long maxError) implements StagedStatement {

    /** How rows are written. */
    public sealed interface Format {

        /** The name in the system views. */
        String label();
    }

    /**
     * Text, delimited or CSV.
     *
     * @param quote the quotation mark of CSV
     * @param ignoreHeader lines at the start of each file that are no data
     */
    public record Text(byte delimiter, boolean csv, byte quote, boolean removeQuotes, boolean escape, String nullString, long ignoreHeader) implements Format {

        @Override
        public String label() {
            return csv ? "csv" : "text";
        }
    }

    /** Apache Parquet. */
    public record Parquet() implements Format {

        @Override
        public String label() {
            return "parquet";
        }
    }

    /**
     * What is done to values on their way: page "Data conversion parameters" of the Redshift Database Developer Guide.
     */
    public record Conversions(boolean emptyAsNull, boolean blanksAsNull, boolean truncateColumns, boolean fillRecord, boolean roundDecimals) {
    }
}
