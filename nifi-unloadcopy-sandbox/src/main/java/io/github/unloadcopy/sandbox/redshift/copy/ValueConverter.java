package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

/**
 * Checks values of all types but the character types, and writes them as PostgreSQL takes them. It refuses what PostgreSQL would take and Redshift does not; what only the type's own input
 * function can tell, such as the range of a DECIMAL, is left to PostgreSQL.
 */
final class ValueConverter {

    /** Not a failure: the value is NULL. */
    static final Failure NULL = new Failure(0, "", 0);
    private static final int BITS_PER_BYTE = 8;

    private final CopyStatement.Conversions conversions;
    private final DateTimeText dates;

    ValueConverter(final CopyStatement.Conversions conversions) {
        this.conversions = conversions;
        this.dates = new DateTimeText(conversions);
    }

    /**
     * Appends one value that is not blank.
     *
     * @return null, {@link #NULL}, or why it cannot be loaded; nothing is appended in the latter cases
     */
    Failure convert(final byte[] text, final int fieldStart, final int fieldEnd, final TargetColumn column, final ByteBuilder target) {
        int start = fieldStart;
        int end = fieldEnd;
        while (RowConverter.isBlank(text[end - 1])) {
            end--;
        }

        while (RowConverter.isBlank(text[start])) {
            start++;
        }

        final Failure failure = switch (column.typeId()) {
            case TypeIds.SMALLINT -> integer(text, start, end, "Short", Short.BYTES, target);
            case TypeIds.INTEGER -> integer(text, start, end, "Integer", Integer.BYTES, target);
            case TypeIds.BIGINT -> integer(text, start, end, "Long", Long.BYTES, target);
            case TypeIds.NUMERIC -> decimal(text, start, end, column, target);
            case TypeIds.REAL, TypeIds.DOUBLE -> plain(text, start, end, NumberText.isFloat(text, start, end), RowError.INVALID_FLOAT, "Invalid float format or value", target);
            case TypeIds.BOOLEAN -> plain(text, start, end, NumberText.isBoolean(text, start, end), RowError.INVALID_BOOLEAN, "Unknown boolean format", target);
            case TypeIds.DATE -> dates.date(text, start, end, target) ? null : otherDate(RowError.INVALID_DATE, dateMessage());
            case TypeIds.TIMESTAMP, TypeIds.TIMESTAMPTZ -> dates.timestamp(text, start, end, column.typeId() == TypeIds.TIMESTAMPTZ, target) ? null
                    : otherDate(RowError.INVALID_TIMESTAMP, "Invalid timestamp format or value [" + timeFormat() + "]");
            case TypeIds.TIME, TypeIds.TIMETZ -> plain(text, start, end, NumberText.isDigit(text[start]), RowError.INVALID_TIMESTAMP, "Invalid time format or value", target);
            case TypeIds.BYTEA -> hexadecimal(text, start, end, column, target);
            case TypeIds.JSONB -> json(text, start, end, target);
            default -> escaped(text, fieldStart, fieldEnd, target);
        };
        return failure == null || failure == NULL || start == fieldStart ? failure : new Failure(failure.code(), failure.message(), failure.position() + start - fieldStart);
    }

    private String dateMessage() {
        return conversions.dateFormat() == null ? "Invalid Date Format - length must be 10 or more" : "Invalid Date Format [" + conversions.dateFormat() + "]";
    }

    private String timeFormat() {
        return conversions.timeFormat() == null ? "YYYY-MM-DD HH24:MI:SS" : conversions.timeFormat();
    }

    private Failure otherDate(final int code, final String message) {
        return conversions.acceptAnyDate() ? NULL : new Failure(code, message, 0);
    }

    private static Failure integer(final byte[] text, final int start, final int end, final String type, final int bytes, final ByteBuilder target) {
        final int wrong = NumberText.wrongInteger(text, start, end);
        if (wrong >= 0) {
            return invalidDigit(text, start, end, wrong, type, RowError.INVALID_DIGIT);
        }

        final long highest = Long.MAX_VALUE >> Long.SIZE - bytes * BITS_PER_BYTE;
        if (!NumberText.isWithin(text, start, end, -highest - 1, highest)) {
            return new Failure(RowError.INTEGER_OVERFLOW, "Overflow, Column type: " + type, 0);
        }

        target.append(text, start, end);
        return null;
    }

    private Failure decimal(final byte[] text, final int start, final int end, final TargetColumn column, final ByteBuilder target) {
        final int wrong = NumberText.wrongDecimal(text, start, end);
        if (wrong >= 0) {
            return invalidDigit(text, start, end, wrong, "Decimal", RowError.INVALID_DECIMAL);
        }

        final int scale = TypeIds.scale(column.typeModifier());
        target.append(text, start, conversions.roundDecimals() || scale < 0 ? end : withoutExcessScale(text, start, end, scale));
        return null;
    }

    private static int withoutExcessScale(final byte[] text, final int start, final int end, final int scale) {
        int point = start;
        while (point < end && text[point] != '.') {
            point++;
        }

        if (end - point - 1 <= scale) {
            return end;
        }

        if (scale == 0 && (point == start || !NumberText.isDigit(text[point - 1]))) {
            // Some digit has to be left.
            text[point] = '0';
        }

        return point + 1 + scale;
    }

    private static Failure invalidDigit(final byte[] text, final int start, final int end, final int wrong, final String type, final int code) {
        final String digit = wrong < end ? "Invalid digit, Value '" + (char) (text[wrong] & 0xFF) + "', Pos " + (wrong - start) : "Invalid digit, no digits";
        return new Failure(code, digit + ", Type: " + type, wrong - start);
    }

    private static Failure plain(final byte[] text, final int start, final int end, final boolean valid, final int code, final String message, final ByteBuilder target) {
        return valid ? escaped(text, start, end, target) : new Failure(code, message, 0);
    }

    private static Failure hexadecimal(final byte[] text, final int start, final int end, final TargetColumn column, final ByteBuilder target) {
        for (int position = start; position < end; position++) {
            if (Character.digit(text[position], 16) < 0) {
                return new Failure(RowError.INVALID_HEX, "Invalid hex digit, Value '" + (char) (text[position] & 0xFF) + "', Pos " + (position - start), position - start);
            }
        }

        if ((end - start) % 2 != 0) {
            return new Failure(RowError.INVALID_HEX, "Invalid hex value: odd number of digits", 0);
        }

        final int limit = TypeIds.length(column.typeModifier());
        if (limit >= 0 && (end - start) / 2 > limit) {
            return new Failure(RowError.TOO_LONG, "Value length exceeds DDL length", 0);
        }

        target.append(new byte[] {'\\', '\\', 'x'});
        target.append(text, start, end);
        return null;
    }

    /** JSON's null is what UNLOAD writes for NULL in SUPER columns. */
    private static Failure json(final byte[] text, final int start, final int end, final ByteBuilder target) {
        if (end - start == 4 && text[start] == 'n' && text[start + 1] == 'u' && text[start + 2] == 'l' && text[start + 3] == 'l') {
            return NULL;
        }

        return escaped(text, start, end, target);
    }

    private static Failure escaped(final byte[] text, final int start, final int end, final ByteBuilder target) {
        final int before = target.length();
        if (RowConverter.escape(text, start, end, target) < 0) {
            target.truncate(before);
            return new Failure(RowError.INVALID_UTF8, "String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00", 0);
        }

        return null;
    }

    /**
     * Why a value cannot be loaded.
     *
     * @param code of the page "Load error reference"
     * @param position offset in the field
     */
    record Failure(int code, String message, int position) {
    }
}
