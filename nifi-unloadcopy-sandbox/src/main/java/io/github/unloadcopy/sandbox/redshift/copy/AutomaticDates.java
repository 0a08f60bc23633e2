package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.DateTimePattern;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises dates by themselves, for ACCEPTANYDATE: what is not recognised loads as NULL, so nothing may be left to PostgreSQL, which would refuse the row.
 * The formats are those of the page "Using automatic recognition with DATEFORMAT and TIMEFORMAT" and the like with other separators.
 */
final class AutomaticDates {

    private static final List<String> DATES = List.of("YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "MM/DD/YYYY", "MM-DD-YYYY", "MM.DD.YYYY", "MM/DD/YY", "MM-DD-YY", "MM.DD.YY", "DD-MON-YYYY",
            "DD MON YYYY", "DD/MON/YYYY", "MON-DD-YYYY", "MON DD YYYY", "MON DD, YYYY", "MON/DD/YYYY", "YYYY-MON-DD", "YYYY MON DD", "YYYYMMDD", "YYMMDD", "MON-DD-YY", "DD-MON-YY");
    private static final List<String> TIMES = List.of(" HH:MI:SS", "THH:MI:SS", " HHMISS", " HH12:MI:SS AM", " HH12:MI AM", " HH:MI", "THH:MI");
    private static final Pattern ZONE = Pattern.compile("(.*?:\\d\\d(?:\\.\\d+)?)\\s*(Z|UTC|GMT|[EMCP][SD]T|[+-]\\d{1,2}(?::?\\d\\d)?)");
    private static final Pattern TIME_BEFORE_YEAR = Pattern.compile("(\\d{1,2}) (\\p{Alpha}{3,9}) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?) (\\d{4})( .+)?");
    private static final Pattern BEFORE_CHRIST = Pattern.compile("(.*\\S)\\s+BC", Pattern.CASE_INSENSITIVE);
    private static final Pattern JULIAN = Pattern.compile("J\\d{6,7}", Pattern.CASE_INSENSITIVE);
    private static final Pattern DAY_OF_YEAR = Pattern.compile("\\d{4}\\.(?:00[1-9]|0[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-5])");

    private final List<DateTimePattern> datePatterns = new ArrayList<>();
    private final List<DateTimePattern> timePatterns = new ArrayList<>();

    AutomaticDates() {
        for (final String date : DATES) {
            datePatterns.add(DateTimePattern.compile(date));
            for (final String time : TIMES) {
                timePatterns.add(DateTimePattern.compile(date + time));
            }
        }
    }

    /**
     * Appends a value as PostgreSQL takes it.
     *
     * @param time whether it is a timestamp
     * @return false, and nothing appended, when it is not recognised
     */
    boolean convert(final byte[] text, final int start, final int end, final boolean time, final ByteBuilder target) {
        String value = new String(text, start, end - start, StandardCharsets.UTF_8).strip();
        if (JULIAN.matcher(value).matches() || DAY_OF_YEAR.matcher(value).matches()) {
            target.append(value.getBytes(StandardCharsets.US_ASCII));
            return true;
        }

        String era = "";
        final Matcher beforeChrist = BEFORE_CHRIST.matcher(value);
        if (beforeChrist.matches()) {
            value = beforeChrist.group(1);
            era = " BC";
        }

        final Matcher unix = TIME_BEFORE_YEAR.matcher(value);
        if (unix.matches()) {
            value = unix.group(1) + ' ' + unix.group(2) + ' ' + unix.group(4) + ' ' + unix.group(3) + (unix.group(5) == null ? "" : unix.group(5));
        }

        String zone = "";
        final Matcher zoned = ZONE.matcher(value);
        if (zoned.matches()) {
            value = zoned.group(1);
            zone = ' ' + zoned.group(2);
        }

        final byte[] plain = value.getBytes(StandardCharsets.UTF_8);
        if (!anyMatches(time ? timePatterns : datePatterns, plain, time, target) && !(time && anyMatches(datePatterns, plain, true, target))) {
            return false;
        }

        target.append(((time ? zone : "") + era).getBytes(StandardCharsets.US_ASCII));
        return true;
    }

    private static boolean anyMatches(final List<DateTimePattern> patterns, final byte[] value, final boolean time, final ByteBuilder target) {
        for (final DateTimePattern pattern : patterns) {
            if (pattern.convert(value, 0, value.length, time, target)) {
                return true;
            }
        }

        return false;
    }
}
