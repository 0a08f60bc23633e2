package io.github.unloadcopy.redshift;

import java.util.ArrayList;
import java.util.List;

/**
 * One token of SQL, read by the rules of the Database Developer Guide and of PostgreSQL rather than by the code under test.
 *
 * @param kind w for a word or number, the quote for quoted text, the character itself for all else
 * @param value the text, without quotes
 */
record SqlToken(char kind, String value) {
    /**
     * Reads a statement.
     *
     * @param sql the statement
     * @param escapes whether a backslash in single quotes escapes the next character (standard_conforming_strings off)
     * @return its tokens
     * @throws IllegalArgumentException when a quote is left open
     */
    static List<SqlToken> read(final String sql, final boolean escapes) {
        final List<SqlToken> tokens = new ArrayList<>();
        int position = 0;

        while (position < sql.length()) {
            final char character = sql.charAt(position);

            if (Character.isWhitespace(character)) {
                position++;
            } else if (character == '\'' || character == '"') {
                position = quoted(sql, position, escapes && character == '\'', tokens);
            } else if (Character.isLetterOrDigit(character) || character == '_') {
                int end = position;

                while (end < sql.length() && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
                    end++;
                }

                tokens.add(new SqlToken('w', sql.substring(position, end)));
                position = end;
            } else {
                tokens.add(new SqlToken(character, String.valueOf(character)));
                position++;
            }
        }

        return tokens;
    }

    private static int quoted(final String sql, final int start, final boolean escapes, final List<SqlToken> tokens) {
        final char quote = sql.charAt(start);
        final StringBuilder value = new StringBuilder();

        for (int position = start + 1; position < sql.length(); position++) {
            final char character = sql.charAt(position);

            if (escapes && character == '\\') {
                position++;
                value.append(sql.charAt(position));
            } else if (character != quote) {
                value.append(character);
            } else if (position + 1 < sql.length() && sql.charAt(position + 1) == quote) {
                value.append(quote);
                position++;
            } else {
                tokens.add(new SqlToken(quote, value.toString()));
                return position + 1;
            }
        }

        throw new IllegalArgumentException("A quote is left open");
    }
}
