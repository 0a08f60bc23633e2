package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.DateTimePattern;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/**
 * How COPY takes dates and timestamps: by default in the formats YYYY-MM-DD, YYYY-MM-DD HH:MI:SS and YYYY-MM-DD HH:MI:SSOF, or as DATEFORMAT and TIMEFORMAT say.
 * Rules: pages "Data conversion parameters", "DATEFORMAT and TIMEFORMAT strings" and "Using automatic recognition with DATEFORMAT and TIMEFORMAT".
 */
final class DateTimeText {

    private static final String AUTO = "auto";
    private static final int[] DAYS = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int LEAST_YEAR_DIGITS = 4;
    private static final int MOST_YEAR_DIGITS = 6;
    private static final DateTimeFormatter BACKEND_FORMAT = new DateTimeFormatterBuilder().appendValue(ChronoField.YEAR, 4, 6, SignStyle.NEVER)
            .appendPattern("-MM-dd HH:mm:ss.SSSSSS").toFormatter(Locale.ROOT);
    /** The range of TIMESTAMP, far inside of what PostgreSQL takes. */
    private static final long MOST_SECONDS = 9_214_646_400_000L;

    private final Mode dateMode;
    private final Mode timeMode;
    private final DateTimePattern datePattern;
    private final DateTimePattern timePattern;
    private final AutomaticDates automatic;

    private enum Mode {
        DEFAULT,
        AUTO,
        PATTERN,
        EPOCH_SECONDS,
        EPOCH_MILLIS
    }

    /**
     * @throws SqlError when DATEFORMAT or TIMEFORMAT is none
     */
    DateTimeText(final CopyStatement.Conversions conversions) {
        this.dateMode = mode(conversions.dateFormat(), false);
        this.timeMode = mode(conversions.timeFormat(), true);
        this.datePattern = dateMode == Mode.PATTERN ? pattern("DATEFORMAT", conversions.dateFormat()) : null;
        this.timePattern = timeMode == Mode.PATTERN ? pattern("TIMEFORMAT", conversions.timeFormat()) : null;
        this.automatic = conversions.acceptAnyDate() ? new AutomaticDates() : null;
    }

    private static Mode mode(final String format, final boolean time) {
        if (format == null) {
            return Mode.DEFAULT;
        }

        // These words are case-sensitive.
        return switch (format) {
            case AUTO -> Mode.AUTO;
            case "epochsecs" -> time ? Mode.EPOCH_SECONDS : Mode.PATTERN;
            case "epochmillisecs" -> time ? Mode.EPOCH_MILLIS : Mode.PATTERN;
            default -> Mode.PATTERN;
        };
    }

    private static DateTimePattern pattern(final String option, final String format) {
        final DateTimePattern pattern = DateTimePattern.compile(format);
        if (pattern == null) {
            throw SqlError.syntax("COPY option " + option + " has an invalid format: it is made of YYYY, YY, MM, MON, DD, HH, HH24, HH12, MI, SS, AM, PM and separators, and holds a whole date");
        }

        return pattern;
    }

    /** Appends a date as PostgreSQL takes it; false, and nothing appended, when it does not match. */
    boolean date(final byte[] text, final int start, final int end, final ByteBuilder target) {
        return switch (dateMode) {
            case DEFAULT -> defaultDate(text, start, end, target);
            case AUTO -> automatic(text, start, end, false, target);
            default -> datePattern.convert(text, start, end, false, target);
        };
    }

    /** As {@link #date}, for TIMESTAMP and TIMESTAMPTZ. */
    boolean timestamp(final byte[] text, final int start, final int end, final boolean zone, final ByteBuilder target) {
        return switch (timeMode) {
            case DEFAULT -> defaultTimestamp(text, start, end, zone, target);
            case AUTO -> automatic(text, start, end, true, target);
            case PATTERN -> timePattern.convert(text, start, end, true, target);
            case EPOCH_SECONDS -> epoch(text, start, end, 1, zone, target);
            case EPOCH_MILLIS -> epoch(text, start, end, 1000, zone, target);
        };
    }

    private static boolean defaultDate(final byte[] text, final int start, final int end, final ByteBuilder target) {
        final int dateEnd = dateEnd(text, start, end);
        // The time that a date may have is ignored; the era is none.
        final boolean matches = dateEnd > 0 && (dateEnd == end || text[dateEnd] == ' ' || text[dateEnd] == 'T');
        if (matches) {
            target.append(text, start, isBeforeChrist(text, dateEnd, end) ? end : dateEnd);
        }

        return matches;
    }

    private static boolean defaultTimestamp(final byte[] text, final int start, final int end, final boolean zone, final ByteBuilder target) {
        final int dateEnd = dateEnd(text, start, end);
        if (dateEnd < 0 || dateEnd == end || text[dateEnd] != ' ') {
            return false;
        }

        int position = timeEnd(text, dateEnd + 1, end);
        if (position > 0 && zone) {
            position = offsetEnd(text, position, end);
        }

        final boolean matches = position > 0 && (position == end || isBeforeChrist(text, position, end));
        if (matches) {
            target.append(text, start, end);
        }

        return matches;
    }

    private static boolean isBeforeChrist(final byte[] text, final int start, final int end) {
        return end - start == 3 && text[start] == ' ' && text[start + 1] == 'B' && text[start + 2] == 'C';
    }

    /** Where a date in the default format ends, -1 when there is none. */
    private static int dateEnd(final byte[] text, final int start, final int end) {
        int position = start;
        int year = 0;
        while (position < end && position - start < MOST_YEAR_DIGITS && NumberText.isDigit(text[position])) {
            year = year * 10 + text[position] - '0';
            position++;
        }

        if (position - start < LEAST_YEAR_DIGITS || position + 6 > end || text[position] != '-' || text[position + 3] != '-') {
            return -1;
        }

        final int month = twoDigits(text, position + 1, end);
        final int day = twoDigits(text, position + 4, end);
        return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days(year, month) ? position + 6 : -1;
    }

    private static int days(final int year, final int month) {
        final boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && !leap ? 28 : DAYS[month - 1];
    }

    /** Where a time HH:MI:SS, with or without a fraction, ends; -1 when there is none. */
    private static int timeEnd(final byte[] text, final int start, final int end) {
        final int hour = twoDigits(text, start, end);
        final int minute = twoDigits(text, start + 3, end);
        final int second = twoDigits(text, start + 6, end);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || text[start + 2] != ':' || text[start + 5] != ':') {
            return -1;
        }

        int position = start + 8;
        if (position < end && text[position] == '.') {
            position++;
            while (position < end && NumberText.isDigit(text[position])) {
                position++;
            }
        }

        return position;
    }

    /** Where an offset from UTC ends, such as -08, +05:30 or Z; none is fine. */
    private static int offsetEnd(final byte[] text, final int start, final int end) {
        if (start < end && text[start] == 'Z') {
            return start + 1;
        }

        if (start >= end || text[start] != '+' && text[start] != '-') {
            return start;
        }

        int position = start + 1;
        while (position < end && position - start < 9 && (NumberText.isDigit(text[position]) || text[position] == ':')) {
            position++;
        }

        return position - start < 2 ? -1 : position;
    }

    private static int twoDigits(final byte[] text, final int start, final int end) {
        return start + 2 <= end && NumberText.isDigit(text[start]) && NumberText.isDigit(text[start + 1]) ? (text[start] - '0') * 10 + text[start + 1] - '0' : -1;
    }

    /**
     * What PostgreSQL recognises is what Redshift does, apart from infinity. With ACCEPTANYDATE there must be no doubt left for PostgreSQL to refuse the row with.
     */
    private boolean automatic(final byte[] text, final int start, final int end, final boolean time, final ByteBuilder target) {
        if (automatic != null) {
            return automatic.convert(text, start, end, time, target);
        }

        final String value = new String(text, start, Math.min(end - start, 16), StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT);
        final boolean matches = !value.contains("infinity");
        if (matches) {
            RowConverter.escape(text, start, end, target);
        }

        return matches;
    }

    private static boolean epoch(final byte[] text, final int start, final int end, final long perSecond, final boolean zone, final ByteBuilder target) {
        if (NumberText.wrongInteger(text, start, end) >= 0 || !NumberText.isWithin(text, start, end, -62_135_596_800L * perSecond, MOST_SECONDS / 1000 * perSecond)) {
            return false;
        }

        final long number = Long.parseLong(new String(text, start, end - start, StandardCharsets.US_ASCII));
        final Instant instant = Instant.ofEpochSecond(Math.floorDiv(number, perSecond), Math.floorMod(number, perSecond) * (1_000_000_000L / perSecond));
        final String written = LocalDateTime.ofInstant(instant, ZoneOffset.UTC).format(BACKEND_FORMAT) + (zone ? "+00" : "");
        target.append(written.getBytes(StandardCharsets.US_ASCII));
        return true;
    }
}
