package io.github.unloadcopy.config;

import java.util.List;

/** The configuration cannot be used. The message lists every problem with its place and remedy, and quotes no secret. */
public class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigException(final List<String> problems) {
        super(describe(problems));
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, in the order of the document. */
    public List<String> problems() {
        return problems == null ? List.of() : problems;
    }

    private static String describe(final List<String> problems) {
        return "The configuration has %d problem(s):%n- %s".formatted(problems.size(), String.join("%n- ".formatted(), problems));
    }
}
