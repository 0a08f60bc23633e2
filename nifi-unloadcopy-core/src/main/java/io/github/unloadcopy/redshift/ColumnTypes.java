package io.github.unloadcopy.redshift;

import java.util.Locale;

/** Which types of columns can travel as quoted, delimited text. */
final class ColumnTypes {
    private ColumnTypes() {
    }

    /** Whether a column is SUPER, whose JSON has to be made text first: UNLOAD escapes CHAR and VARCHAR only, while COPY takes escapes out of every field. */
    static boolean isSuper(final String type) {
        return "super".equalsIgnoreCase(type);
    }

    /**
     * Why a column cannot travel, and what to do. Rules: Database Developer Guide, UNLOAD (usage notes), COPY (parameters REMOVEQUOTES and ESCAPE), "VARBYTE type", "Loading spatial columns",
     * "HLLSKETCH type".
     *
     * @param type name of its type, as the driver spells it; null when it is not known
     * @return what follows the column's name in a message; null when it can travel
     */
    static String obstacle(final String type) {
        if (type == null) {
            return null;
        }

        return switch (type.toLowerCase(Locale.ROOT)) {
            case "varbyte", "varbinary", "binary varying" -> "is VARBYTE, which COPY cannot load from quoted text. Leave it out of the list of columns, "
                    + "or unload a view that gives FROM_VARBYTE(column, 'hex')";
            case "geometry", "geography" -> "is " + type.toUpperCase(Locale.ROOT) + ", which COPY cannot load from quoted, escaped text. Leave it out of the list of columns, "
                    + "or unload a view that gives ST_AsHexEWKB(column)";
            case "hllsketch" -> "is HLLSKETCH, which COPY cannot load from quoted, escaped text. Leave it out of the list of columns, and build the sketch anew in the target";
            default -> null;
        };
    }
}
