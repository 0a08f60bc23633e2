package io.github.unloadcopy.systemtests;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of what gets lost when tables travel as text: NULL beside empty strings, the delimiter, quotes, escapes, line ends, what looks like a null marker, and the limits of every type.
 * Floating point values have no more digits than their text keeps (15 and 6), because UNLOAD as text may lose the rest (Database Developer Guide, UNLOAD, usage notes).
 */
public final class HardValues {
    private static final Table TABLE = new Table("hard", "values_of_every_kind", List.of("id"), """
            id BIGINT NOT NULL, text VARCHAR(65535), "Mixed Case" VARCHAR(256), "select" VARCHAR(256), fixed CHAR(10), small SMALLINT, whole INTEGER, large BIGINT,
            exact DECIMAL(38,10), single REAL, precise DOUBLE PRECISION, flag BOOLEAN, day DATE, moment TIMESTAMP, instant TIMESTAMPTZ, clock TIME, zoned TIMETZ,
            document SUPER""", "DISTKEY (id) SORTKEY (id)");

    private static final List<String> TEXTS = texts();
    private static final List<String> SHORT_TEXTS = Arrays.asList("plain", null, "", " ", "a^b", "\"quoted\"", "it's", "back\\slash", "line\nfeed", "tab\tstop", "é€", "NULL");
    private static final List<String> FIXED = Arrays.asList("ten chars!", "", null, "short", "   lead", "^", "\\", "\"", "'");
    private static final List<String> SMALL = Arrays.asList("0", "32767", "-32768", null, "1", "-1");
    private static final List<String> WHOLE = Arrays.asList("0", "2147483647", "-2147483648", null, "7");
    private static final List<String> LARGE = Arrays.asList("0", "9223372036854775807", "-9223372036854775808", null, "9007199254740993");
    private static final List<String> EXACT = Arrays.asList("0", "9999999999999999999999999999.9999999999", "-9999999999999999999999999999.9999999999", null, "0.0000000001", "-0.0000000001", "1.10");
    private static final List<String> SINGLE = Arrays.asList("0", "1.5", "-1.25e37", null, "1.5e-37", "3.14159");
    private static final List<String> PRECISE = Arrays.asList("0", "1.5", "-1.23456789012345e307", null, "1.5e-307", "3.14159265358979", "0.1");
    private static final List<String> FLAGS = Arrays.asList("true", "false", null);
    private static final List<String> DAYS = Arrays.asList("2024-02-29", "0001-01-01", "9999-12-31", null, "1582-10-10", "1970-01-01", "1900-02-28");
    private static final List<String> MOMENTS = Arrays.asList(
            "2024-02-29 23:59:59.999999", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", null, "1969-12-31 23:59:59.000001", "2024-03-31 02:30:00");
    private static final List<String> INSTANTS = Arrays.asList(
            "2024-02-29 23:59:59.999999+00", "1900-01-01 00:00:00+00", "9999-12-30 00:00:00+00", null, "2024-03-31 02:30:00+14", "2024-10-27 02:30:00-12");
    private static final List<String> CLOCKS = Arrays.asList("00:00:00", "23:59:59.999999", null, "12:30:00.5", "00:00:00.000001");
    private static final List<String> ZONED = Arrays.asList("00:00:00+00", "23:59:59.999999+00", null, "12:30:00.5-07", "02:30:00+14");
    /** JSON whose null is not the whole value: that one cannot be told from NULL. */
    private static final List<String> DOCUMENTS = Arrays.asList("{}", "[]", "\"\"", null, "\"NULL\"", "0", "-9223372036854775808", "true", "[1,null,\"\",[[]]]",
            "{\"a b\":{\"\":\"it's ^ \\\"x\\\" \\\\ \\n \\t \u20ac\"},\"C\":[{\"d\":1.5}]}");

    private HardValues() {
    }

    /** The table. */
    public static Table table() {
        return TABLE;
    }

    /**
     * Inserts all rows: every text in the wide column, with the other columns' values in changing combinations.
     *
     * @param cluster connection to a cluster that has the empty table; autocommit is as before when this returns
     * @return number of rows
     * @throws SQLException when the cluster refuses a row
     */
    public static int insert(final Connection cluster) throws SQLException {
        final boolean autoCommit = cluster.getAutoCommit();
        cluster.setAutoCommit(false);

        try (PreparedStatement statement = cluster.prepareStatement("""
                INSERT INTO %s VALUES (?, ?, ?, ?, ?, CAST(? AS SMALLINT), CAST(? AS INTEGER), CAST(? AS BIGINT), CAST(? AS DECIMAL(38,10)), CAST(? AS REAL),
                    CAST(? AS DOUBLE PRECISION), CAST(? AS BOOLEAN), CAST(? AS DATE), CAST(? AS TIMESTAMP), CAST(? AS TIMESTAMPTZ), CAST(? AS TIME),
                    CAST(? AS TIMETZ), JSON_PARSE(?))""".formatted(TABLE.qualifiedName()))) {
            for (int row = 0; row < TEXTS.size(); row++) {
                statement.setLong(1, row);
                statement.setString(2, TEXTS.get(row));
                int column = 3;

                for (final List<String> values : List.of(SHORT_TEXTS, SHORT_TEXTS, FIXED, SMALL, WHOLE, LARGE, EXACT, SINGLE, PRECISE, FLAGS, DAYS, MOMENTS, INSTANTS, CLOCKS, ZONED,
                        DOCUMENTS)) {
                    // Columns shift against each other, so that each value meets different neighbours.
                    statement.setString(column, values.get((row + column * (row / values.size())) % values.size()));
                    column++;
                }

                statement.addBatch();
            }

            statement.executeBatch();
            cluster.commit();
        } catch (final SQLException exception) {
            cluster.rollback();
            throw exception;
        } finally {
            cluster.setAutoCommit(autoCommit);
        }

        return TEXTS.size();
    }

    private static List<String> texts() {
        final List<String> texts = new ArrayList<>(Arrays.asList(null, "", " ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", "^", "^^", "|", ",", ";", "\"", "\"\"", "'", "''", "\"'", "\\", "\\\\",
                "NULL", "null", "\\N", "\\\\N", "N", "NULL_STRING__", "NULL_", "NULL_0123456789abcdef0123456789abcdef", "NULL_ffffffffffffffffffffffffffffffff", "@NULL@", "(null)",
                "\u00e9", "e\u0301", "\u20ac", "\u4f60\u597d", "\u0633\u0644\u0627\u0645", "\ud83d\ude00", "\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67", "\ufeff", "\u00a0", "\u2028", "\u0085",
                "\u0001", "\u0007", "\b", "\f", "\u000b", "\u001a", "\u001b", "\u007f", "\ufffd", "\udbff\udffd",
                "t", "f", "true", "0", "-0", "1e5", "NaN", "Infinity", "2024-02-29", "{\"a\": [1, \"b\\n\"]}", "<a href='x'>&amp;</a>", "'; DROP TABLE hard.values_of_every_kind; --",
                "$$", "%s%n", "${path}", "#{p}",
                "x".repeat(65_535), "\u20ac".repeat(21_845), "\"".repeat(4_000), "\\".repeat(4_000), "^\n\\\"'".repeat(2_000)));
        final List<String> pieces = List.of("\\", "\"", "'", "^", "\n", "\r", "\t", "a", " ", "\ud83d\ude00");

        // Every neighbourhood of two special characters, at the beginning, the end and in the middle of a value.
        for (final String first : pieces) {
            for (final String second : pieces) {
                texts.add(first + second);
                texts.add("x" + first + second + "y");
                texts.add(first + "mid" + second);
                texts.add(second + first + second + first);
            }
        }

        return texts;
    }
}
