package io.github.unloadcopy.config;

import java.util.ArrayList;
import java.util.List;

/** Finds comments in JSON: from // to the end of the line, and between the usual pairs of slash and star. */
final class ConfigComments {
    private ConfigComments() {
    }

    /**
     * Finds all comments.
     *
     * @param text JSON with comments, which was read before
     * @return what to cut out, in order: each comment with the blanks before it, and with its line where nothing else is on it
     */
    static List<Range> find(final char[] text) {
        final List<Range> found = new ArrayList<>();
        int position = 0;

        while (position < text.length) {
            if (text[position] == '"') {
                position = ConfigText.stringEnd(text, position);
            } else if (text[position] == '/') {
                final int end = end(text, position);
                found.add(widen(text, position, end));
                position = end;
            } else {
                position++;
            }
        }

        return found;
    }

    /** A comment that ends with its line leaves the line break where it is. */
    private static int end(final char[] text, final int start) {
        final boolean line = text[start + 1] == '/';
        int position = start + 2;

        while (position < text.length && !(line ? isLineBreak(text[position]) : text[position - 1] == '*' && text[position] == '/' && position > start + 2)) {
            position++;
        }

        return line ? position : position + 1;
    }

    private static Range widen(final char[] text, final int start, final int end) {
        int from = start;

        while (from > 0 && (text[from - 1] == ' ' || text[from - 1] == '\t')) {
            from--;
        }

        final boolean wholeStart = from == 0 || text[from - 1] == '\n';
        int to = end;

        while (to < text.length && (text[to] == ' ' || text[to] == '\t' || text[to] == '\r')) {
            to++;
        }

        if (wholeStart && to < text.length && text[to] == '\n') {
            return new Range(from, to + 1, "");
        }

        // Two words must not grow together where a comment stood between them.
        final boolean atLineEnd = end >= text.length || isLineBreak(text[end]);
        return new Range(from, end, atLineEnd || wholeStart || from == start ? "" : " ");
    }

    private static boolean isLineBreak(final char character) {
        return character == '\n' || character == '\r';
    }

    /** A part of the text, and what takes its place. */
    record Range(int start, int end, String replacement) {
    }
}
