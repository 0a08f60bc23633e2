package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * One COPY.
 *
 * @param schema null when the search path decides
 * @param columns names in the order of the fields, empty for all
 * @param region null when the statement names none
 * @param masterSymmetricKey base64 of the key of client-side encryption, or null
 * @param format how fields are written
 * @param maxError failing rows that are tolerated
 * @param ignoreHeader lines at the start of each file that are no data
 */
public record CopyStatement(String schema, String table, List<String> columns, S3Location source, Authorization authorization, String region, boolean manifest,
        Secret masterSymmetricKey, boolean gzip, Format format, boolean explicitIds, long maxError, long ignoreHeader, boolean emptyAsNull, boolean blanksAsNull,
        boolean truncateColumns, boolean fillRecord, boolean roundDecimals) implements StagedStatement {

    /**
     * How records are written.
     *
     * @param quote the quotation mark of CSV
     */
    public record Format(byte delimiter, boolean csv, byte quote, boolean removeQuotes, boolean escape, String nullString) {
    }
}
