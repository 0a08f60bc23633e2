package io.github.unloadcopy.redshift;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a CREATE TABLE statement that is never taken apart: a word, a quoted name, a literal, or one other character.
 *
 * @param kind what it is
 * @param start index of its first character
 * @param end index behind its last one
 * @param text as it stands in the statement
 */
record DdlToken(Kind kind, int start, int end, String text) {
    /** Splits a statement. White space is between tokens, and nowhere else outside of quotes. */
    static List<DdlToken> read(final String sql) {
        final List<DdlToken> tokens = new ArrayList<>();
        int position = 0;

        while (position < sql.length()) {
            final char character = sql.charAt(position);

            if (Character.isWhitespace(character)) {
                position++;
                continue;
            }

            final Kind kind = kind(character);
            final int end = switch (kind) {
                case QUOTED, LITERAL -> endOfQuotes(sql, position);
                case WORD -> endOfWord(sql, position);
                case SYMBOL -> position + 1;
            };
            tokens.add(new DdlToken(kind, position, end, sql.substring(position, end)));
            position = end;
        }

        return tokens;
    }

    boolean isWord(final String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSymbol(final char symbol) {
        return kind == Kind.SYMBOL && text.charAt(0) == symbol;
    }

    boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    /** The name without its quotes. */
    String name() {
        return kind == Kind.QUOTED ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }

    private static Kind kind(final char first) {
        return switch (first) {
            case '"' -> Kind.QUOTED;
            case '\'' -> Kind.LITERAL;
            default -> isWordPart(first) ? Kind.WORD : Kind.SYMBOL;
        };
    }

    private static int endOfWord(final String sql, final int start) {
        int end = start + 1;

        while (end < sql.length() && isWordPart(sql.charAt(end))) {
            end++;
        }

        return end;
    }

    private static int endOfQuotes(final String sql, final int start) {
        final char quote = sql.charAt(start);
        int position = start + 1;

        while (position < sql.length()) {
            final char character = sql.charAt(position++);

            if (character == '\\' && quote == '\'') {
                position++;
            } else if (character == quote) {
                if (position == sql.length() || sql.charAt(position) != quote) {
                    return position;
                }

                position++;
            }
        }

        throw new IllegalArgumentException("A quote is not closed");
    }

    private static boolean isWordPart(final char character) {
        return Character.isLetterOrDigit(character) || character == '_' || character == '$';
    }

    enum Kind {
        WORD, QUOTED, LITERAL, SYMBOL
    }
}
