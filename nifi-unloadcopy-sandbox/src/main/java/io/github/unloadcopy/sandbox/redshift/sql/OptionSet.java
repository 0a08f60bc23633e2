package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The options that a statement has named so far: refuses repetition, combinations that the manual excludes, and what the sandbox does not do.
 */
final class OptionSet {

    private final String command;
    private final Set<String> given = new LinkedHashSet<>();
    private final Set<String> unsupported = new LinkedHashSet<>();

    OptionSet(final String command) {
        this.command = command;
    }

    void add(final String option) {
        if (!given.add(option)) {
            throw SqlError.syntax("conflicting or redundant options: " + option + " is given twice in " + command);
        }
    }

    /** Remembers an option that cannot be honoured; it is refused once conflicts have been looked for. */
    void addUnsupported(final String option) {
        add(option);
        unsupported.add(option);
    }

    boolean has(final String option) {
        return given.contains(option);
    }

    void exclude(final String option, final String... others) {
        for (final String other : others) {
            if (has(option) && has(other)) {
                throw SqlError.syntax(command + " options " + option + " and " + other + " cannot be used together");
            }
        }
    }

    void need(final String option, final String other) {
        if (has(option) && !has(other)) {
            throw SqlError.syntax(command + " option " + option + " needs " + other);
        }
    }

    void refuseUnsupported() {
        for (final String option : unsupported) {
            throw unsupported(command, option);
        }
    }

    static SqlError unsupported(final String command, final String option) {
        return SqlError.notSupported(command + " option " + option + " is not supported by the sandbox");
    }
}
