package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a record into its fields and undoes quoting and escaping.
 * Rules: parameters DELIMITER, ESCAPE, REMOVEQUOTES, CSV and NULL AS of the pages "Data format parameters" and "Data conversion parameters". Whether the NULL string is
 * compared before or after quotes and escapes are undone is not documented: both count. Blanks between the delimiters and the quotation marks of CSV are ignored.
 */
public final class FieldSplitter {

    private static final byte BACKSLASH = '\\';
    private static final String MISSING_QUOTE = "Delimited value missing end quote";

    private final byte[] delimiter;
    private final byte delimiterStart;
    private final boolean csv;
    private final byte csvQuote;
    private final boolean removeQuotes;
    private final boolean escape;
    private final byte[] nullString;
    private final boolean nulIsNull;
    private final ByteBuilder values = new ByteBuilder(1 << 13);
    private int[] starts = new int[64];
    private boolean[] nulls = new boolean[64];
    private int count;
    private RowError error;

    public FieldSplitter(final CopyStatement.Text format) {
        this.delimiter = format.delimiter().getBytes(StandardCharsets.UTF_8);
        this.delimiterStart = delimiter[0];
        this.csv = format.csv();
        this.csvQuote = format.quote();
        this.removeQuotes = format.removeQuotes();
        this.escape = format.escape();
        this.nullString = format.nullString().getBytes(StandardCharsets.UTF_8);
        this.nulIsNull = format.nullString().equals("\0");
    }

    /**
     * Splits one record.
     *
     * @return null, or why the record is none
     */
    public RowError split(final byte[] record, final int start, final int end) {
        values.clear();
        values.reserve(end - start + 1);
        count = 0;
        error = null;
        int position = start;
        while (position >= 0 && error == null) {
            position = field(record, position, end);
        }

        return error;
    }

    public int count() {
        return count;
    }

    public boolean isNull(final int field) {
        return nulls[field];
    }

    /** The buffer that holds the fields' values from {@link #start} to {@link #end}. */
    public byte[] values() {
        return values.bytes();
    }

    public int start(final int field) {
        return starts[field];
    }

    public int end(final int field) {
        return starts[field + 1];
    }

    /** A field as text, for messages. */
    public String text(final int field) {
        return field < 0 || field >= count ? "" : new String(values.bytes(), starts[field], starts[field + 1] - starts[field], StandardCharsets.UTF_8);
    }

    /** Reads one field; returns the start of the next, or -1 after the last one. */
    private int field(final byte[] record, final int start, final int end) {
        add();
        final int valueStart = values.length();
        final int fieldEnd;
        if (csv) {
            final int quote = afterBlanks(record, start, end);
            fieldEnd = quote < end && record[quote] == csvQuote ? csvQuoted(record, quote + 1, end) : plain(record, start, end);
        } else if (removeQuotes && start < end && (record[start] == '"' || record[start] == '\'')) {
            fieldEnd = quoted(record, start, end);
        } else {
            fieldEnd = plain(record, start, end);
        }

        markEnd();
        nulls[count - 1] = isNullString(values.bytes(), valueStart, values.length()) || isNullString(record, start, fieldEnd);
        if (nulIsNull && !nulls[count - 1]) {
            refuseNul(valueStart);
        }

        return fieldEnd < end ? fieldEnd + delimiter.length : -1;
    }

    private int afterBlanks(final byte[] record, final int start, final int end) {
        int position = start;
        while (position < end && RecordReader.isBlank(record[position]) && !isDelimiter(record, position, end)) {
            position++;
        }

        return position;
    }

    private boolean isDelimiter(final byte[] record, final int position, final int end) {
        return record[position] == delimiterStart && (delimiter.length == 1
                || position + delimiter.length <= end && Arrays.equals(record, position, position + delimiter.length, delimiter, 0, delimiter.length));
    }

    /** Returns where the field ends: at a delimiter or at the record's end. */
    private int plain(final byte[] record, final int start, final int end) {
        int position = start;
        int runStart = start;
        while (position < end && !isDelimiter(record, position, end)) {
            if (escape && record[position] == BACKSLASH) {
                values.append(record, runStart, position);
                runStart = Math.min(position + 1, end);
                position = Math.min(position + 2, end);
            } else {
                position++;
            }
        }

        values.append(record, runStart, position);
        return position;
    }

    /** The closing quotation mark is the one before a delimiter or the end; others inside are content. */
    private int quoted(final byte[] record, final int start, final int end) {
        final byte quote = record[start];
        int position = start + 1;
        int runStart = position;
        while (position < end) {
            if (escape && record[position] == BACKSLASH) {
                values.append(record, runStart, position);
                runStart = Math.min(position + 1, end);
                position = Math.min(position + 2, end);
            } else if (record[position] == quote && (position + 1 == end || isDelimiter(record, position + 1, end))) {
                values.append(record, runStart, position);
                return position + 1;
            } else {
                position++;
            }
        }

        values.append(record, runStart, end);
        fail(MISSING_QUOTE);
        return end;
    }

    private int csvQuoted(final byte[] record, final int start, final int end) {
        int position = start;
        int runStart = start;
        while (position < end) {
            if (record[position] != csvQuote) {
                position++;
            } else if (position + 1 < end && record[position + 1] == csvQuote) {
                values.append(record, runStart, position + 1);
                position += 2;
                runStart = position;
            } else {
                values.append(record, runStart, position);
                final int fieldEnd = afterBlanks(record, position + 1, end);
                if (fieldEnd < end && !isDelimiter(record, fieldEnd, end)) {
                    fail("Invalid quote formatting for CSV");
                }

                return fieldEnd;
            }
        }

        fail(MISSING_QUOTE);
        return end;
    }

    private void refuseNul(final int valueStart) {
        for (int position = valueStart; position < values.length(); position++) {
            if (values.bytes()[position] == 0) {
                error = new RowError(RowError.NUL_AND_MORE, "NUL in a field of more than one byte, with NULL AS '\\0'", count - 1, position - valueStart, "");
                return;
            }
        }
    }

    private void add() {
        if (count + 2 > starts.length) {
            starts = Arrays.copyOf(starts, starts.length * 2);
            nulls = Arrays.copyOf(nulls, nulls.length * 2);
        }

        starts[count] = values.length();
        nulls[count] = false;
        count++;
    }

    private void markEnd() {
        starts[count] = values.length();
    }

    private boolean isNullString(final byte[] bytes, final int from, final int to) {
        return to - from == nullString.length && Arrays.equals(bytes, from, to, nullString, 0, nullString.length);
    }

    private void fail(final String message) {
        error = new RowError(RowError.DELIMITER_NOT_FOUND, message, count - 1, 0, "");
    }
}
