package io.github.unloadcopy.sandbox.redshift.sql;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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

    /**
     * Lets a text pass that can go to the backend and to S3.
     *
     * @throws SqlError when it holds a byte 0x00
     */
    static String printable(final String command, final String text) {
        if (text.indexOf('\0') >= 0) {
            throw SqlError.syntax("invalid byte sequence in a literal of " + command + ": 0x00");
        }

        return text;
    }

    public static String quoteIdentifier(final String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Writes a literal that means the same whether or not the session takes a backslash for an escape. */
    public static String quote(final String value) {
        return "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + '\'';
    }

    /** Octal escapes are bytes of UTF-8, as in PostgreSQL: hence bytes first. */
    private static String unescape(final String body) {
        final ByteArrayOutputStream value = new ByteArrayOutputStream(body.length());
        int index = 0;
        while (index < body.length()) {
            final int character = body.codePointAt(index);
            if (character == '\'') {
                value.write('\'');
                index += 2;
            } else if (character == '\\' && index + 1 < body.length()) {
                index = unescapeOne(body, index + 1, value);
            } else {
                value.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
                index += Character.charCount(character);
            }
        }

        return value.toString(StandardCharsets.UTF_8);
    }

    private static int unescapeOne(final String body, final int index, final ByteArrayOutputStream value) {
        final int escaped = body.codePointAt(index);
        switch (escaped) {
            case 't' -> value.write('\t');
            case 'n' -> value.write('\n');
            case 'r' -> value.write('\r');
            case 'b' -> value.write('\b');
            case 'f' -> value.write('\f');
            // The manual writes the default NULL string so, with a single backslash.
            case 'N' -> value.writeBytes(new byte[] {'\\', 'N'});
            default -> {
                if (escaped >= '0' && escaped <= '7') {
                    return unescapeOctal(body, index, value);
                }

                value.writeBytes(Character.toString(escaped).getBytes(StandardCharsets.UTF_8));
            }
        }

        return index + Character.charCount(escaped);
    }

    private static int unescapeOctal(final String body, final int start, final ByteArrayOutputStream value) {
        int index = start;
        int code = 0;
        while (index < body.length() && index < start + 3 && body.charAt(index) >= '0' && body.charAt(index) <= '7') {
            code = code * 8 + body.charAt(index) - '0';
            index++;
        }

        value.write(code);
        return index;
    }
}
