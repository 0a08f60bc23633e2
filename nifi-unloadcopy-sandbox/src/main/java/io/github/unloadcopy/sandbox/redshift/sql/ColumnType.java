package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A type in a column definition. Rules: chapter "Data types" of the Redshift Database Developer Guide; lengths are bytes.
 *
 * @param base one name for all spellings of the type
 * @param sql the type in PostgreSQL's words
 * @param end index of the token after it
 */
public record ColumnType(String base, String sql, int end) {

    static final int LONGEST_VARCHAR = 65_535;

    private static final int LONGEST_CHAR = 4_096;
    private static final int LONGEST_VARBYTE = 16_777_216;
    private static final int DEFAULT_VARBYTE = 64_000;
    private static final int DEFAULT_TEXT = 256;
    private static final int LARGEST_PRECISION = 38;
    private static final int LARGEST_SCALE = 37;
    private static final int DEFAULT_PRECISION = 18;

    private static final Map<String, String> SIMPLE = Map.ofEntries(Map.entry("SMALLINT", "smallint"), Map.entry("INT2", "smallint"), Map.entry("INTEGER", "integer"), Map.entry("INT", "integer"),
            Map.entry("INT4", "integer"), Map.entry("BIGINT", "bigint"), Map.entry("INT8", "bigint"), Map.entry("REAL", "real"), Map.entry("FLOAT4", "real"), Map.entry("FLOAT8", "double"),
            Map.entry("BOOLEAN", "boolean"), Map.entry("BOOL", "boolean"), Map.entry("DATE", "date"), Map.entry("TIMESTAMPTZ", "timestamptz"), Map.entry("TIMETZ", "timetz"),
            Map.entry("SUPER", "super"), Map.entry("GEOMETRY", "geometry"), Map.entry("GEOGRAPHY", "geography"), Map.entry("HLLSKETCH", "hllsketch"));
    /** Types of Redshift that the sandbox does not have. */
    private static final Set<String> NOT_HERE = Set.of("INTERVAL");
    /** Types of PostgreSQL that Redshift lists as unsupported. */
    private static final Set<String> UNSUPPORTED = Set.of("BIT", "VARBIT", "BYTEA", "JSON", "JSONB", "MONEY", "INET", "CIDR", "MACADDR", "OID", "REGCLASS", "SERIAL", "BIGSERIAL", "SMALLSERIAL",
            "UUID", "XML", "TSVECTOR", "TSQUERY", "POINT", "LINE", "LSEG", "BOX", "PATH", "POLYGON", "CIRCLE", "INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE", "TSTZRANGE", "NAME");

    /**
     * Reads a type.
     *
     * @param column for messages
     * @throws SqlError when Redshift has no such type
     */
    public static ColumnType read(final List<Token> tokens, final int start, final int end, final String column) {
        final Reader reader = new Reader(tokens, start, end, column);
        final ColumnType type = reader.type();
        if (type.end < end && tokens.get(type.end).isSymbol('[')) {
            throw unsupported(column, reader.word(start).toLowerCase(Locale.ROOT) + "[]");
        }

        return type;
    }

    private static SqlError unsupported(final String column, final String type) {
        return SqlError.notSupported("Column \"" + column + "\" has unsupported type \"" + type + "\".");
    }

    private record Reader(List<Token> tokens, int start, int end, String column) {

        ColumnType type() {
            final String word = word(start);
            if (SIMPLE.containsKey(word)) {
                return new ColumnType(SIMPLE.get(word), source(start), start + 1);
            }

            return switch (word) {
                case "VARCHAR", "NVARCHAR" -> text(start + 1);
                case "TEXT" -> new ColumnType("varchar", "varchar(" + DEFAULT_TEXT + ")", start + 1);
                case "BPCHAR" -> symbol(start + 1, '(') ? character(start + 1) : new ColumnType("char", "char(" + DEFAULT_TEXT + ")", start + 1);
                case "CHARACTER", "CHAR", "NCHAR" -> word(start + 1).equals("VARYING") ? text(start + 2) : character(start + 1);
                case "VARBYTE", "VARBINARY" -> binary(start + 1);
                case "BINARY" -> {
                    expect("VARYING", start + 1);
                    yield binary(start + 2);
                }
                case "DECIMAL", "NUMERIC" -> numeric();
                case "DOUBLE" -> {
                    expect("PRECISION", start + 1);
                    yield new ColumnType("double", "double precision", start + 2);
                }
                case "FLOAT" -> floating();
                case "DATETIME" -> new ColumnType("timestamp", "timestamp", start + 1);
                case "TIME", "TIMESTAMP" -> moment(word.toLowerCase(Locale.ROOT));
                default -> throw refusal(word);
            };
        }

        private SqlError refusal(final String word) {
            final String name = start < end ? Literals.identifier(tokens.get(start)) : "";
            if (NOT_HERE.contains(word)) {
                return SqlError.notSupported("Columns of type " + word + " are not supported by the sandbox");
            }

            if (UNSUPPORTED.contains(word)) {
                return unsupported(column, name);
            }

            return new SqlError(SqlError.UNDEFINED_OBJECT, "type \"" + name + "\" does not exist");
        }

        private ColumnType text(final int next) {
            if (!symbol(next, '(')) {
                return new ColumnType("varchar", "varchar(" + DEFAULT_TEXT + ")", next);
            }

            return new ColumnType("varchar", "varchar(" + length(next, LONGEST_VARCHAR, "character varying") + ")", next + 3);
        }

        private ColumnType character(final int next) {
            if (!symbol(next, '(')) {
                return new ColumnType("char", "char(1)", next);
            }

            return new ColumnType("char", "char(" + length(next, LONGEST_CHAR, "character") + ")", next + 3);
        }

        private ColumnType binary(final int next) {
            if (!symbol(next, '(')) {
                return new ColumnType("varbyte", "varbyte(" + DEFAULT_VARBYTE + ")", next);
            }

            return new ColumnType("varbyte", "varbyte(" + length(next, LONGEST_VARBYTE, "binary varying") + ")", next + 3);
        }

        private ColumnType numeric() {
            if (!symbol(start + 1, '(')) {
                return new ColumnType("numeric", "numeric(" + DEFAULT_PRECISION + ", 0)", start + 1);
            }

            final int precision = number(start + 2);
            final boolean scaled = symbol(start + 3, ',');
            final int scale = scaled ? number(start + 4) : 0;
            final int close = scaled ? start + 5 : start + 3;
            if (!symbol(close, ')')) {
                throw SqlError.syntax("syntax error in the type of column \"" + column + '"');
            }

            if (precision < 1 || precision > LARGEST_PRECISION) {
                throw new SqlError(SqlError.INVALID_VALUE, "NUMERIC precision " + precision + " must be between 1 and " + LARGEST_PRECISION);
            }

            if (scale > Math.min(precision, LARGEST_SCALE)) {
                throw new SqlError(SqlError.INVALID_VALUE, "NUMERIC scale " + scale + " must be between 0 and " + Math.min(precision, LARGEST_SCALE));
            }

            return new ColumnType("numeric", "numeric(" + precision + ", " + scale + ")", close + 1);
        }

        private ColumnType floating() {
            if (!symbol(start + 1, '(')) {
                return new ColumnType("double", "double precision", start + 1);
            }

            return new ColumnType(number(start + 2) < 25 ? "real" : "double", "float(" + number(start + 2) + ")", start + 4);
        }

        private ColumnType moment(final String name) {
            final boolean zoned = word(start + 1).equals("WITH");
            if (!zoned && !word(start + 1).equals("WITHOUT")) {
                return new ColumnType(name, name, start + 1);
            }

            expect("TIME", start + 2);
            expect("ZONE", start + 3);
            return new ColumnType(zoned ? name + "tz" : name, zoned ? name + "tz" : name, start + 4);
        }

        private int length(final int open, final int longest, final String type) {
            final int length = word(open + 1).equals("MAX") ? longest : number(open + 1);
            if (!symbol(open + 2, ')')) {
                throw SqlError.syntax("syntax error in the type of column \"" + column + '"');
            }

            if (length < 1) {
                throw new SqlError(SqlError.INVALID_VALUE, "length for type " + type + " must be at least 1");
            }

            if (length > longest) {
                throw new SqlError(SqlError.INVALID_VALUE, "length for type " + type + " cannot exceed " + longest);
            }

            return length;
        }

        private int number(final int index) {
            try {
                return Integer.parseInt(source(index));
            } catch (final NumberFormatException e) {
                throw SqlError.syntax("syntax error in the type of column \"" + column + '"');
            }
        }

        private void expect(final String keyword, final int index) {
            if (!word(index).equals(keyword)) {
                throw SqlError.syntax("syntax error in the type of column \"" + column + "\": " + keyword + " is missing");
            }
        }

        String word(final int index) {
            return index < end && tokens.get(index).kind() == Token.Kind.WORD ? tokens.get(index).upper() : "";
        }

        private String source(final int index) {
            return index < end ? tokens.get(index).source() : "";
        }

        private boolean symbol(final int index, final char symbol) {
            return index < end && tokens.get(index).isSymbol(symbol);
        }
    }
}
