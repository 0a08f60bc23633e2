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
            if (bytes[position] >= 0) {
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

    /**
     * Copies text, with each byte that is part of no character replaced: parameter ACCEPTINVCHARS of the page "Data conversion parameters". Noncharacters such as U+FFFE are replaced too.
     *
     * @return whether anything was replaced
     */
    public static boolean repair(final byte[] bytes, final int start, final int end, final byte replacement, final ByteBuilder target) {
        boolean replaced = false;
        int position = start;
        target.reserve(end - start);
        while (position < end) {
            final int length = bytes[position] >= 0 ? 1 : sequenceLength(bytes, position, end);
            final boolean invalid = length == 0 || length > 1 && isNonCharacter(bytes, position, length);
            for (int index = 0; index < Math.max(length, 1); index++) {
                target.put(invalid ? replacement : bytes[position + index]);
            }

            replaced |= invalid;
            position += Math.max(length, 1);
        }

        return replaced;
    }

    /**
     * Why a byte begins no valid character, as the page "Multibyte character load errors" numbers the reasons.
     *
     * @param position what {@link #firstInvalid} found
     */
    public static int reason(final byte[] bytes, final int position, final int end) {
        final int first = bytes[position] & 0xFF;
        if (first < 0xC0 || first >= 0xFE) {
            return 3;
        }

        if (first >= 0xF8) {
            return 1;
        }

        final int length = expectedLength(first);
        for (int index = 1; index < length; index++) {
            if (position + index >= end) {
                return 2;
            }

            if ((bytes[position + index] & 0xC0) != 0x80) {
                return 4;
            }
        }

        final int second = bytes[position + 1] & 0xFF;
        return first == 0xED && second >= 0xA0 ? 5 : first > 0xF4 || first == 0xF4 && second >= 0x90 ? 6 : 7;
    }

    /** The bytes of an invalid character in hexadecimal. */
    public static String hex(final byte[] bytes, final int position, final int end) {
        final StringBuilder hex = new StringBuilder();
        final int length = Math.min(expectedLength(bytes[position] & 0xFF), end - position);
        for (int index = 0; index < length; index++) {
            hex.append(index == 0 ? "" : " ").append(String.format("%02x", bytes[position + index]));
        }

        return hex.toString();
    }

    private static int expectedLength(final int first) {
        return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    }

    private static boolean isNonCharacter(final byte[] bytes, final int position, final int length) {
        if (length < 3) {
            return false;
        }

        int code = bytes[position] & (length == 3 ? 0x0F : 0x07);
        for (int index = 1; index < length; index++) {
            code = code << 6 | bytes[position + index] & 0x3F;
        }

        return code >= 0xFDD0 && code <= 0xFDEF || (code & 0xFFFE) == 0xFFFE;
    }

    private static int sequenceLength(final byte[] bytes, final int position, final int end) {
        final int first = bytes[position] & 0xFF;
        final int length = expectedLength(first);
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
