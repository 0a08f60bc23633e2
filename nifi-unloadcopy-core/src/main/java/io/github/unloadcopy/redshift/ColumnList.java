package io.github.unloadcopy.redshift;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Column names on one line, separated by commas, as people write them in SQL: plain, or in double quotes with quotes inside doubled.
 */
public final class ColumnList {

    private ColumnList() {
    }

    /**
     * Reads a list. Names keep their case; white space around plain names does not count.
     *
     * @param text the list; null or blank for no columns
     * @return the names without quotes
     * @throws IllegalArgumentException when a name is empty or a quote is left open
     */
    public static List<String> parse(final String text) {
        if (text == null || text.isBlank()) {
            return List.of();
        }

        final List<String> names = new ArrayList<>();
        int position = 0;

        while (position <= text.length()) {
            final StringBuilder name = new StringBuilder();
            position = readName(text, skipBlanks(text, position), name);

            if (name.isEmpty()) {
                throw new IllegalArgumentException("Column %d of the list has no name".formatted(names.size() + 1));
            }

            names.add(name.toString());
            position++;
        }

        return List.copyOf(names);
    }

    /** Writes a list that {@link #parse(String)} reads back, every name in quotes. */
    public static String format(final List<String> names) {
        return names.stream().map(SqlText::identifier).collect(Collectors.joining(","));
    }

    /** Returns the position of the comma behind the name, or the length of the text. */
    private static int readName(final String text, final int start, final StringBuilder name) {
        if (start < text.length() && text.charAt(start) == '"') {
            return readQuoted(text, start, name);
        }

        final int comma = text.indexOf(',', start);
        final int end = comma < 0 ? text.length() : comma;
        name.append(text.substring(start, end).strip());
        return end;
    }

    private static int readQuoted(final String text, final int start, final StringBuilder name) {
        int position = start + 1;

        while (position < text.length()) {
            if (text.charAt(position) != '"') {
                name.append(text.charAt(position++));
            } else if (position + 1 < text.length() && text.charAt(position + 1) == '"') {
                name.append('"');
                position += 2;
            } else {
                return requireComma(text, skipBlanks(text, position + 1));
            }
        }

        throw new IllegalArgumentException("The quote before column name %s is not closed".formatted(name));
    }

    private static int requireComma(final String text, final int position) {
        if (position < text.length() && text.charAt(position) != ',') {
            throw new IllegalArgumentException("A comma is missing in the column list at character %d".formatted(position + 1));
        }

        return position;
    }

    private static int skipBlanks(final String text, final int start) {
        int position = start;

        while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }

        return position;
    }
}
