package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters that a statement has given, with their values: refuses repetition, what the guide excludes, and what the sandbox does not do.
 */
final class OptionSet {

    private final ParameterTable table;
    private final Map<String, Object> given = new LinkedHashMap<>();

    OptionSet(final ParameterTable table) {
        this.table = table;
    }

    String command() {
        return table.command();
    }

    /** Remembers a parameter without a value. */
    void add(final String name) {
        put(name, Boolean.TRUE);
    }

    void put(final String name, final Object value) {
        table.named(name);
        if (given.putIfAbsent(name, value) != null) {
            throw SqlError.syntax("conflicting or redundant options: " + name + " is given twice in " + command());
        }
    }

    boolean has(final String name) {
        table.named(name);
        return given.containsKey(name);
    }

    /** The value of a literal, or null. */
    String text(final String name) {
        return (String) value(name);
    }

    Secret secret(final String name) {
        return (Secret) value(name);
    }

    /** The value of a number or of a size in bytes. */
    long number(final String name, final long otherwise) {
        final Object value = value(name);
        return value == null ? otherwise : (Long) value;
    }

    /** The names that a parameter lists, empty when it is not given. */
    List<String> names(final String name) {
        final Object value = value(name);
        return value == null ? List.of() : ((List<?>) value).stream().map(String.class::cast).toList();
    }

    /** Any value, or null. */
    Object value(final String name) {
        table.named(name);
        return given.get(name);
    }

    /**
     * Looks at all parameters together.
     *
     * @throws SqlError that names the parameters which do not go together, or the one that is not done
     */
    void check() {
        // What is too much comes before what is missing.
        for (final ParameterTable.Kind kind : ParameterTable.Kind.values()) {
            for (final ParameterTable.Rule rule : table.rules()) {
                if (rule.kind() == kind && given.containsKey(rule.parameter())) {
                    check(rule);
                }
            }
        }

        for (final String name : given.keySet()) {
            final Parameter parameter = table.named(name);
            if (parameter.status() == Parameter.Status.UNSUPPORTED) {
                throw SqlError.notSupported(command() + " option " + name + " is not supported by the sandbox");
            }

            if (parameter.status() == Parameter.Status.REFUSED) {
                throw SqlError.notSupported(command() + " option " + name + " cannot be used with Amazon S3: it is " + parameter.remark());
            }
        }
    }

    private void check(final ParameterTable.Rule rule) {
        final String other = rule.others().stream().filter(given::containsKey).findFirst().orElse(null);
        if (rule.kind() == ParameterTable.Kind.NEEDS && other == null) {
            throw SqlError.syntax(command() + " option " + rule.parameter() + " needs " + String.join(" or ", rule.others()));
        }

        if (rule.kind() == ParameterTable.Kind.EXCLUDES && other != null) {
            throw SqlError.syntax(command() + " options " + rule.parameter() + " and " + other + " cannot be used together");
        }

        if (rule.kind() == ParameterTable.Kind.UNDOCUMENTED && other != null) {
            throw SqlError.notSupported(command() + " option " + rule.parameter() + " together with " + other + " is not supported by the sandbox");
        }
    }
}
