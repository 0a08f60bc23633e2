package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How often a rule strikes among what it is about.
 *
 * @param rate from 0 (never) to 1 (always, also when it is null)
 * @param skip that many are left alone first; null for none
 * @param count at most that many are struck; null for no end
 * @param seed what the draws depend on, 0 when it is null: the same seed and the same sequence of requests give the same faults
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Chance(Double rate, Integer skip, Integer count, Long seed) {

    public Chance {
        if (rate != null && !(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException("chance.rate is from 0 to 1, not " + rate + ".");
        }

        if (skip != null && skip < 0 || count != null && count < 0) {
            throw new IllegalArgumentException("chance.skip and chance.count are 0 or more.");
        }
    }

    public static Chance always() {
        return new Chance(null, null, null, null);
    }

    public static Chance times(final int count) {
        return new Chance(null, null, count, null);
    }

    public static Chance rate(final double rate, final long seed) {
        return new Chance(rate, null, null, seed);
    }

    public Chance after(final int skipped) {
        return new Chance(rate, skipped, count, seed);
    }
}
