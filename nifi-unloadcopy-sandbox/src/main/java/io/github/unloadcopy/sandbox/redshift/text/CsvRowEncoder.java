package io.github.unloadcopy.sandbox.redshift.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns rows of PostgreSQL's COPY text into the CSV of UNLOAD.
 * Rules: parameter FORMAT AS CSV of the page UNLOAD: a field with a delimiter, a double quotation mark, a line feed or a carriage return is enclosed in double quotation marks, and a
 * double quotation mark inside is doubled.
 */
public final class CsvRowEncoder implements RowEncoder {

    private static final byte QUOTE = '"';

    private final byte delimiter;
    private final byte[] nullString;
    private final ColumnKind[] columns;
    private final byte[] classes = BackendText.classes();

    public CsvRowEncoder(final byte delimiter, final String nullString, final List<ColumnKind> columns) {
        this.delimiter = delimiter;
        this.nullString = nullString.getBytes(StandardCharsets.UTF_8);
        this.columns = columns.toArray(ColumnKind[]::new);
        for (final byte special : new byte[] {QUOTE, delimiter, '\r'}) {
            // A delimiter that PostgreSQL writes with a backslash is found behind that.
            if (classes[special] == BackendText.PLAIN) {
                classes[special] = BackendText.SPECIAL;
            }
        }
    }

    @Override
    public void encode(final byte[] row, final int length, final ByteBuilder target) {
        target.reserve(2 * length + columns.length * (nullString.length + BackendText.JSON_NULL.length + 3));
        int position = 0;
        for (int column = 0; column < columns.length; column++) {
            if (column > 0) {
                target.put(delimiter);
            }

            position = field(row, position, length, columns[column], target);
        }

        target.put((byte) '\n');
    }

    /** The record that names the columns. */
    public byte[] header(final List<String> names) {
        final ByteBuilder record = new ByteBuilder(256);
        for (int column = 0; column < names.size(); column++) {
            if (column > 0) {
                record.append(new byte[] {delimiter});
            }

            final int start = record.length();
            record.append(names.get(column).getBytes(StandardCharsets.UTF_8));
            boolean special = false;
            for (int position = start; position < record.length(); position++) {
                special |= isSpecial(record.bytes()[position]);
            }

            if (special) {
                enclose(record, start);
            }
        }

        record.append(new byte[] {'\n'});
        return record.toBytes();
    }

    private int field(final byte[] row, final int start, final int length, final ColumnKind kind, final ByteBuilder target) {
        if (BackendText.isNull(row, start, length)) {
            target.append(kind == ColumnKind.JSON ? BackendText.JSON_NULL : nullString);
            return start + 3;
        }

        final int valueStart = target.length();
        boolean special = false;
        int position = start;
        int runStart = position;
        while (position < length) {
            final byte value = row[position];
            final byte valueKind = value < 0 ? BackendText.PLAIN : classes[value];
            if (valueKind == BackendText.PLAIN) {
                position++;
            } else if (valueKind == BackendText.FIELD_END) {
                break;
            } else if (valueKind == BackendText.SPECIAL) {
                special = true;
                position++;
            } else {
                target.append(row, runStart, position);
                final byte meant = BackendText.meaning(row[position + 1]);
                special |= isSpecial(meant);
                target.put(meant);
                position += 2;
                runStart = position;
            }
        }

        target.append(row, runStart, position);
        if (special) {
            enclose(target, valueStart);
        }

        return position + 1;
    }

    private boolean isSpecial(final byte value) {
        return value == QUOTE || value == delimiter || value == '\n' || value == '\r';
    }

    /** Puts what was appended last between quotation marks: from its end to its start, since it grows. */
    private static void enclose(final ByteBuilder target, final int start) {
        final int end = target.length();
        int quotes = 2;
        for (int position = start; position < end; position++) {
            quotes += target.bytes()[position] == QUOTE ? 1 : 0;
        }

        target.reserve(quotes);
        final byte[] bytes = target.bytes();
        int to = end + quotes;
        target.truncate(to);
        bytes[--to] = QUOTE;
        for (int from = end - 1; from >= start; from--) {
            bytes[--to] = bytes[from];
            if (bytes[from] == QUOTE) {
                bytes[--to] = QUOTE;
            }
        }

        bytes[start] = QUOTE;
    }
}
