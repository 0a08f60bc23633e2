package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.Locale;

/**
 * Values of literals and identifiers, and how to write them for a backend where a backslash in a literal escapes.
 */
public final class Literals {

    private Literals() {
    }

    /** The value of a string token: quotes undoubled and backslash escapes resolved. */
    public static String value(final Token token) {
        final String source = token.source();
        if (token.kind() == Token.Kind.DOLLAR_STRING) {
            final int tagLength = source.indexOf('$', 1) + 1;
            return source.substring(tagLength, source.length() - tagLength);
        }

        final int open = source.indexOf('\'');
        return unescape(source.substring(open + 1, source.length() - 1));
    }

    /** The name that an identifier token stands for: Redshift folds unquoted names to lower case. */
    public static String identifier(final Token token) {
        final String source = token.source();
        if (token.kind() == Token.Kind.QUOTED_IDENTIFIER) {
            return source.substring(1, source.length() - 1).replace("\"\"", "\"");
        }

        return source.toLowerCase(Locale.ROOT);
    }

    public static String quoteIdentifier(final String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Writes a literal that means the same whether or not the session takes a backslash for an escape. */
    public static String quote(final String value) {
        return "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + '\'';
    }

    private static String unescape(final String body) {
        final StringBuilder value = new StringBuilder(body.length());
        int index = 0;
        while (index < body.length()) {
            final char character = body.charAt(index);
            if (character == '\'') {
                value.append('\'');
                index += 2;
            } else if (character == '\\' && index + 1 < body.length()) {
                index = unescapeOne(body, index + 1, value);
            } else {
                value.append(character);
                index++;
            }
        }

        return value.toString();
    }

    private static int unescapeOne(final String body, final int index, final StringBuilder value) {
        final char escaped = body.charAt(index);
        switch (escaped) {
            case 't' -> value.append('\t');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            // The manual writes the default NULL string so, with a single backslash.
            case 'N' -> value.append("\\N");
            default -> {
                if (escaped >= '0' && escaped <= '7') {
                    return unescapeOctal(body, index, value);
                }

                value.append(escaped);
            }
        }

        return index + 1;
    }

    private static int unescapeOctal(final String body, final int start, final StringBuilder value) {
        int index = start;
        int code = 0;
        while (index < body.length() && index < start + 3 && body.charAt(index) >= '0' && body.charAt(index) <= '7') {
            code = code * 8 + body.charAt(index) - '0';
            index++;
        }

        value.append((char) code);
        return index;
    }
}
