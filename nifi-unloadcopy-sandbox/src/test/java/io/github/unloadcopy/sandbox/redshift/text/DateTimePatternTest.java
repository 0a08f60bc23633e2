package io.github.unloadcopy.sandbox.redshift.text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

class DateTimePatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "YYYY-MM-DD ~ 2026-11-22 ~ 2026-11-22",
        "YYYY-MM-DD ~ 2026-11-22 23:59:59 ~ 2026-11-22",
        "MM-DD-YYYY ~ 11-22-2026 ~ 2026-11-22",
        "mm/dd/yy ~ 1/2/69 ~ 2069-01-02",
        "MM/DD/YY ~ 01/02/70 ~ 1970-01-02",
        "MON-DD-YYYY ~ Jan-01-1999 ~ 1999-01-01",
        "DD MON YYYY ~ 29 february 2024 ~ 2024-02-29",
        "YYYYMMDD ~ 19960108 ~ 1996-01-08",
        "YYYY-MM-DD HH:MI:SS ~ 2026-11-22 01:02:03 ~ 2026-11-22",
        "YYYY-MM-DD HH:MI:SS ~ 2026-11-22 ~ 2026-11-22"})
    void dates(final String pattern, final String value, final String expected) {
        assertEquals(expected, convert(pattern, value, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "YYYY-MM-DD HH:MI:SS ~ 2009-01-12 14:15:57.119568 ~ 2009-01-12 14:15:57.119568",
        "YYYY-MM-DD HH24:MI:SS ~ 2009-01-12 14:15:57.1 ~ 2009-01-12 14:15:57.100000",
        "YYYY-MM-DDTHH:MI:SS ~ 2009-01-12T14:15:57 ~ 2009-01-12 14:15:57.000000",
        "DD.MM.YYYY HH:MI ~ 12.01.2009 4:5 ~ 2009-01-12 04:05:00.000000",
        "MM/DD/YYYY HH12:MI:SS AM ~ 01/12/2009 12:00:00 am ~ 2009-01-12 00:00:00.000000",
        "MM/DD/YYYY HH12:MI:SS AM ~ 01/12/2009 01:00:00 PM ~ 2009-01-12 13:00:00.000000",
        "YYYYMMDD HHMISS ~ 19960108 040809 ~ 1996-01-08 04:08:09.000000"})
    void timestamps(final String pattern, final String value, final String expected) {
        assertEquals(expected, convert(pattern, value, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"YYYY-MM-DD ~ 2026-02-29", "YYYY-MM-DD ~ 2026-13-01", "YYYY-MM-DD ~ 26-01-01", "YYYY-MM-DD ~ 0000-01-01", "YYYY-MM-DD ~ 2026-11-22x",
            "YYYY-MM-DD ~ 2026/11/22",
        "MON-DD-YYYY ~ Foo-01-1999", "MON-DD-YYYY ~ Janu-01-1999", "YYYY-MM-DD ~ 00/00/00 00:00:00", "YYYYMMDD ~ 2026110"})
    void otherDatesDoNotMatch(final String pattern, final String value) {
        assertNull(convert(pattern, value, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-22", "2026-11-22 24:00:00", "2026-11-22 01:60:00", "2026-11-22 01:00:00 ", "2026-11-22 01:00:00+02", "2026-11-22T01:00:00"})
    void otherTimestampsDoNotMatch(final String value) {
        assertNull(convert("YYYY-MM-DD HH:MI:SS", value, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"YYYY-MM-DD HH:MI:SSOF", "YYYY-MM-DD TZ", "HH:MI:SS", "YYYY-DD", "Q YYYY-MM-DD", "", "AUTO", "EPOCHSECS"})
    void otherFormatsAreNone(final String pattern) {
        assertNull(DateTimePattern.compile(pattern));
    }

    @Test
    void nothingIsLeftOfAValueThatDoesNotMatch() {
        final ByteBuilder target = new ByteBuilder(8);
        assertFalse(DateTimePattern.compile("YYYY-MM-DD").convert(new byte[] {'2', '0'}, 0, 2, false, target));
        assertEquals(0, target.length());
    }

    private static String convert(final String pattern, final String value, final boolean time) {
        final ByteBuilder target = new ByteBuilder(8);
        final byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return DateTimePattern.compile(pattern).convert(bytes, 0, bytes.length, time, target) ? new String(target.toBytes(), StandardCharsets.UTF_8) : null;
    }
}
