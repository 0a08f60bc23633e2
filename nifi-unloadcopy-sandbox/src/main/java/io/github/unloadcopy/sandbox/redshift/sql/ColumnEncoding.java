package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Compression encodings and the types that they are for: page "Compression encodings" of the Redshift Database Developer Guide.
 */
final class ColumnEncoding {

    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint", "numeric");
    private static final Set<String> MOMENTS = Set.of("date", "time", "timetz", "timestamp", "timestamptz");
    private static final Set<String> TEXTS = Set.of("char", "varchar");
    private static final Set<String> FLOATS = Set.of("real", "double");
    /** RAW is the only encoding that they have. */
    private static final Set<String> RAW_ONLY = Set.of("geometry", "geography", "hllsketch");

    private static final Map<String, Set<Set<String>>> TYPES = Map.ofEntries(Map.entry("az64", Set.of(WHOLE, MOMENTS)), Map.entry("bytedict", Set.of(WHOLE, MOMENTS, TEXTS, FLOATS)),
            Map.entry("delta", Set.of(WHOLE, MOMENTS)), Map.entry("delta32k", Set.of(Set.of("integer", "bigint", "numeric"), MOMENTS)),
            Map.entry("lzo", Set.of(WHOLE, MOMENTS, TEXTS, Set.of("super", "varbyte"))), Map.entry("mostly8", Set.of(WHOLE)), Map.entry("mostly16", Set.of(Set.of("integer", "bigint", "numeric"))),
            Map.entry("mostly32", Set.of(Set.of("bigint", "numeric"))), Map.entry("runlength", Set.of(WHOLE, MOMENTS, TEXTS, FLOATS, Set.of("boolean"))),
            Map.entry("text255", Set.of(Set.of("varchar"))), Map.entry("text32k", Set.of(Set.of("varchar"))));

    private ColumnEncoding() {
    }

    /**
     * Reads the name of an encoding.
     *
     * @param type one of {@link ColumnType#base()}, or null for a type that is not known here
     * @throws SqlError when there is no such encoding, or not for this type
     */
    static String read(final String name, final String type, final String column) {
        final String encoding = name.toLowerCase(Locale.ROOT);
        final boolean everywhere = encoding.equals("raw") || encoding.equals("zstd") && (type == null || !RAW_ONLY.contains(type));
        final boolean known = everywhere || TYPES.containsKey(encoding);
        if (!known || !everywhere && type != null && TYPES.get(encoding).stream().noneMatch(types -> types.contains(type))) {
            throw new SqlError(SqlError.INVALID_COLUMN, "invalid encoding type specified for column \"" + column + '"');
        }

        return encoding;
    }
}
