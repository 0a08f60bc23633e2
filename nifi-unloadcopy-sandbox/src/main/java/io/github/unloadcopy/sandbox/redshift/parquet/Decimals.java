package io.github.unloadcopy.sandbox.redshift.parquet;

import java.math.BigInteger;

/**
 * Widths of decimals in Parquet.
 */
final class Decimals {

    /** The most digits that Redshift has. */
    static final int MAX_PRECISION = 38;
    private static final int[] LENGTHS = lengths();

    private Decimals() {
    }

    /** The fewest bytes that hold every two's complement number of so many digits. */
    static int length(final int precision) {
        return LENGTHS[precision];
    }

    private static int[] lengths() {
        final int[] lengths = new int[MAX_PRECISION + 1];
        for (int precision = 1; precision <= MAX_PRECISION; precision++) {
            lengths[precision] = BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / Byte.SIZE + 1;
        }

        return lengths;
    }
}
