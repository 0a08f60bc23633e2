package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.stream.LongStream;

/**
 * Appends values to a row of PostgreSQL's COPY text.
 */
final class BackendRow {

    private static final byte[] NULL = {'\\', 'N'};
    private static final byte[] BEFORE_CHRIST = {' ', 'B', 'C'};
    private static final byte[] SMALLEST = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    private static final long[] POWERS_OF_TEN = LongStream.iterate(1, power -> power * 10).limit(19).toArray();
    private static final int LONGEST_NUMBER = 20;
    private static final int LONGEST_DATE_AND_TIME = 64;
    private static final int YEAR_DIGITS = 4;
    private static final int FRACTION_DIGITS = 6;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3600;

    private BackendRow() {
    }

    static void addNull(final ByteBuilder target) {
        target.append(NULL);
    }

    static void ascii(final String text, final ByteBuilder target) {
        target.append(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Appends characters, those with a meaning of their own escaped. */
    static void text(final byte[] values, final int start, final int end, final ByteBuilder target) {
        int runStart = start;
        for (int position = start; position < end; position++) {
            final byte value = values[position];
            if (value == '\\' || value == '\t' || value == '\n' || value == '\r') {
                target.append(values, runStart, position);
                target.reserve(2);
                target.put((byte) '\\');
                target.put(escaped(value));
                runStart = position + 1;
            }
        }

        target.append(values, runStart, end);
    }

    private static byte escaped(final byte value) {
        return switch (value) {
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> value;
        };
    }

    static void number(final long value, final ByteBuilder target) {
        if (value == Long.MIN_VALUE) {
            target.append(SMALLEST);
            return;
        }

        target.reserve(LONGEST_NUMBER);
        if (value < 0) {
            target.put((byte) '-');
        }

        digits(Math.abs(value), 1, target);
    }

    /** Appends a number of which the last {@code scale} digits are a fraction. */
    static void decimal(final long unscaled, final int scale, final ByteBuilder target) {
        if (scale >= POWERS_OF_TEN.length || unscaled == Long.MIN_VALUE) {
            ascii(BigDecimal.valueOf(unscaled, scale).toPlainString(), target);
            return;
        }

        target.reserve(2 * LONGEST_NUMBER);
        if (unscaled < 0) {
            target.put((byte) '-');
        }

        final long absolute = Math.abs(unscaled);
        digits(absolute / POWERS_OF_TEN[scale], 1, target);
        if (scale > 0) {
            target.put((byte) '.');
            digits(absolute % POWERS_OF_TEN[scale], scale, target);
        }
    }

    static void date(final long epochDay, final ByteBuilder target) {
        if (dayAndMonth(epochDay, target)) {
            target.append(BEFORE_CHRIST);
        }
    }

    static void timestamp(final long epochDay, final long microsOfDay, final boolean zone, final ByteBuilder target) {
        final boolean beforeChrist = dayAndMonth(epochDay, target);
        target.put((byte) ' ');
        time(microsOfDay, zone, target);
        if (beforeChrist) {
            target.append(BEFORE_CHRIST);
        }
    }

    /**
     * @param zone whether to say that it is UTC
     */
    static void time(final long microsOfDay, final boolean zone, final ByteBuilder target) {
        target.reserve(LONGEST_DATE_AND_TIME);
        final int seconds = (int) (microsOfDay / MICROS_PER_SECOND);
        digits(seconds / SECONDS_PER_HOUR, 2, target);
        target.put((byte) ':');
        digits(seconds / SECONDS_PER_MINUTE % SECONDS_PER_MINUTE, 2, target);
        target.put((byte) ':');
        digits(seconds % SECONDS_PER_MINUTE, 2, target);
        final long fraction = microsOfDay % MICROS_PER_SECOND;
        if (fraction > 0) {
            target.put((byte) '.');
            digits(fraction, FRACTION_DIGITS, target);
        }

        if (zone) {
            ascii("+00", target);
        }
    }

    /** Whether the year is one before Christ. */
    private static boolean dayAndMonth(final long epochDay, final ByteBuilder target) {
        target.reserve(LONGEST_DATE_AND_TIME);
        final LocalDate date = LocalDate.ofEpochDay(epochDay);
        final boolean beforeChrist = date.getYear() <= 0;
        digits(beforeChrist ? 1 - date.getYear() : date.getYear(), YEAR_DIGITS, target);
        target.put((byte) '-');
        digits(date.getMonthValue(), 2, target);
        target.put((byte) '-');
        digits(date.getDayOfMonth(), 2, target);
        return beforeChrist;
    }

    /** Appends at least so many digits, for which there is room. */
    private static void digits(final long value, final int least, final ByteBuilder target) {
        int count = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            count++;
        }

        final int length = Math.max(count, least);
        for (int index = 0; index < length; index++) {
            target.put((byte) '0');
        }

        final byte[] bytes = target.bytes();
        long rest = value;
        for (int position = target.length() - 1; rest > 0; position--) {
            bytes[position] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
