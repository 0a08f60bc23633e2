package io.github.unloadcopy.redshift;

import java.util.Locale;
import java.util.Set;

/** Which types of columns can travel as quoted, delimited text, and how. Names of types are as the driver spells them, or null where they are not known. */
final class ColumnTypes {
    private static final Set<String> SINGLE_PRECISION = Set.of("float4", "real");
    private static final Set<String> DOUBLE_PRECISION = Set.of("float8", "double precision");

    private ColumnTypes() {
    }

    /**
     * What stands for a column in the SELECT of an UNLOAD. SUPER is made text first: UNLOAD escapes CHAR and VARCHAR only, while COPY takes escapes out of every field. REAL is made
     * DOUBLE PRECISION: of REAL at most 8 digits are written (page extra_float_digits: 6 and at most 2 more), while some of its values need 9; the 17 digits of the same value in
     * DOUBLE PRECISION tell all of them apart.
     *
     * @param type name of the column's type
     * @param name the column's name, quoted
     * @return an expression under the column's own name
     */
    static String expression(final String type, final String name) {
        final String value = value(type, name);
        return value.equals(name) ? name : value + " AS " + name;
    }

    /** The same without the column's own name. */
    static String value(final String type, final String name) {
        if (isSuper(type)) {
            return "JSON_SERIALIZE(%s)".formatted(name);
        }

        return isSinglePrecision(type) ? "CAST(%s AS DOUBLE PRECISION)".formatted(name) : name;
    }

    /** Whether a column holds documents. */
    static boolean isSuper(final String type) {
        return "super".equalsIgnoreCase(type);
    }

    /** Whether a column is REAL. */
    static boolean isSinglePrecision(final String type) {
        return isOneOf(SINGLE_PRECISION, type);
    }

    /** Whether a column's values are written with as many digits as the session's extra_float_digits says. */
    static boolean isFloatingPoint(final String type) {
        return isSinglePrecision(type) || isOneOf(DOUBLE_PRECISION, type);
    }

    /**
     * Why a column cannot travel, and what to do. Rules: Database Developer Guide, UNLOAD (usage notes), COPY (parameters REMOVEQUOTES and ESCAPE), "VARBYTE type", "Loading spatial columns",
     * "HLLSKETCH type".
     *
     * @param type name of its type
     * @return what follows the column's name in a message; null when it can travel
     */
    static String obstacle(final String type) {
        if (type == null) {
            return null;
        }

        return switch (type.toLowerCase(Locale.ROOT)) {
            case "varbyte", "varbinary", "binary varying" -> "is VARBYTE, which COPY cannot load from quoted text. Leave it out of the list of columns, "
                    + "or unload a view that gives FROM_VARBYTE(column, 'hex')";
            case "geometry", "geography" -> "is " + type.toUpperCase(Locale.ROOT) + ", which COPY is not documented to load from quoted, escaped text. Leave it out of the list of columns, "
                    + "or unload a view that gives ST_AsHexEWKB(column)";
            case "hllsketch" -> "is HLLSKETCH, which COPY cannot load from quoted, escaped text. Leave it out of the list of columns, and build the sketch anew in the target";
            default -> null;
        };
    }

    private static boolean isOneOf(final Set<String> types, final String type) {
        return type != null && types.contains(type.toLowerCase(Locale.ROOT));
    }
}
