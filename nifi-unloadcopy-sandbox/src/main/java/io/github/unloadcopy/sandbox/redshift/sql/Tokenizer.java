package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits SQL into tokens the way Redshift does: a backslash in a literal escapes the character after it, comments nest, and identifiers may hold any character in double quotes.
 * Comments and white space are no tokens.
 */
public final class Tokenizer {

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int position;

    private Tokenizer(final String text) {
        this.text = text;
    }

    /**
     * Reads the whole text. What is left unterminated (a literal, a comment) is told by the last token's absence and by {@link Result#complete()}.
     */
    public static Result read(final String text) {
        final Tokenizer tokenizer = new Tokenizer(text);
        final boolean complete = tokenizer.readAll();
        return new Result(List.copyOf(tokenizer.tokens), complete);
    }

    private boolean readAll() {
        while (true) {
            if (!skipBlanks()) {
                return false;
            }

            if (position >= text.length()) {
                return true;
            }

            final int start = position;
            final Token.Kind kind = readToken();
            if (kind == null) {
                return false;
            }

            tokens.add(new Token(kind, text, start, position));
        }
    }

    private boolean skipBlanks() {
        while (position < text.length()) {
            if (Character.isWhitespace(text.charAt(position))) {
                position++;
            } else if (text.startsWith("--", position)) {
                final int lineEnd = text.indexOf('\n', position);
                position = lineEnd < 0 ? text.length() : lineEnd + 1;
            } else if (text.startsWith("/*", position)) {
                if (!skipComment()) {
                    return false;
                }
            } else {
                return true;
            }
        }

        return true;
    }

    private boolean skipComment() {
        int depth = 0;
        while (position < text.length()) {
            if (text.startsWith("/*", position)) {
                depth++;
                position += 2;
            } else if (text.startsWith("*/", position)) {
                depth--;
                position += 2;
                if (depth == 0) {
                    return true;
                }
            } else {
                position++;
            }
        }

        return false;
    }

    private Token.Kind readToken() {
        final char first = text.charAt(position);
        if (first == '\'') {
            return readQuoted('\'', true) ? Token.Kind.STRING : null;
        }

        if (first == '"') {
            return readQuoted('"', false) ? Token.Kind.QUOTED_IDENTIFIER : null;
        }

        if (first == '$') {
            return readDollar();
        }

        if (isWordStart(first)) {
            return readWord();
        }

        if (isDigit(first) || first == '.' && position + 1 < text.length() && isDigit(text.charAt(position + 1))) {
            readNumber();
            return Token.Kind.NUMBER;
        }

        position++;
        return Token.Kind.SYMBOL;
    }

    private boolean readQuoted(final char quote, final boolean backslashEscapes) {
        position++;
        while (position < text.length()) {
            final char character = text.charAt(position);
            if (character == '\\' && backslashEscapes) {
                position += 2;
            } else if (character != quote) {
                position++;
            } else if (position + 1 < text.length() && text.charAt(position + 1) == quote) {
                position += 2;
            } else {
                position++;
                return true;
            }
        }

        position = text.length();
        return false;
    }

    private Token.Kind readDollar() {
        int tagEnd = position + 1;
        if (tagEnd < text.length() && isDigit(text.charAt(tagEnd))) {
            while (tagEnd < text.length() && isDigit(text.charAt(tagEnd))) {
                tagEnd++;
            }

            position = tagEnd;
            return Token.Kind.PARAMETER;
        }

        while (tagEnd < text.length() && isWordPart(text.charAt(tagEnd)) && text.charAt(tagEnd) != '$') {
            tagEnd++;
        }

        if (tagEnd >= text.length() || text.charAt(tagEnd) != '$') {
            position++;
            return Token.Kind.SYMBOL;
        }

        final String tag = text.substring(position, tagEnd + 1);
        final int close = text.indexOf(tag, tagEnd + 1);
        if (close < 0) {
            return null;
        }

        position = close + tag.length();
        return Token.Kind.DOLLAR_STRING;
    }

    private Token.Kind readWord() {
        final int start = position;
        while (position < text.length() && isWordPart(text.charAt(position))) {
            position++;
        }

        final boolean literalPrefix = position - start == 1 && "eEbBxXnN".indexOf(text.charAt(start)) >= 0;
        if (literalPrefix && position < text.length() && text.charAt(position) == '\'') {
            return readQuoted('\'', true) ? Token.Kind.STRING : null;
        }

        return Token.Kind.WORD;
    }

    private void readNumber() {
        skipDigits();
        if (position < text.length() && text.charAt(position) == '.') {
            position++;
            skipDigits();
        }

        // Only with digits behind it is the letter an exponent: Redshift reads 1ELSE as two tokens.
        if (position < text.length() && (text.charAt(position) == 'e' || text.charAt(position) == 'E')) {
            final int mark = position;
            position++;
            if (position < text.length() && (text.charAt(position) == '+' || text.charAt(position) == '-')) {
                position++;
            }

            final int digits = position;
            skipDigits();
            if (position == digits) {
                position = mark;
            }
        }
    }

    private void skipDigits() {
        while (position < text.length() && isDigit(text.charAt(position))) {
            position++;
        }
    }

    private static boolean isDigit(final char character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isWordStart(final char character) {
        return Character.isLetter(character) || character == '_' || character == '#' || character > 0x7F;
    }

    private static boolean isWordPart(final char character) {
        return isWordStart(character) || isDigit(character) || character == '$';
    }

    /**
     * What was read.
     *
     * @param complete false when the text ends inside a literal, a quoted identifier or a comment
     */
    public record Result(List<Token> tokens, boolean complete) {
    }
}
