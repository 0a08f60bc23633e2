package io.github.unloadcopy.sandbox.redshift.postgres;

/**
 * OIDs of types in PostgreSQL's catalog, and what Redshift calls them.
 */
public final class TypeIds {

    public static final int BOOLEAN = 16;
    public static final int BYTEA = 17;
    public static final int BIGINT = 20;
    public static final int SMALLINT = 21;
    public static final int INTEGER = 23;
    public static final int TEXT = 25;
    public static final int REAL = 700;
    public static final int DOUBLE = 701;
    public static final int CHARACTER = 1042;
    public static final int VARCHAR = 1043;
    public static final int DATE = 1082;
    public static final int TIME = 1083;
    public static final int TIMESTAMP = 1114;
    public static final int TIMESTAMPTZ = 1184;
    public static final int TIMETZ = 1266;
    public static final int NUMERIC = 1700;
    public static final int UNKNOWN = 705;
    public static final int NAME = 19;
    public static final int JSONB = 3802;
    /** From here on the ids are Redshift's, in PostgreSQL's catalog too. */
    public static final int HLLSKETCH = 2935;
    public static final int GEOMETRY = 3000;
    public static final int GEOGRAPHY = 3001;

    /** What type modifiers of character types are counted up by. */
    private static final int HEADER = 4;
    private static final int SCALE_MASK = 0x7FF;

    private TypeIds() {
    }

    public static boolean isCharacter(final int typeId) {
        return typeId == CHARACTER || typeId == VARCHAR || typeId == TEXT || typeId == UNKNOWN || typeId == NAME;
    }

    /** Declared length of a character type, -1 for none. */
    public static int length(final int typeModifier) {
        return typeModifier < HEADER ? -1 : typeModifier - HEADER;
    }

    public static int precision(final int typeModifier) {
        return typeModifier - HEADER >> 16;
    }

    /** Declared scale of a NUMERIC, -1 for none. */
    public static int scale(final int typeModifier) {
        return typeModifier < HEADER ? -1 : typeModifier - HEADER & SCALE_MASK;
    }

    /** The name in manifests and in error tables. */
    public static String name(final int typeId) {
        return switch (typeId) {
            case BOOLEAN -> "boolean";
            case BYTEA -> "binary varying";
            case BIGINT -> "bigint";
            case SMALLINT -> "smallint";
            case INTEGER -> "integer";
            case REAL -> "real";
            case DOUBLE -> "double precision";
            case CHARACTER -> "character";
            case DATE -> "date";
            case TIME -> "time without time zone";
            case TIMESTAMP -> "timestamp without time zone";
            case TIMESTAMPTZ -> "timestamp with time zone";
            case TIMETZ -> "time with time zone";
            case NUMERIC -> "numeric";
            case JSONB -> "super";
            case HLLSKETCH -> "hllsketch";
            case GEOMETRY -> "geometry";
            case GEOGRAPHY -> "geography";
            default -> "character varying";
        };
    }
}
