package io.github.unloadcopy.sandbox.redshift.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns rows of PostgreSQL's COPY text into the delimited text of UNLOAD.
 * Rules: parameters DELIMITER, ADDQUOTES, ESCAPE and NULL AS of the page UNLOAD: the escape character precedes a raw line feed, carriage return, delimiter or backslash,
 * and both quotation marks with ADDQUOTES, in CHAR and VARCHAR columns only; it is applied to the NULL string and to the header as well.
 */
public final class UnloadRowEncoder implements RowEncoder {

    private final byte delimiter;
    private final boolean addQuotes;
    private final boolean escape;
    private final byte[] nullString;
    private final ColumnKind[] columns;
    private final byte[] classes = BackendText.classes();
    private final boolean[] special = new boolean[256];
    private final byte[] plainClasses = BackendText.classes();

    public UnloadRowEncoder(final byte delimiter, final boolean addQuotes, final boolean escape, final String nullString, final List<ColumnKind> columns) {
        this.delimiter = delimiter;
        this.addQuotes = addQuotes;
        this.escape = escape;
        this.columns = columns.toArray(ColumnKind[]::new);
        if (escape) {
            for (final byte special : new byte[] {'\n', '\r', BackendText.BACKSLASH, delimiter}) {
                markForEscape(special);
            }

            if (addQuotes) {
                markForEscape((byte) '"');
                markForEscape((byte) '\'');
            }
        }

        this.nullString = escaped(nullString);
    }

    @Override
    public void encode(final byte[] row, final int length, final ByteBuilder target) {
        target.reserve(2 * length + columns.length * (nullString.length + BackendText.JSON_NULL.length + 3));
        int position = 0;
        for (int column = 0; column < columns.length; column++) {
            if (column > 0) {
                target.put(delimiter);
            }

            if (addQuotes) {
                target.put((byte) '"');
            }

            position = field(row, position, length, columns[column], target);
            if (addQuotes) {
                target.put((byte) '"');
            }
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

            final byte[] quote = addQuotes ? new byte[] {'"'} : new byte[0];
            record.append(quote);
            record.append(escaped(names.get(column)));
            record.append(quote);
        }

        record.append(new byte[] {'\n'});
        return record.toBytes();
    }

    private int field(final byte[] row, final int start, final int length, final ColumnKind kind, final ByteBuilder target) {
        if (BackendText.isNull(row, start, length)) {
            target.append(kind == ColumnKind.JSON ? BackendText.JSON_NULL : nullString);
            return start + 3;
        }

        final boolean escaping = escape && kind == ColumnKind.CHARACTER;
        final byte[] kinds = escaping ? classes : plainClasses;
        int position = start;
        int runStart = position;
        while (position < length) {
            final byte value = row[position];
            final byte valueKind = value < 0 ? BackendText.PLAIN : kinds[value];
            if (valueKind == BackendText.PLAIN) {
                position++;
            } else if (valueKind == BackendText.FIELD_END) {
                target.append(row, runStart, position);
                return position + 1;
            } else if (valueKind == BackendText.SPECIAL) {
                target.append(row, runStart, position);
                target.put(BackendText.BACKSLASH);
                runStart = position;
                position++;
            } else {
                target.append(row, runStart, position);
                final byte meant = BackendText.meaning(row[position + 1]);
                if (escaping && special[meant & 0xFF]) {
                    target.put(BackendText.BACKSLASH);
                }

                target.put(meant);
                position += 2;
                runStart = position;
            }
        }

        target.append(row, runStart, position);
        return position;
    }

    private void markForEscape(final byte value) {
        special[value & 0xFF] = true;
        if (classes[value & 0xFF] == BackendText.PLAIN) {
            classes[value & 0xFF] = BackendText.SPECIAL;
        }
    }

    private byte[] escaped(final String text) {
        final byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        final ByteBuilder result = new ByteBuilder(2 * raw.length + 1);
        for (final byte value : raw) {
            if (special[value & 0xFF]) {
                result.put(BackendText.BACKSLASH);
            }

            result.put(value);
        }

        return result.toBytes();
    }
}
