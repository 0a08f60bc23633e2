package io.github.unloadcopy.sandbox.redshift.text;

/**
 * PostgreSQL's COPY text: fields end at a tab or a line feed, and a backslash introduces what is not written as itself.
 */
public final class BackendText {

    static final byte BACKSLASH = '\\';
    static final byte PLAIN = 0;
    static final byte FIELD_END = 1;
    static final byte ESCAPED = 2;
    /** For what encoders mark themselves. */
    static final byte SPECIAL = 3;
    /** What UNLOAD writes for NULL in SUPER columns. */
    static final byte[] JSON_NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] MEANINGS = meanings();

    private BackendText() {
    }

    /** Classes of the characters; those from 0x80 on are all plain. */
    static byte[] classes() {
        final byte[] kinds = new byte[256];
        kinds['\t'] = FIELD_END;
        kinds['\n'] = FIELD_END;
        kinds[BACKSLASH] = ESCAPED;
        return kinds;
    }

    /** What a backslash and the character after it stand for. */
    static byte meaning(final byte escaped) {
        return MEANINGS[escaped & 0xFF];
    }

    /** Whether the field that starts at a position is NULL. */
    public static boolean isNull(final byte[] row, final int start, final int length) {
        return start + 2 < length && row[start] == BACKSLASH && row[start + 1] == 'N' && (row[start + 2] == '\t' || row[start + 2] == '\n');
    }

    /** Where the field that starts at a position ends. */
    public static int fieldEnd(final byte[] row, final int start, final int length) {
        int position = start;
        while (position < length && row[position] != '\t' && row[position] != '\n') {
            position++;
        }

        return position;
    }

    /** Appends the value of a field that is not NULL. */
    public static void decode(final byte[] row, final int start, final int end, final ByteBuilder target) {
        target.reserve(end - start);
        int position = start;
        while (position < end) {
            if (row[position] == BACKSLASH && position + 1 < end) {
                target.put(meaning(row[position + 1]));
                position += 2;
            } else {
                target.put(row[position]);
                position++;
            }
        }
    }

    private static byte[] meanings() {
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
