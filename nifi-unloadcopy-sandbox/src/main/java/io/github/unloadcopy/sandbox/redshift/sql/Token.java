package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.Locale;

/**
 * One token of a text, by its place there.
 *
 * @param text the text that the token is part of
 * @param start index of its first character
 * @param end index after its last character
 */
public record Token(Kind kind, String text, int start, int end) {

    /** What a token is. */
    public enum Kind {
        /** A keyword or an unquoted identifier. */
        WORD,
        /** An identifier in double quotes. */
        QUOTED_IDENTIFIER,
        /** A literal in single quotes, with its prefix where it has one. */
        STRING,
        /** A literal between dollar signs. */
        DOLLAR_STRING,
        NUMBER,
        /** A place for a parameter, such as $1. */
        PARAMETER,
        /** One character of an operator or of punctuation. */
        SYMBOL
    }

    /** The token as written. */
    public String source() {
        return text.substring(start, end);
    }

    /** The token in upper case, for comparison with keywords. */
    public String upper() {
        return source().toUpperCase(Locale.ROOT);
    }

    public boolean isWord(final String keyword) {
        return kind == Kind.WORD && end - start == keyword.length() && text.regionMatches(true, start, keyword, 0, keyword.length());
    }

    public boolean isSymbol(final char symbol) {
        return kind == Kind.SYMBOL && text.charAt(start) == symbol;
    }

    public boolean isString() {
        return kind == Kind.STRING || kind == Kind.DOLLAR_STRING;
    }

    /** Whether a literal's prefix makes it something else than text: B, N or X. */
    public boolean hasTypePrefix() {
        return kind == Kind.STRING && text.charAt(start) != '\'' && Character.toUpperCase(text.charAt(start)) != 'E';
    }

    public boolean isIdentifier() {
        return kind == Kind.WORD || kind == Kind.QUOTED_IDENTIFIER;
    }
}
