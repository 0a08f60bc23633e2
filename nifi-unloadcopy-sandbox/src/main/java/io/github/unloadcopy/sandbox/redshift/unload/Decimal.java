package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Precision and scale of a DECIMAL, and those of what is computed from it. Rules: pages "Computations with numeric values", SUM and AVG of the Redshift Database Developer Guide.
 *
 * @param precision 1 to 38; 0 for NULL, which takes any type
 * @param scale 0 to 37
 */
record Decimal(int precision, int scale) {

    static final Decimal NULL = new Decimal(0, 0);

    private static final int MOST_DIGITS = 38;
    private static final int LARGEST_SCALE = 37;
    private static final int DIGITS_OF_64_BITS = 19;
    private static final int LEAST_SCALE_OF_QUOTIENT = 4;

    /** That of a type; null when the type is no number, or has no precision. */
    static Decimal of(final int typeId, final int typeModifier) {
        return switch (typeId) {
            case TypeIds.SMALLINT -> new Decimal(5, 0);
            case TypeIds.INTEGER -> new Decimal(10, 0);
            case TypeIds.BIGINT -> new Decimal(DIGITS_OF_64_BITS, 0);
            case TypeIds.NUMERIC -> typeModifier < 0 ? null : new Decimal(TypeIds.precision(typeModifier), TypeIds.scale(typeModifier));
            default -> null;
        };
    }

    /** That of a constant, from the bytes that PostgreSQL keeps it in; null when it is not a number. */
    static Decimal ofConstant(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.position((bytes[0] & 1) == 1 ? 1 : Integer.BYTES);
        final int header = buffer.getShort() & 0xFFFF;
        if ((header & 0xC000) == 0xC000) {
            return null;
        }

        final boolean isShort = (header & 0xC000) == 0x8000;
        final int scale = isShort ? (header & 0x1F80) >> 7 : header & 0x3FFF;
        final int weight = isShort ? header & 0x3F | ((header & 0x40) == 0 ? 0 : ~0x3F) : buffer.getShort();
        // Digits are base 10,000; the weight is the power of the first.
        final int whole = weight < 0 || !buffer.hasRemaining() ? 1 : Short.toString(buffer.getShort()).length() + 4 * weight;
        return limited(whole + scale, scale);
    }

    int typeModifier() {
        return (precision << 16 | scale) + 4;
    }

    /** Of SUM and AVG. */
    Decimal aggregated() {
        return new Decimal(MOST_DIGITS, scale);
    }

    Decimal plus(final Decimal other) {
        final int resultScale = Math.max(scale, other.scale);
        return limited(Math.max(precision - scale, other.precision - other.scale) + 1 + resultScale, resultScale);
    }

    Decimal times(final Decimal other) {
        return limited(precision + other.precision + 1, scale + other.scale);
    }

    Decimal dividedBy(final Decimal other) {
        final int resultScale = Math.max(LEAST_SCALE_OF_QUOTIENT, scale + other.precision - other.scale + 1);
        final int resultPrecision = precision - scale + other.scale + resultScale;
        return resultPrecision <= MOST_DIGITS ? new Decimal(resultPrecision, resultScale)
                : new Decimal(MOST_DIGITS, Math.max(MOST_DIGITS + resultScale - resultPrecision, LEAST_SCALE_OF_QUOTIENT));
    }

    /** Of what may be either: UNION, COALESCE, CASE. */
    Decimal or(final Decimal other) {
        if (precision == 0 || other.precision == 0) {
            return precision == 0 ? other : this;
        }

        final int resultScale = Math.max(scale, other.scale);
        final int most = Math.max(precision, other.precision) > DIGITS_OF_64_BITS ? MOST_DIGITS : DIGITS_OF_64_BITS;
        return new Decimal(Math.min(Math.max(precision - scale, other.precision - other.scale) + resultScale, most), resultScale);
    }

    private static Decimal limited(final int precision, final int scale) {
        return new Decimal(Math.min(precision, MOST_DIGITS), Math.min(scale, LARGEST_SCALE));
    }
}
