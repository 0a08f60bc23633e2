package io.github.unloadcopy.sandbox.redshift.sql;

import java.nio.charset.Charset;
import java.util.List;

/**
 * One COPY.
 *
 * @param schema null when the search path decides
 * @param columns names in the order of the fields, empty for all
 * @param region null when the statement names none
 * @param masterSymmetricKey base64 of the key of client-side encryption, or null
 * @param format how rows are written
 * @param maxError failing rows with which the COPY fails, the first one for 0; {@link Long#MAX_VALUE} with IGNOREALLERRORS
 * @param noLoad whether files are checked only
 * @param statUpdate whether STATUPDATE is given at all, which is for the table's owner
 */
public record CopyStatement(String schema, String table, List<String> columns, S3Location source, Authorization authorization, String region, boolean manifest,
        Secret masterSymmetricKey, Compression compression, Format format, Conversions conversions, boolean explicitIds, long maxError, boolean noLoad, boolean statUpdate)
        implements StagedStatement {

    /** How rows are written. */
    public sealed interface Format {

        /** The name in the system views. */
        String label();
    }

    /**
     * Text, delimited or CSV.
     *
     * @param delimiter one or more characters
     * @param quote the quotation mark of CSV
     * @param ignoreHeader lines at the start of each file that are no data
     * @param ignoreBlankLines whether lines without any character are no data
     */
    public record Text(String delimiter, boolean csv, byte quote, boolean removeQuotes, boolean escape, String nullString, long ignoreHeader, boolean ignoreBlankLines, Encoding encoding)
            implements Format {

        @Override
        public String label() {
            return csv ? "csv" : "text";
        }
    }

    /**
     * Apache Parquet.
     *
     * @param serializeToJson whether SUPER columns may be loaded
     */
    public record Parquet(boolean serializeToJson) implements Format {

        @Override
        public String label() {
            return "parquet";
        }
    }

    /**
     * What is done to values on their way: page "Data conversion parameters" of the Redshift Database Developer Guide.
     *
     * @param replacement what takes the place of invalid bytes in VARCHAR with ACCEPTINVCHARS, or null
     * @param acceptAnyDate whether dates that do not match load as NULL
     * @param dateFormat as given, or null
     * @param timeFormat as given, or null
     */
    public record Conversions(boolean emptyAsNull, boolean blanksAsNull, boolean truncateColumns, boolean fillRecord, boolean roundDecimals, boolean trimBlanks, Byte replacement,
            boolean acceptAnyDate, String dateFormat, String timeFormat) {
    }

    /** The encodings of files. */
    public enum Encoding {
        UTF8("UTF-8"),
        /** With a byte order mark. */
        UTF16("UTF-16"),
        UTF16LE("UTF-16LE"),
        UTF16BE("UTF-16BE"),
        ISO88591("ISO-8859-1");

        private final Charset charset;

        Encoding(final String charset) {
            this.charset = Charset.forName(charset);
        }

        public Charset charset() {
            return charset;
        }
    }
}
