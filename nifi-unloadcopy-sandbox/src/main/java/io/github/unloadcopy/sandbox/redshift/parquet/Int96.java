package io.github.unloadcopy.sandbox.redshift.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Timestamps of 12 bytes: nanoseconds of the day, then the Julian day, both little-endian. Deprecated by the format, and still what Redshift and older Spark write.
 */
final class Int96 {

    static final int LENGTH = 12;
    static final long NANOS_PER_MICRO = 1000;
    /** The Julian day of 1970-01-01. */
    private static final long EPOCH = 2_440_588;

    private Int96() {
    }

    static void put(final byte[] target, final long epochDay, final long nanosOfDay) {
        ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN).putLong(nanosOfDay).putInt((int) (epochDay + EPOCH));
    }

    static long epochDay(final ByteBuffer value) {
        return value.order(ByteOrder.LITTLE_ENDIAN).getInt(value.position() + Long.BYTES) - EPOCH;
    }

    static long microsOfDay(final ByteBuffer value) {
        return Math.floorDiv(value.order(ByteOrder.LITTLE_ENDIAN).getLong(value.position()), NANOS_PER_MICRO);
    }
}
