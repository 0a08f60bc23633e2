package io.github.unloadcopy.redshift;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a column generates its values: the first one is the seed, and all have a multiple of the step as their distance from it; values may be left out, but never come before the seed
 * (Database Developer Guide, page "CREATE TABLE", IDENTITY). Loading values does not move what comes next, and no statement of Redshift does.
 *
 * @param seed the first value
 * @param step what is added for the next one; never 0
 */
record Identity(long seed, long step) {
    private static final Pattern NUMBERS = Pattern.compile("(-?\\d{1,19})\\s*,\\s*(-?\\d{1,19})");

    /**
     * Reads "seed, step", as SHOW TABLE and the catalog write it.
     *
     * @param text text that holds it
     * @return null when the text has no such numbers
     */
    static Identity find(final String text) {
        final Matcher matcher = NUMBERS.matcher(text);

        try {
            final Identity found = matcher.find() ? new Identity(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))) : null;
            return found == null || found.step() == 0 ? null : found;
        } catch (final NumberFormatException e) {
            return null;
        }
    }

    /** The function that gives, of all values of a column, the one that is nearest to those that are generated last. */
    String extreme() {
        return step > 0 ? "MAX" : "MIN";
    }

    /**
     * Whether a value that is generated may be in the column already.
     *
     * @param extreme the highest value of the column, with a negative step the lowest
     */
    boolean mayRepeat(final long extreme) {
        return step > 0 ? extreme >= seed : extreme <= seed;
    }

    /**
     * The same steps, begun behind the values of a column.
     *
     * @param extreme the highest value of the column, with a negative step the lowest
     * @throws ArithmeticException when there is no BIGINT behind
     */
    Identity behind(final long extreme) {
        if (!mayRepeat(extreme)) {
            return this;
        }

        final long steps = Math.addExact(Math.floorDiv(Math.subtractExact(extreme, seed), step), 1);
        return new Identity(Math.addExact(seed, Math.multiplyExact(steps, step)), step);
    }
}
