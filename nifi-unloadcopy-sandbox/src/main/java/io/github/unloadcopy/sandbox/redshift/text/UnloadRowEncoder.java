package io.github.unloadcopy.sandbox.redshift.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns rows of PostgreSQL's COPY text into the delimited text of UNLOAD.
 * Rules: parameters DELIMITER, ADDQUOTES, ESCAPE and NULL AS of the page UNLOAD: the escape character precedes a raw line feed, carriage return, delimiter or backslash,
 * and both quotation marks with ADDQUOTES, in CHAR and VARCHAR columns only; it is applied to the NULL string as well.
 */
public final class UnloadRowEncoder implements RowEncoder {

    private static final byte BACKSLASH = '\\';
    private static final byte PLAIN = 0;
    private static final byte FIELD_END = 1;
    private static final byte ESCAPED_BY_BACKEND = 2;
    private static final byte TO_ESCAPE = 3;
    private static final byte[] BACKEND_ESCAPES = backendEscapes();

    private final byte delimiter;
    private final boolean addQuotes;
    private final byte[] nullString;
    private final boolean[] escapedColumns;
    private final byte[] classes;
    private final boolean[] special = new boolean[256];
    private final byte[] plainClasses;

    /**
     * @param characterColumns for each column whether it is CHAR or VARCHAR
     */
    public UnloadRowEncoder(final byte delimiter, final boolean addQuotes, final boolean escape, final String nullString, final boolean[] characterColumns) {
        this.delimiter = delimiter;
        this.addQuotes = addQuotes;
        this.plainClasses = classes();
        this.classes = classes();
        if (escape) {
            for (final byte special : new byte[] {'\n', '\r', BACKSLASH, delimiter}) {
                markForEscape(special);
            }

            if (addQuotes) {
                markForEscape((byte) '"');
                markForEscape((byte) '\'');
            }
        }

        this.escapedColumns = escape ? characterColumns.clone() : new boolean[characterColumns.length];
        this.nullString = escape ? escaped(nullString) : nullString.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void encode(final byte[] row, final int length, final ByteBuilder target) {
        target.reserve(2 * length + escapedColumns.length * (nullString.length + 3));
        int position = 0;
        for (int column = 0; column < escapedColumns.length; column++) {
            if (column > 0) {
                target.put(delimiter);
            }

            if (addQuotes) {
                target.put((byte) '"');
            }

            position = field(row, position, length, escapedColumns[column], target);
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
            final String name = addQuotes ? '"' + names.get(column) + '"' : names.get(column);
            if (column > 0) {
                record.append(new byte[] {delimiter});
            }

            record.append(name.getBytes(StandardCharsets.UTF_8));
        }

        record.append(new byte[] {'\n'});
        final byte[] bytes = new byte[record.length()];
        System.arraycopy(record.bytes(), 0, bytes, 0, bytes.length);
        return bytes;
    }

    private int field(final byte[] row, final int start, final int length, final boolean escape, final ByteBuilder target) {
        if (start + 2 < length && row[start] == BACKSLASH && row[start + 1] == 'N' && plainClasses[row[start + 2] & 0xFF] == FIELD_END) {
            target.append(nullString);
            return start + 3;
        }

        final byte[] kinds = escape ? classes : plainClasses;
        int runStart = start;
        int position = start;
        while (position < length) {
            final byte value = row[position];
            final byte kind = value < 0 ? PLAIN : kinds[value];
            if (kind == PLAIN) {
                position++;
            } else if (kind == FIELD_END) {
                target.append(row, runStart, position);
                return position + 1;
            } else if (kind == TO_ESCAPE) {
                target.append(row, runStart, position);
                target.put(BACKSLASH);
                runStart = position;
                position++;
            } else {
                target.append(row, runStart, position);
                final byte meant = BACKEND_ESCAPES[row[position + 1] & 0xFF];
                if (escape && needsEscape(meant)) {
                    target.put(BACKSLASH);
                }

                target.put(meant);
                position += 2;
                runStart = position;
            }
        }

        target.append(row, runStart, position);
        return position;
    }

    private boolean needsEscape(final byte value) {
        return special[value & 0xFF];
    }

    private void markForEscape(final byte value) {
        special[value & 0xFF] = true;
        if (classes[value & 0xFF] == PLAIN) {
            classes[value & 0xFF] = TO_ESCAPE;
        }
    }

    private byte[] escaped(final String text) {
        final byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        final ByteBuilder result = new ByteBuilder(2 * raw.length + 1);
        for (final byte value : raw) {
            if (needsEscape(value)) {
                result.put(BACKSLASH);
            }

            result.put(value);
        }

        final byte[] bytes = new byte[result.length()];
        System.arraycopy(result.bytes(), 0, bytes, 0, bytes.length);
        return bytes;
    }

    /** How PostgreSQL's COPY text writes: a tab or a line feed ends a field, a backslash introduces what is not written as itself. */
    private static byte[] classes() {
        final byte[] kinds = new byte[256];
        kinds['\t'] = FIELD_END;
        kinds['\n'] = FIELD_END;
        kinds[BACKSLASH] = ESCAPED_BY_BACKEND;
        return kinds;
    }

    private static byte[] backendEscapes() {
        final byte[] meanings = new byte[256];
        for (int value = 0; value < meanings.length; value++) {
            meanings[value] = (byte) value;
        }

        meanings['b'] = '\b';
        meanings['f'] = '\f';
        meanings['n'] = '\n';
        meanings['r'] = '\r';
        meanings['t'] = '\t';
        meanings['v'] = 0x0B;
        return meanings;
    }
}
