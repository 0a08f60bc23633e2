package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a record into its fields and undoes quoting and escaping.
 * Rules: parameters DELIMITER, ESCAPE, REMOVEQUOTES, CSV and NULL AS of the pages "Data format parameters" and "Data conversion parameters". Whether the NULL string is
 * compared before or after quotes and escapes are undone is not documented: both count.
 */
public final class FieldSplitter {

    private static final byte BACKSLASH = '\\';
    private static final String MISSING_QUOTE = "Delimited value missing end quote";

    private final byte delimiter;
    private final boolean csv;
    private final byte csvQuote;
    private final boolean removeQuotes;
    private final boolean escape;
    private final byte[] nullString;
    private final ByteBuilder values = new ByteBuilder(1 << 13);
    private int[] starts = new int[64];
    private boolean[] nulls = new boolean[64];
    private int count;
    private RowError error;

    public FieldSplitter(final CopyStatement.Text format) {
        this.delimiter = format.delimiter();
        this.csv = format.csv();
        this.csvQuote = format.quote();
        this.removeQuotes = format.removeQuotes();
        this.escape = format.escape();
        this.nullString = format.nullString().getBytes(StandardCharsets.UTF_8);
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
        // A field ends one before the next one's start, so a delimiter at the very end is followed by an empty field.
        while (position <= end && error == null) {
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

    /** Reads one field; returns the start of the next, or more than the end after the last one. */
    private int field(final byte[] record, final int start, final int end) {
        add();
        final int valueStart = values.length();
        final int next;
        if (csv) {
            next = start < end && record[start] == csvQuote ? csvQuoted(record, start + 1, end) : plain(record, start, end);
        } else if (removeQuotes && start < end && (record[start] == '"' || record[start] == '\'')) {
            next = quoted(record, start, end);
        } else {
            next = plain(record, start, end);
        }

        markEnd();
        final int rawEnd = Math.min(next - 1, end);
        nulls[count - 1] = isNullString(values.bytes(), valueStart, values.length()) || isNullString(record, start, rawEnd);
        return next;
    }

    private int plain(final byte[] record, final int start, final int end) {
        int position = start;
        int runStart = start;
        while (position < end && record[position] != delimiter) {
            if (escape && record[position] == BACKSLASH) {
                values.append(record, runStart, position);
                runStart = Math.min(position + 1, end);
                position = Math.min(position + 2, end);
            } else {
                position++;
            }
        }

        values.append(record, runStart, position);
        return position + 1;
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
            } else if (record[position] == quote && (position + 1 == end || record[position + 1] == delimiter)) {
                values.append(record, runStart, position);
                return position + 2;
            } else {
                position++;
            }
        }

        values.append(record, runStart, end);
        fail(MISSING_QUOTE);
        return end + 1;
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
            } else if (position + 1 == end || record[position + 1] == delimiter) {
                values.append(record, runStart, position);
                return position + 2;
            } else {
                fail("Invalid quote formatting for CSV");
                return end + 1;
            }
        }

        fail(MISSING_QUOTE);
        return end + 1;
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
