package io.github.unloadcopy.sandbox.iam;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Texts with IAM's wildcards: {@code *} stands for any text, slashes too, and {@code ?} for one character.
 */
final class Wildcards {

    private final List<Pattern> patterns;

    private Wildcards(final List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /** Of actions, whose case does not matter. */
    static Wildcards ofActions(final List<String> texts) {
        return new Wildcards(texts.stream().map(text -> compile(text, Pattern.CASE_INSENSITIVE)).toList());
    }

    /** Of ARNs, whose case does. */
    static Wildcards ofResources(final List<String> texts) {
        return new Wildcards(texts.stream().map(text -> compile(text, 0)).toList());
    }

    boolean match(final String text) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(text).matches());
    }

    private static Pattern compile(final String text, final int flags) {
        final String expression = text.codePoints()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        return Pattern.compile(expression, Pattern.DOTALL | flags);
    }
}
