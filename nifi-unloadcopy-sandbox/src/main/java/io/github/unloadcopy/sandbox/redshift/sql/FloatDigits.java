package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The range of {@code extra_float_digits}, which in PostgreSQL goes up to 3. Rules: page extra_float_digits of the Redshift Database Developer Guide; the message is a cluster's.
 */
public final class FloatDigits {

    /** The setting's name. */
    public static final String NAME = "extra_float_digits";

    private static final int LEAST = -15;
    private static final int MOST = 2;
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,9}");

    private FloatDigits() {
    }

    /**
     * Refuses what is out of range; what is no number is left to PostgreSQL.
     *
     * @throws SqlError when the value is out of range
     */
    public static void check(final String value) {
        final String trimmed = value.strip();
        if (NUMBER.matcher(trimmed).matches() && (Integer.parseInt(trimmed) < LEAST || Integer.parseInt(trimmed) > MOST)) {
            throw new SqlError(SqlError.INVALID_VALUE, "%d is outside the valid range for parameter \"%s\" (%d .. %d)".formatted(Integer.parseInt(trimmed), NAME, LEAST, MOST));
        }
    }

    /** Does the same with the value of a SET, when that is of this setting. */
    static void check(final String name, final List<Token> value) {
        if (name.equals(NAME)) {
            final StringBuilder text = new StringBuilder();
            value.forEach(token -> text.append(token.isString() ? Literals.value(token) : token.source()));
            check(text.toString());
        }
    }
}
