package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement.Conversions;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.FieldSplitter;
import io.github.unloadcopy.sandbox.redshift.text.RowError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RowConverterTest {

    private static final Conversions NONE = conversions(null, null, false);

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "SMALLINT ~ -32768 ~ -32768", "SMALLINT ~ ` +7 ` ~ +7", "INTEGER ~ 2147483647 ~ 2147483647", "BIGINT ~ -9223372036854775808 ~ -9223372036854775808", "INTEGER ~ `  ` ~ \\N",
        "INTEGER ~ `` ~ \\N",
        "NUMERIC ~ 20.259 ~ 20.25", "NUMERIC ~ -.999 ~ -.99", "NUMERIC ~ ` 1. ` ~ 1.", "REAL ~ -1.5E-30 ~ -1.5E-30", "DOUBLE ~ nan ~ nan", "DOUBLE ~ -Infinity ~ -Infinity", "BOOLEAN ~ YES ~ YES",
        "BOOLEAN ~ 0 ~ 0",
        "DATE ~ 2026-11-22 ~ 2026-11-22", "DATE ~ 2026-11-22 10:11:12 ~ 2026-11-22", "DATE ~ 0044-03-15 BC ~ 0044-03-15 BC", "TIMESTAMP ~ 2026-11-22 10:11:12.123456 ~ 2026-11-22 10:11:12.123456",
        "TIMESTAMPTZ ~ 2026-11-22 10:11:12-08:00 ~ 2026-11-22 10:11:12-08:00", "TIMESTAMPTZ ~ 2026-11-22 10:11:12.5+00 ~ 2026-11-22 10:11:12.5+00", "TIME ~ 10:11:12 ~ 10:11:12",
        "BYTEA ~ 00fF ~ \\\\x00fF",
        "JSONB ~ {\"a\":\"b\\\\c\"} ~ {\"a\":\"b\\\\\\\\c\"}", "JSONB ~ null ~ \\N", "VARCHAR ~ ` a ` ~ ` a `", "VARCHAR ~ `` ~ ``", "CHARACTER ~ abc ~ abc"})
    void values(final String type, final String field, final String expected) {
        assertEquals(expected + '\n', convert(List.of(column(type)), NONE, field.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "SMALLINT ~ 32768 ~ 1222 ~ Overflow, Column type: Short", "INTEGER ~ 2147483648 ~ 1222 ~ Overflow, Column type: Integer", "BIGINT ~ 9223372036854775808 ~ 1222 ~ Overflow, Column type: Long",
        "INTEGER ~ 1_000 ~ 1207 ~ Invalid digit, Value '_', Pos 1, Type: Integer", "INTEGER ~ 0x1F ~ 1207 ~ Invalid digit, Value 'x', Pos 1, Type: Integer",
        "INTEGER ~ - ~ 1207 ~ Invalid digit, no digits, Type: Integer",
        "NUMERIC ~ 1e3 ~ 1209 ~ Invalid digit, Value 'e', Pos 1, Type: Decimal", "NUMERIC ~ NaN ~ 1209 ~ Invalid digit, Value 'N', Pos 0, Type: Decimal",
        "DOUBLE ~ 0x1p3 ~ 1208 ~ Invalid float format or value",
        "BOOLEAN ~ on ~ 1210 ~ Unknown boolean format", "DATE ~ 22.11.2026 ~ 1205 ~ Invalid Date Format - length must be 10 or more",
        "DATE ~ 2026-02-30 ~ 1205 ~ Invalid Date Format - length must be 10 or more",
        "DATE ~ tomorrow ~ 1205 ~ Invalid Date Format - length must be 10 or more", "TIMESTAMP ~ 2026-11-22 ~ 1206 ~ Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]",
        "TIMESTAMP ~ 2026-11-22T10:11:12Z ~ 1206 ~ Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]",
        "TIMESTAMP ~ 2026-11-22 10:11:12+01 ~ 1206 ~ Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]",
        "BYTEA ~ 0 ~ 1219 ~ Invalid hex value: odd number of digits", "BYTEA ~ 0g ~ 1219 ~ Invalid hex digit, Value 'g', Pos 1", "VARCHAR ~ 123456 ~ 1204 ~ String length exceeds DDL length",
        "CHARACTER ~ é ~ 1220 ~ Multibyte character not supported for CHAR (Hint: try using VARCHAR). Invalid char: c3 a9"})
    void refusals(final String type, final String field, final int code, final String message) {
        final RowError error = refusal(List.of(column(type)), NONE, field.getBytes(StandardCharsets.UTF_8));
        assertEquals(code + " " + message, error.code() + " " + error.message());
        assertEquals(0, error.column());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"a4 ~ a4 (error 3)", "c3 ~ c3 (error 2)", "c341 ~ c3 41 (error 4)", "eda080 ~ ed a0 80 (error 5)", "f4908080 ~ f4 90 80 80 (error 6)",
            "f888808080 ~ f8 88 80 80 (error 1)"})
    void invalidCharactersAreNamed(final String hex, final String reason) {
        final byte[] bytes = new BigInteger("1" + hex, 16).toByteArray();
        final byte[] field = Arrays.copyOfRange(bytes, bytes.length - hex.length() / 2, bytes.length);

        final RowError error = refusal(List.of(column("VARCHAR")), NONE, field);
        assertEquals("String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: " + reason, error.message());
        assertEquals(1220, error.code());
    }

    @Test
    void invalidCharactersAreReplacedByteByByteInVarcharOnly() {
        final Conversions replacing = new Conversions(false, false, false, false, false, false, (byte) '^', false, null, null);

        assertEquals("a^^é^\n", convert(List.of(column("VARCHAR", 100)), replacing, new byte[] {'a', (byte) 0xA4, (byte) 0xC3, (byte) 0xC3, (byte) 0xA9, (byte) 0xFF}));
        assertEquals("^^^x\n", convert(List.of(column("VARCHAR", 100)), replacing, "\uFFFEx".getBytes(StandardCharsets.UTF_8)));
        assertEquals(1220, refusal(List.of(column("CHARACTER")), replacing, new byte[] {(byte) 0xFF}).code());
    }

    @Test
    void blanksAndLengths() {
        final Conversions trimming = new Conversions(false, true, true, false, false, true, null, false, null, null);

        assertEquals(" ab\t\\N\tabc  \t1234é\n", convert(List.of(column("VARCHAR"), column("VARCHAR"), column("CHARACTER"), column("VARCHAR", 6)), trimming,
                " ab  | \t |abc  |1234éx".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void missingFields() {
        final List<TargetColumn> columns = List.of(column("INTEGER"), column("VARCHAR"), column("CHARACTER"), column("DATE"));

        assertEquals("1\t\t\\N\t\\N\n", convert(columns, new Conversions(false, false, false, true, false, false, null, false, null, null), "1".getBytes(StandardCharsets.UTF_8)));
        assertEquals("1\t\\N\t\\N\t\\N\n", convert(columns, new Conversions(true, false, false, true, false, false, null, false, null, null), "1".getBytes(StandardCharsets.UTF_8)));
        assertEquals(1214, refusal(columns, NONE, "1|a".getBytes(StandardCharsets.UTF_8)).code());
        assertEquals(1202, refusal(columns, NONE, "1|a|b|2026-01-01|x".getBytes(StandardCharsets.UTF_8)).code());
        assertEquals("1\ta\tb\t2026-01-01\n", convert(columns, NONE, "1|a|b|2026-01-01|".getBytes(StandardCharsets.UTF_8)));
        assertEquals(1213, refusal(List.of(column("INTEGER"), new TargetColumn("n", TypeIds.DATE, -1, true, false, true)), new Conversions(false, false, false, true, false, false, null, false, null,
                null),
                "1".getBytes(StandardCharsets.UTF_8)).code());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "TIMESTAMP ~ epochsecs ~ 1360475999 ~ 2013-02-10 05:59:59.000000", "TIMESTAMP ~ epochsecs ~ -1 ~ 1969-12-31 23:59:59.000000",
        "TIMESTAMPTZ ~ epochmillisecs ~ 1360475999123 ~ 2013-02-10 05:59:59.123000+00",
        "TIMESTAMP ~ DD.MM.YYYY HH:MI ~ 22.11.2026 10:11 ~ 2026-11-22 10:11:00.000000", "TIMESTAMP ~ auto ~ 2026-11-22T10:11:12Z ~ 2026-11-22T10:11:12Z", "DATE ~ auto ~ J2451187 ~ J2451187"})
    void formats(final String type, final String format, final String field, final String expected) {
        final boolean date = type.equals("DATE");
        assertEquals(expected + '\n', convert(List.of(column(type)), conversions(date ? format : null, date ? null : format, false), field.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"TIMESTAMP ~ epochsecs ~ soon", "TIMESTAMP ~ epochsecs ~ 99999999999999", "TIMESTAMP ~ auto ~ infinity", "TIMESTAMP ~ DD.MM.YYYY ~ 2026-11-22"})
    void otherFormatsAreRefused(final String type, final String format, final String field) {
        assertEquals(1206, refusal(List.of(column(type)), conversions(null, format, false), field.getBytes(StandardCharsets.UTF_8)).code());
    }

    /** The examples of the page "Using automatic recognition with DATEFORMAT and TIMEFORMAT", and what ACCEPTANYDATE makes of nonsense. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "2019-02-11T05:09:12.195Z ~ 2019-02-11 05:09:12.195000 Z", "J2451187 ~ J2451187", "Jan-08-95 BC ~ 1995-01-08 00:00:00.000000 BC", "19960108 040809 ~ 1996-01-08 04:08:09.000000",
        "960108 040809 ~ 1996-01-08 04:08:09.000000", "1996.008 ~ 1996.008", "1996-01-08 04:05:06.789 ~ 1996-01-08 04:05:06.789000", "17 Dec 07:37:16 1997 PST ~ 1997-12-17 07:37:16.000000 PST",
        "12/17/1997 07:37:16.00 PST ~ 1997-12-17 07:37:16.000000 PST", "1997-12-17 07:37:16-08 ~ 1997-12-17 07:37:16.000000 -08", "12.17.1997 07:37:16.00 PST ~ 1997-12-17 07:37:16.000000 PST",
        "00/00/00 00:00:00 ~ \\N", "soon ~ \\N", "2026-02-30 ~ \\N"})
    void anyDate(final String field, final String expected) {
        assertEquals(expected + '\n', convert(List.of(column("TIMESTAMP")), conversions(null, "auto", true), field.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void wrongFormatStringsAreRefusedBeforeAnythingIsRead() {
        assertThrows(SqlError.class, () -> new RowConverter(List.of(column("DATE")), conversions("DD.YYYY", null, false)));
        assertThrows(SqlError.class, () -> new RowConverter(List.of(column("DATE")), conversions("epochsecs", null, false)));
    }

    @Test
    void roundingIsLeftToTheBackend() {
        assertEquals("20.259\n", convert(List.of(column("NUMERIC")), new Conversions(false, false, false, false, true, false, null, false, null, null), "20.259".getBytes(StandardCharsets.UTF_8)));
    }

    private static Conversions conversions(final String dateFormat, final String timeFormat, final boolean anyDate) {
        return new Conversions(false, false, false, false, false, false, null, anyDate, dateFormat, timeFormat);
    }

    private static TargetColumn column(final String type) {
        return column(type, 5);
    }

    private static TargetColumn column(final String type, final int length) {
        final int typeId = Stream.of(TypeIds.class.getFields()).filter(field -> field.getName().equals(type)).mapToInt(field -> {
            try {
                return field.getInt(null);
            } catch (final IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }).findFirst().orElseThrow();
        final int modifier = typeId == TypeIds.NUMERIC ? (8 << 16 | 2) + 4 : TypeIds.isCharacter(typeId) ? length + 4 : -1;
        return new TargetColumn("c", typeId, modifier, false, false, true);
    }

    private static String convert(final List<TargetColumn> columns, final Conversions conversions, final byte[] record) {
        final ByteBuilder target = new ByteBuilder(16);
        assertNull(run(columns, conversions, record, target));
        return new String(target.toBytes(), StandardCharsets.UTF_8);
    }

    private static RowError refusal(final List<TargetColumn> columns, final Conversions conversions, final byte[] record) {
        final ByteBuilder target = new ByteBuilder(16);
        final RowError error = run(columns, conversions, record, target);
        assertNotNull(error);
        assertEquals(0, target.length());
        return error;
    }

    private static RowError run(final List<TargetColumn> columns, final Conversions conversions, final byte[] record, final ByteBuilder target) {
        final FieldSplitter splitter = new FieldSplitter(new CopyStatement.Text("|", false, (byte) '"', false, false, "\\N", 0, false, CopyStatement.Encoding.UTF8));
        assertNull(splitter.split(record, 0, record.length));
        return new RowConverter(columns, conversions).convert(splitter, target);
    }
}
