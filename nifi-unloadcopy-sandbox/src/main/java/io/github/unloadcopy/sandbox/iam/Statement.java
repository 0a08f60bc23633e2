package io.github.unloadcopy.sandbox.iam;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One permission: these actions on these resources. There are no denials, since nothing is allowed that no statement allows.
 */
public final class Statement {

    private final List<Pattern> actions;
    private final List<Pattern> resources;

    private Statement(final List<Pattern> actions, final List<Pattern> resources) {
        this.actions = actions;
        this.resources = resources;
    }

    /**
     * @param actions patterns such as {@code s3:Get*}
     * @param resources patterns of ARNs such as {@code arn:aws:s3:::staging/run/*}
     */
    public static Statement allow(final List<String> actions, final List<String> resources) {
        return new Statement(compile(actions), compile(resources));
    }

    boolean allows(final String action, final String resource) {
        return matches(actions, action) && matches(resources, resource);
    }

    private static List<Pattern> compile(final List<String> patterns) {
        return patterns.stream().map(Statement::compile).toList();
    }

    /** As in IAM's policies, {@code *} stands for any text, slashes too, and {@code ?} for one character. */
    private static Pattern compile(final String pattern) {
        final String expression = pattern.chars()
                .mapToObj(character -> switch (character) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(character));
                })
                .collect(Collectors.joining());
        return Pattern.compile(expression, Pattern.DOTALL);
    }

    private static boolean matches(final List<Pattern> patterns, final String text) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(text).matches());
    }
}
