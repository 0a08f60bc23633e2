package io.github.unloadcopy.sandbox.redshift.copy;

/**
 * How COPY takes numbers: decimal digits with a sign, and blanks around them. PostgreSQL takes more (hexadecimal digits, underscores, exponents of NUMERIC), so its word does not count.
 */
final class NumberText {

    private NumberText() {
    }

    /**
     * Looks for what is no part of a whole number.
     *
     * @return index of the first wrong character, the end when digits are missing, -1 when all is well
     */
    static int wrongInteger(final byte[] text, final int start, final int end) {
        final int position = skipDigits(text, afterSign(text, start, end), end);
        return position < end ? position : hasDigits(text, start, end) ? -1 : end;
    }

    /** As {@link #wrongInteger}, with a decimal point. */
    static int wrongDecimal(final byte[] text, final int start, final int end) {
        int position = skipDigits(text, afterSign(text, start, end), end);
        if (position < end && text[position] == '.') {
            position = skipDigits(text, position + 1, end);
        }

        return position < end ? position : hasDigits(text, start, end) ? -1 : end;
    }

    /** Whether a well-formed whole number lies between two bounds. */
    static boolean isWithin(final byte[] text, final int start, final int end, final long lowest, final long highest) {
        // Negative, since there is one negative number more.
        long number = 0;
        for (int position = afterSign(text, start, end); position < end; position++) {
            final int digit = text[position] - '0';
            if (number < (Long.MIN_VALUE + digit) / 10) {
                return false;
            }

            number = number * 10 - digit;
        }

        return text[start] == '-' ? number >= lowest : number >= -highest;
    }

    /** Whether a text is a number for REAL and DOUBLE PRECISION: digits, point and exponent, or NaN or Infinity. */
    static boolean isFloat(final byte[] text, final int start, final int end) {
        int position = afterSign(text, start, end);
        if (position < end && Character.isLetter(text[position])) {
            return isWord(text, position, end, "nan") || isWord(text, position, end, "inf") || isWord(text, position, end, "infinity");
        }

        while (position < end && (isDigit(text[position]) || text[position] == '.')) {
            position++;
        }

        if (position < end && (text[position] == 'e' || text[position] == 'E')) {
            position = skipDigits(text, afterSign(text, position + 1, end), end);
        }

        // That there are not two points, and digits at all, PostgreSQL tells.
        return position == end;
    }

    static boolean isBoolean(final byte[] text, final int start, final int end) {
        for (final String word : new String[] {"t", "f", "1", "0", "true", "false", "y", "n", "yes", "no"}) {
            if (isWord(text, start, end, word)) {
                return true;
            }
        }

        return false;
    }

    static boolean isDigit(final byte value) {
        return value >= '0' && value <= '9';
    }

    private static boolean isWord(final byte[] text, final int start, final int end, final String word) {
        if (end - start != word.length()) {
            return false;
        }

        for (int index = 0; index < word.length(); index++) {
            if (Character.toLowerCase(text[start + index]) != word.charAt(index)) {
                return false;
            }
        }

        return true;
    }

    private static int afterSign(final byte[] text, final int start, final int end) {
        return start < end && (text[start] == '-' || text[start] == '+') ? start + 1 : start;
    }

    private static int skipDigits(final byte[] text, final int start, final int end) {
        int position = start;
        while (position < end && isDigit(text[position])) {
            position++;
        }

        return position;
    }

    private static boolean hasDigits(final byte[] text, final int start, final int end) {
        return end > start && (isDigit(text[end - 1]) || end - 1 > start && isDigit(text[end - 2]));
    }
}
