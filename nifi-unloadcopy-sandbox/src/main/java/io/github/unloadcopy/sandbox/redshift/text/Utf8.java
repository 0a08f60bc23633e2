package io.github.unloadcopy.sandbox.redshift.text;

/**
 * Checks bytes for being UTF-8 as databases want it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
public final class Utf8 {

    private Utf8() {
    }

    /** Index of the first byte that begins no valid character, -1 when there is none. */
    public static int firstInvalid(final byte[] bytes, final int start, final int end) {
        int position = start;
        while (position < end) {
            final int first = bytes[position];
            if (first >= 0) {
                position++;
            } else {
                final int length = sequenceLength(bytes, position, end);
                if (length == 0) {
                    return position;
                }

                position += length;
            }
        }

        return -1;
    }

    private static int sequenceLength(final byte[] bytes, final int position, final int end) {
        final int first = bytes[position] & 0xFF;
        final int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || position + length > end) {
            return 0;
        }

        for (int index = 1; index < length; index++) {
            if ((bytes[position + index] & 0xC0) != 0x80) {
                return 0;
            }
        }

        final int second = bytes[position + 1] & 0xFF;
        final boolean outside = first == 0xE0 && second < 0xA0 || first == 0xED && second >= 0xA0 || first == 0xF0 && second < 0x90 || first == 0xF4 && second >= 0x90;
        return outside ? 0 : length;
    }
}
