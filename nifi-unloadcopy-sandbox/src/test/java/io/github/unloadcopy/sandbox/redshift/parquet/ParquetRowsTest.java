package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Random rows come out of a file as they went in, and DuckDB sees the same values in it.
 */
class ParquetRowsTest {

    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
    private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();
    private static final List<ResultColumn> COLUMNS = List.of(
            new ResultColumn("a", TypeIds.BIGINT, -1),
            new ResultColumn("b", TypeIds.SMALLINT, -1),
            new ResultColumn("c", TypeIds.NUMERIC, modifier(38, 12)),
            new ResultColumn("d", TypeIds.NUMERIC, modifier(18, 18)),
            new ResultColumn("e", TypeIds.NUMERIC, modifier(5, 0)),
            new ResultColumn("f", TypeIds.DATE, -1),
            new ResultColumn("g", TypeIds.TIMESTAMP, -1),
            new ResultColumn("h", TypeIds.DOUBLE, -1),
            new ResultColumn("i", TypeIds.BOOLEAN, -1),
            new ResultColumn("j", TypeIds.VARCHAR, -1));

    private static int modifier(final int precision, final int scale) {
        return (precision << 16 | scale) + 4;
    }

    @Property(tries = 100)
    void rowsComeBackAndDuckDbAgrees(@ForAll("tables") final List<List<String>> table, @ForAll("rowGroupSizes") final long rowGroupSize) throws IOException, SQLException {
        final byte[] content = write(table, rowGroupSize);
        final Path file = Files.createTempFile("rows", ".parquet");
        try {
            Files.write(file, content);
            assertEquals(table, duckDb(file));
            assertEquals(table, read(content, file.getParent()));
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] write(final List<List<String>> table, final long rowGroupSize) throws IOException {
        final ByteArrayOutputStream target = new ByteArrayOutputStream();
        final ParquetRowWriter writer = new ParquetRowWriter(COLUMNS, rowGroupSize, target);
        for (final List<String> row : table) {
            final List<String> fields = row.stream().map(ParquetRowsTest::escaped).toList();
            final byte[] line = (String.join("\t", fields) + '\n').getBytes(StandardCharsets.UTF_8);
            writer.write(line, line.length);
        }

        assertEquals(writer.finish(), target.size());
        return target.toByteArray();
    }

    private static String escaped(final String value) {
        return value == null ? "\\N" : value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r").replace("\b", "\\b");
    }

    private static List<List<String>> read(final byte[] content, final Path folder) throws IOException {
        final List<LoadColumn> columns = new ArrayList<>();
        for (int index = 0; index < COLUMNS.size(); index++) {
            columns.add(new LoadColumn(index, COLUMNS.get(index).name(), COLUMNS.get(index).typeId(), COLUMNS.get(index).typeModifier(), false));
        }

        final List<List<String>> table = new ArrayList<>();
        final SpooledFile file = SpooledFile.of(new ByteArrayInputStream(content), folder);
        try (ParquetRowReader reader = ParquetRowReader.open(file, content.length, SourceName.of("us-east-1", "b", "k"), columns, columns.size(), new ParquetRowReader.Options(false, false, null))) {
            final ByteBuilder line = new ByteBuilder(1);
            while (reader.next(line)) {
                final String row = new String(line.bytes(), 0, line.length() - 1, StandardCharsets.UTF_8);
                table.add(Arrays.stream(row.split("\t", -1)).map(ParquetRowsTest::unescaped).toList());
                line.clear();
            }

            assertEquals(table.size(), reader.row());
        }

        return table.stream().map(ParquetRowsTest::withFraction).toList();
    }

    private static String unescaped(final String field) {
        return field.equals("\\N") ? null : field.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\0", "\\");
    }

    private static List<List<String>> duckDb(final Path file) throws SQLException {
        final List<List<String>> table = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT a, b, c, d, e, f, strftime(g, '%Y-%m-%d %H:%M:%S.%f'), h, i, j FROM '" + file + "'")) {
            while (rows.next()) {
                final List<String> row = new ArrayList<>();
                for (int column = 1; column <= COLUMNS.size(); column++) {
                    row.add(COLUMNS.get(column - 1).typeId() == TypeIds.NUMERIC && rows.getBigDecimal(column) != null ? rows.getBigDecimal(column).toPlainString() : rows.getString(column));
                }

                row.set(7, row.get(7) == null ? null : Double.toString(rows.getDouble(8)));
                row.set(8, row.get(8) == null ? null : rows.getBoolean(9) ? "t" : "f");
                table.add(row);
            }
        }

        return table.stream().map(ParquetRowsTest::withFraction).toList();
    }

    /** Writes dates and timestamps with as many digits as the rows were made with. */
    private static List<String> withFraction(final List<String> row) {
        final List<String> result = new ArrayList<>(row);
        final String timestamp = row.get(6);
        if (timestamp != null) {
            final String padded = "0".repeat("uuuu-MM-dd".length() - timestamp.indexOf(' ')) + timestamp;
            result.set(6, padded.indexOf('.') < 0 ? padded + ".000000" : padded);
        }

        return result;
    }

    @Provide
    Arbitrary<List<List<String>>> tables() {
        final Arbitrary<String> days = Arbitraries.longs().between(FIRST_DAY, LAST_DAY).map(day -> LocalDate.ofEpochDay(day).toString());
        final Arbitrary<String> times = Combinators.combine(Arbitraries.longs().between(FIRST_DAY * 86_400, LAST_DAY * 86_400), Arbitraries.integers().between(0, 999_999))
                .as((second, micro) -> LocalDateTime.ofEpochSecond(second, micro * 1000, ZoneOffset.UTC).format(TIMESTAMP));
        final Arbitrary<String> texts = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.strings().withChars("\\\t\n\r\bNn|\",' é€").ofMaxLength(12)),
                Tuple.of(1, Arbitraries.strings().excludeChars('\0').ofMaxLength(40).filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text))));
        final Arbitrary<List<String>> rows = Combinators.combine(List.of(
                nullable(Arbitraries.longs().map(String::valueOf)),
                nullable(Arbitraries.shorts().map(String::valueOf)),
                nullable(decimals(38, 12)),
                nullable(decimals(18, 18)),
                nullable(decimals(5, 0)),
                nullable(days),
                nullable(times),
                nullable(Arbitraries.doubles().map(String::valueOf)),
                nullable(Arbitraries.of("t", "f")),
                nullable(texts))).as(ArrayList::new);
        return rows.list().ofMaxSize(60);
    }

    private static Arbitrary<String> nullable(final Arbitrary<String> values) {
        return values.injectNull(0.1);
    }

    private static Arbitrary<String> decimals(final int precision, final int scale) {
        final BigInteger most = BigInteger.TEN.pow(precision).subtract(BigInteger.ONE);
        return Arbitraries.bigIntegers().between(most.negate(), most).map(unscaled -> new BigDecimal(unscaled, scale).toPlainString());
    }

    /** A few rows, or all. */
    @Provide
    Arbitrary<Long> rowGroupSizes() {
        return Arbitraries.of(1L, 600L, 1L << 25);
    }
}
