package io.github.unloadcopy.sandbox.faults;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A pattern as in IAM's policies: {@code *} is any text, slashes too, and {@code ?} is one character. Upper and lower case are the same.
 */
final class Glob {

    private final Pattern pattern;

    Glob(final String text) {
        final String expression = text.chars()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        this.pattern = Pattern.compile(expression, Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    /** Whether a text fits; a glob that is not there fits everything. */
    static boolean fits(final Glob glob, final String text) {
        return glob == null || text != null && glob.pattern.matcher(text).matches();
    }

    static Glob of(final String text) {
        return text == null ? null : new Glob(text);
    }
}
