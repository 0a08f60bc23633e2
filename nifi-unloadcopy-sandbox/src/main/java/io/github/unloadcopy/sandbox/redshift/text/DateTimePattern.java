package io.github.unloadcopy.sandbox.redshift.text;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A format string of DATEFORMAT or TIMEFORMAT: page "DATEFORMAT and TIMEFORMAT strings" of the Redshift Database Developer Guide. Unlike in SQL functions, HH is the hour from 0 to 23.
 * Whatever is no element stands for itself. Two digits of a year are those from 1970 to 2069, as PostgreSQL has them.
 */
public final class DateTimePattern {

    private static final int MOST_MICRO_DIGITS = 6;
    private static final int BASE_OF_SHORT_YEARS = 70;
    private static final String[] MONTHS = {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"};
    private static final int SHORT_MONTH = 3;

    private final List<Element> elements;
    private final List<Character> literals;

    private DateTimePattern(final List<Element> elements, final List<Character> literals) {
        this.elements = elements;
        this.literals = literals;
    }

    /**
     * Reads a format string.
     *
     * @return null when it holds letters that are no element, or no date
     */
    public static DateTimePattern compile(final String pattern) {
        final List<Element> elements = new ArrayList<>();
        final List<Character> literals = new ArrayList<>();
        final String upper = pattern.toUpperCase(Locale.ROOT);
        int position = 0;
        while (position < pattern.length()) {
            final Element element = Element.startingAt(upper, position);
            if (element == null && Character.isLetterOrDigit(upper.charAt(position))) {
                // The T of ISO 8601 is the only letter that stands for itself.
                if (upper.charAt(position) != 'T' || upper.startsWith("TZ", position)) {
                    return null;
                }
            }

            elements.add(element);
            literals.add(pattern.charAt(position));
            position += element == null ? 1 : element.length;
        }

        final boolean date = (elements.contains(Element.YYYY) || elements.contains(Element.YY)) && (elements.contains(Element.MM) || elements.contains(Element.MON))
                && elements.contains(Element.DD);
        return date ? new DateTimePattern(elements, literals) : null;
    }

    /**
     * Reads a value and appends it as {@code YYYY-MM-DD}, with {@code HH:MI:SS.ffffff} behind it when a time is wanted.
     *
     * @param time whether the value is a timestamp, which must match to its end; of a date, what follows a blank or a T is ignored
     * @return false, and nothing appended, when it does not match
     */
    public boolean convert(final byte[] value, final int start, final int end, final boolean time, final ByteBuilder target) {
        final Reading reading = new Reading(value, start, end);
        for (int index = 0; index < elements.size(); index++) {
            final Element element = elements.get(index);
            final boolean next = index + 1 < elements.size() && elements.get(index + 1) != null;
            final boolean matched = element == null ? reading.literal(literals.get(index)) : reading.element(element, next);
            if (!matched) {
                // A date may come without the time that its format has.
                if (!time && reading.position == end && reading.hasDate()) {
                    break;
                }

                return false;
            }
        }

        final boolean rest = reading.position < end && !(!time && (value[reading.position] == ' ' || value[reading.position] == 'T'));
        return !rest && reading.append(time, target);
    }

    private enum Element {
        YYYY(4),
        YY(2),
        MON(3),
        MM(2),
        MI(2),
        DD(2),
        HH24(4),
        HH12(4),
        HH(2),
        SS(2),
        AM(2),
        PM(2);

        private final int length;

        Element(final int length) {
            this.length = length;
        }

        /** The longest element that a format goes on with, or null. */
        private static Element startingAt(final String pattern, final int position) {
            for (final Element element : values()) {
                if (pattern.startsWith(element.name(), position)) {
                    return element;
                }
            }

            return null;
        }
    }

    /** A value as far as it is read. */
    private static final class Reading {

        private final byte[] value;
        private final int end;
        private int position;
        private int year = -1;
        private int month = -1;
        private int day = -1;
        private int hour;
        private int minute;
        private int second;
        private int micros;
        private boolean twelve;
        private int half = -1;

        Reading(final byte[] value, final int start, final int end) {
            this.value = value;
            this.position = start;
            this.end = end;
        }

        boolean hasDate() {
            return year >= 0 && month >= 0 && day >= 0;
        }

        boolean literal(final char expected) {
            if (position < end && Character.toUpperCase(value[position]) == Character.toUpperCase(expected)) {
                position++;
                return true;
            }

            return false;
        }

        /**
         * @param fixed whether another element follows directly, so that the number of digits tells where this one ends
         */
        boolean element(final Element element, final boolean fixed) {
            return switch (element) {
                case YYYY -> (year = number(4, fixed ? 4 : 6)) >= 0;
                case YY -> {
                    year = number(2, 2);
                    year += year < 0 ? 0 : year < BASE_OF_SHORT_YEARS ? 2000 : 1900;
                    yield year >= 0;
                }
                case MON -> (month = monthName()) > 0;
                case MM -> (month = number(fixed ? 2 : 1, 2)) >= 0;
                case DD -> (day = number(fixed ? 2 : 1, 2)) >= 0;
                case HH, HH24 -> (hour = number(fixed ? 2 : 1, 2)) >= 0;
                case HH12 -> {
                    twelve = true;
                    hour = number(fixed ? 2 : 1, 2);
                    yield hour >= 1 && hour <= 12;
                }
                case MI -> (minute = number(fixed ? 2 : 1, 2)) >= 0;
                case SS -> (second = number(fixed ? 2 : 1, 2)) >= 0 && fraction();
                case AM, PM -> halfOfDay();
            };
        }

        private int number(final int least, final int most) {
            int digits = 0;
            int number = 0;
            while (digits < most && position < end && value[position] >= '0' && value[position] <= '9') {
                number = number * 10 + value[position] - '0';
                position++;
                digits++;
            }

            return digits < least ? -1 : number;
        }

        private boolean fraction() {
            if (position >= end || value[position] != '.') {
                return true;
            }

            position++;
            final int first = position;
            final int digits = number(1, MOST_MICRO_DIGITS);
            if (digits < 0) {
                return false;
            }

            micros = digits;
            for (int count = position - first; count < MOST_MICRO_DIGITS; count++) {
                micros *= 10;
            }

            while (position < end && value[position] >= '0' && value[position] <= '9') {
                position++;
            }

            return true;
        }

        private int monthName() {
            int length = 0;
            while (position + length < end && Character.isLetter(value[position + length])) {
                length++;
            }

            for (int index = 0; index < MONTHS.length; index++) {
                if ((length == SHORT_MONTH || length == MONTHS[index].length()) && matches(MONTHS[index], length)) {
                    position += length;
                    return index + 1;
                }
            }

            return -1;
        }

        private boolean matches(final String name, final int length) {
            for (int index = 0; index < length; index++) {
                if (Character.toLowerCase(value[position + index]) != name.charAt(index)) {
                    return false;
                }
            }

            return true;
        }

        private boolean halfOfDay() {
            if (position + 1 >= end || Character.toUpperCase(value[position + 1]) != 'M') {
                return false;
            }

            final int letter = Character.toUpperCase(value[position]);
            half = letter == 'P' ? 1 : 0;
            position += 2;
            return letter == 'A' || letter == 'P';
        }

        boolean append(final boolean time, final ByteBuilder target) {
            if (half >= 0 && (twelve || hour >= 1 && hour <= 12)) {
                hour = hour % 12 + 12 * half;
            }

            if (!isValid()) {
                return false;
            }

            target.reserve(32);
            digits(year, Math.max(4, Integer.toString(year).length()), target);
            target.put((byte) '-');
            digits(month, 2, target);
            target.put((byte) '-');
            digits(day, 2, target);
            if (time) {
                target.put((byte) ' ');
                digits(hour, 2, target);
                target.put((byte) ':');
                digits(minute, 2, target);
                target.put((byte) ':');
                digits(second, 2, target);
                target.put((byte) '.');
                digits(micros, MOST_MICRO_DIGITS, target);
            }

            return true;
        }

        private boolean isValid() {
            if (!hasDate() || year == 0 || hour > 23 || minute > 59 || second > 59) {
                return false;
            }

            try {
                return LocalDate.of(year, month, day).getYear() == year;
            } catch (final DateTimeException e) {
                return false;
            }
        }

        private static void digits(final int number, final int count, final ByteBuilder target) {
            int divisor = 1;
            for (int digit = 1; digit < count; digit++) {
                divisor *= 10;
            }

            for (int digit = 0; digit < count; digit++) {
                target.put((byte) ('0' + number / divisor % 10));
                divisor /= 10;
            }
        }
    }
}
