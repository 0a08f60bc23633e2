package io.github.unloadcopy.redshift;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * A type of columns with values for tests. Floating point values have few digits, as UNLOAD as text may lose more; CHAR has characters of one byte only (Database Developer Guide, "Character
 * types").
 *
 * @param type as in CREATE TABLE
 * @param value what an INSERT says in the value's place
 * @param limits values at the edges of the type
 * @param any other values
 */
record ColumnKind(String type, String value, List<String> limits, Function<Random, String> any) {
    private static final List<String> PIECES = List.of("\\", "\"", "'", "^", "\n", "\r", "\t", " ", "a", "é", "€", "😀", "NULL", "\\N", "NULL_", "\u0001", "\u007f",
            "\ufeff", "\u2028", "@", "0", "|", ",");
    private static final List<String> ASCII_PIECES = PIECES.stream().filter(piece -> piece.chars().allMatch(character -> character < 128)).toList();
    private static final List<String> JSON_PIECES = List.of("\\\\", "\\\"", "'", "^", "\\n", "\\t", " ", "a", "é", "😀", "NULL", "\\u0001", "{", "]", ",");
    private static final List<String> OFFSETS = List.of("+00", "+14", "-12", "+05:30", "-00:30");
    private static final long DAYS = LocalDate.of(9999, 12, 30).toEpochDay() - LocalDate.of(1, 1, 2).toEpochDay();

    static List<ColumnKind> fixed() {
        return List.of(
                whole("SMALLINT", Short.MIN_VALUE, Short.MAX_VALUE), whole("INTEGER", Integer.MIN_VALUE, Integer.MAX_VALUE), whole("BIGINT", Long.MIN_VALUE, Long.MAX_VALUE),
                decimal(38, 0), decimal(38, 37), decimal(38, 10), decimal(1, 0), decimal(18, 18), character(10), varchar(65_535),
                of("BOOLEAN", List.of("true", "false"), random -> Boolean.toString(random.nextBoolean())),
                of("DATE", List.of("0001-01-01", "9999-12-31", "1970-01-01", "2024-02-29", "1582-10-10"), ColumnKind::day),
                of("TIMESTAMP", List.of("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "1969-12-31 23:59:59.000001", "2024-03-31 02:30:00"), random -> day(random) + " " + time(random)),
                of("TIMESTAMPTZ", List.of("0001-01-02 00:00:00+00", "9999-12-30 23:59:59.999999+00", "2024-03-31 02:30:00+14", "2024-10-27 02:30:00-12"),
                        random -> day(random) + " " + time(random) + offset(random)),
                of("TIME", List.of("00:00:00", "23:59:59.999999", "12:00:00.1", "00:00:00.000001"), ColumnKind::time),
                of("TIMETZ", List.of("00:00:00+00", "23:59:59.999999+00", "00:00:00.000001-12", "23:59:59+14"), random -> time(random) + offset(random)),
                of("REAL", List.of("0", "1.5", "-1.25e37", "1.5e-37", "3.14159"), random -> Float.toString(random.nextInt(-9_999, 9_999) / 16f)),
                of("DOUBLE PRECISION", List.of("0", "1.5", "-1.25e307", "1.5e-307", "3.14159265358979", "0.1"), random -> Double.toString(random.nextInt(-99_999, 99_999) / 16.0)),
                new ColumnKind("SUPER", "JSON_PARSE(?)", List.of("\"\"", "0", "-9223372036854775808", "true", "[]", "{}", "[null, \"null\", \"\"]", "{\"a b\": {\"\": [1.5, \"x\\ny\"]}}", "\"NULL\""),
                        ColumnKind::json));
    }

    static ColumnKind decimal(final int precision, final int scale) {
        final BigDecimal largest = new BigDecimal(BigInteger.TEN.pow(precision).subtract(BigInteger.ONE), scale);
        final String smallest = new BigDecimal(BigInteger.ONE, scale).toPlainString();
        return of("DECIMAL(%d,%d)".formatted(precision, scale), List.of("0", largest.toPlainString(), largest.negate().toPlainString(), smallest, "-" + smallest),
                random -> new BigDecimal(new BigInteger(random.nextInt(1, 126), random).mod(BigInteger.TEN.pow(precision)).multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)), scale)
                        .toPlainString());
    }

    static ColumnKind varchar(final int bytes) {
        return of("VARCHAR(%d)".formatted(bytes), List.of("", " ", "x".repeat(bytes), "€".repeat(bytes / 3), "\"".repeat(bytes / 8), "\\".repeat(bytes / 8), "^\n\\\"'".repeat(bytes / 40)),
                random -> text(PIECES, Math.min(bytes, 200), random));
    }

    static ColumnKind character(final int bytes) {
        return of("CHAR(%d)".formatted(bytes), List.of("", "x".repeat(bytes), "\\".repeat(bytes), "\"".repeat(bytes), "'".repeat(bytes), "\n".repeat(bytes), " ".repeat(bytes - 1) + "x"),
                random -> text(ASCII_PIECES, bytes, random));
    }

    /** One of the limits, another value, or NULL. */
    String draw(final Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1, 2 -> limits.get(random.nextInt(limits.size()));
            default -> any.apply(random);
        };
    }

    @Override
    public String toString() {
        return type;
    }

    private static ColumnKind of(final String type, final List<String> limits, final Function<Random, String> any) {
        return new ColumnKind(type, "CAST(? AS %s)".formatted(type), limits, any);
    }

    private static ColumnKind whole(final String type, final long lowest, final long highest) {
        return of(type, List.of("0", Long.toString(lowest), Long.toString(highest), "-1"), random -> Long.toString(random.nextLong(lowest, highest)));
    }

    private static String text(final List<String> pieces, final int bytes, final Random random) {
        final StringBuilder text = new StringBuilder();
        int left = random.nextInt(bytes + 1);

        for (int piece = random.nextInt(12); piece > 0; piece--) {
            final String next = pieces.get(random.nextInt(pieces.size()));
            left -= next.getBytes(StandardCharsets.UTF_8).length;
            text.append(left < 0 ? "" : next);
        }

        return text.toString();
    }

    private static String json(final Random random) {
        final String word = '"' + text(JSON_PIECES, 100, random) + '"';
        return random.nextBoolean() ? word : "{%s: [%d, %s, null, {}]}".formatted(word, random.nextInt(), word);
    }

    private static String day(final Random random) {
        return LocalDate.of(1, 1, 2).plusDays(random.nextLong(DAYS)).toString();
    }

    private static String time(final Random random) {
        return LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1_000).toString();
    }

    private static String offset(final Random random) {
        return OFFSETS.get(random.nextInt(OFFSETS.size()));
    }
}
