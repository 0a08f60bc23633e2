package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.time.LocalDate;

/**
 * Reads values as PostgreSQL prints them under {@code DateStyle ISO} and {@code TimeZone UTC}, without making Strings of them.
 */
final class PostgresText {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long SECONDS_PER_MINUTE = 60;
    private static final long SECONDS_PER_HOUR = 3600;
    private static final long MICROS_PER_DAY = 24 * SECONDS_PER_HOUR * MICROS_PER_SECOND;
    private static final int FRACTION_DIGITS = 6;

    private byte[] text;
    private int position;
    private int end;

    void reset(final byte[] bytes, final int start, final int limit) {
        text = bytes;
        position = start;
        end = limit;
    }

    static long wholeNumber(final byte[] text, final int start, final int end) {
        final boolean negative = text[start] == '-';
        // Summed up below zero, where there is room for the smallest number.
        long value = 0;
        for (int position = negative ? start + 1 : start; position < end; position++) {
            value = value * 10 - (text[position] - '0');
        }

        return negative ? value : -value;
    }

    /**
     * Undoes the escapes of COPY's text.
     *
     * @return how many bytes were written
     */
    static int unescape(final byte[] text, final int start, final int end, final byte[] target) {
        int length = 0;
        for (int position = start; position < end; position++) {
            if (text[position] == '\\') {
                position++;
                target[length++] = meaning(text[position]);
            } else {
                target[length++] = text[position];
            }
        }

        return length;
    }

    private static byte meaning(final byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0B;
            default -> escaped;
        };
    }

    /** Days since 1970-01-01. */
    long date() {
        if (text[position] == 'i' || text[position] == '-') {
            throw new SqlError("22008", "infinity is no date or timestamp of Redshift: it cannot be unloaded as PARQUET");
        }

        final int year = number();
        position++;
        final int month = number();
        position++;
        final int day = number();
        final boolean beforeChrist = text[end - 1] == 'C';
        return LocalDate.of(beforeChrist ? 1 - year : year, month, day).toEpochDay();
    }

    /** Microseconds since midnight, after the space that separates a date from a time. */
    long timeOfDay() {
        position++;
        return time();
    }

    /** Microseconds since midnight in UTC, of a time with or without a zone. */
    long timeInUtc() {
        final long local = time();
        if (position == end) {
            return local;
        }

        final boolean west = text[position++] == '-';
        long offset = number() * SECONDS_PER_HOUR;
        if (position < end) {
            position++;
            offset += number() * SECONDS_PER_MINUTE;
        }

        if (position < end) {
            position++;
            offset += number();
        }

        return Math.floorMod(local + (west ? offset : -offset) * MICROS_PER_SECOND, MICROS_PER_DAY);
    }

    private long time() {
        long seconds = number() * SECONDS_PER_HOUR;
        position++;
        seconds += number() * SECONDS_PER_MINUTE;
        position++;
        seconds += number();
        return seconds * MICROS_PER_SECOND + (position < end && text[position] == '.' ? fraction() : 0);
    }

    private long fraction() {
        position++;
        final int start = position;
        long micros = number();
        for (int digits = position - start; digits < FRACTION_DIGITS; digits++) {
            micros *= 10;
        }

        return micros;
    }

    private int number() {
        int value = 0;
        while (position < end && text[position] >= '0' && text[position] <= '9') {
            value = value * 10 + text[position] - '0';
            position++;
        }

        return value;
    }
}
