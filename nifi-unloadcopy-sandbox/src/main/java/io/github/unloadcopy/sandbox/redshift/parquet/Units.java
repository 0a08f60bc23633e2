package io.github.unloadcopy.sandbox.redshift.parquet;

import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;

import java.time.Duration;

/**
 * The units of Parquet's times. What is finer than Redshift's microseconds is cut off.
 */
final class Units {

    private Units() {
    }

    static long perDay(final TimeUnit unit) {
        final Duration day = Duration.ofDays(1);
        return switch (unit) {
            case MILLIS -> day.toMillis();
            case MICROS -> day.toNanos() / Int96.NANOS_PER_MICRO;
            case NANOS -> day.toNanos();
        };
    }

    static long micros(final long amount, final TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> amount * 1000;
            case MICROS -> amount;
            case NANOS -> amount / Int96.NANOS_PER_MICRO;
        };
    }
}
