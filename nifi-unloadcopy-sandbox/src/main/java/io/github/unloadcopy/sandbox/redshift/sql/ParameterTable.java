package io.github.unloadcopy.sandbox.redshift.sql;

import io.github.unloadcopy.sandbox.redshift.sql.Parameter.Argument;
import io.github.unloadcopy.sandbox.redshift.sql.Parameter.Status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of one command, and which of them exclude or need others.
 */
public final class ParameterTable {

    private final String command;
    private final Map<String, Parameter> parameters;
    private final List<Rule> rules;

    private ParameterTable(final Builder builder) {
        this.command = builder.command;
        this.parameters = Map.copyOf(builder.parameters);
        this.rules = List.copyOf(builder.rules);
    }

    static Builder of(final String command) {
        return new Builder(command);
    }

    public String command() {
        return command;
    }

    /** All parameters, in the order of their names. */
    public List<Parameter> parameters() {
        return parameters.values().stream().sorted((first, second) -> first.name().compareTo(second.name())).toList();
    }

    public List<Rule> rules() {
        return rules;
    }

    Parameter named(final String name) {
        final Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException(command + " has no parameter " + name);
        }

        return parameter;
    }

    /** The parameter that begins with a keyword, or null. */
    Parameter startingWith(final String keyword) {
        return following(null, keyword);
    }

    /** The parameter that a keyword stands for directly after another parameter, or null. */
    Parameter following(final String parent, final String keyword) {
        for (final Parameter parameter : parameters.values()) {
            final boolean sameParent = parent == null ? parameter.parent() == null : parent.equals(parameter.parent());
            if (sameParent && parameter.keyword().equals(keyword)) {
                return parameter;
            }
        }

        return null;
    }

    /** How parameters restrict each other. */
    public enum Kind {
        /** Redshift takes the parameter with none of the others. */
        EXCLUDES,
        /** Redshift takes the parameter with one of the others at least. */
        NEEDS,
        /** The guide does not say what the combination does, so the sandbox does not do it. */
        UNDOCUMENTED
    }

    /**
     * What a parameter does to others.
     *
     * @param others names of parameters
     */
    public record Rule(Kind kind, String parameter, List<String> others) {
    }

    /** Collects a table. */
    static final class Builder {

        private final String command;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final List<Rule> rules = new ArrayList<>();

        private Builder(final String command) {
            this.command = command;
        }

        Builder done(final String name, final Argument argument, final String remark) {
            return add(new Parameter(name, null, false, argument, Status.DONE, remark));
        }

        Builder done(final String name, final Argument argument) {
            return done(name, argument, "");
        }

        Builder noEffect(final String name, final Argument argument, final String remark) {
            return add(new Parameter(name, null, false, argument, Status.NO_EFFECT, remark));
        }

        Builder refused(final String name, final Argument argument, final String remark) {
            return add(new Parameter(name, null, false, argument, Status.REFUSED, remark));
        }

        Builder unsupported(final String name, final Argument argument, final String remark) {
            return add(new Parameter(name, null, false, argument, Status.UNSUPPORTED, remark));
        }

        /** A format that FORMAT AS may precede. */
        Builder format(final String name, final Argument argument, final Status status, final String remark) {
            return add(new Parameter(name, null, true, argument, status, remark));
        }

        /** A parameter that directly follows another one. */
        Builder after(final String parent, final String name, final Argument argument, final Status status, final String remark) {
            return add(new Parameter(name, parent, false, argument, status, remark));
        }

        Builder excludes(final String parameter, final String... others) {
            return rule(Kind.EXCLUDES, parameter, others);
        }

        Builder needs(final String parameter, final String... others) {
            return rule(Kind.NEEDS, parameter, others);
        }

        Builder undocumented(final String parameter, final String... others) {
            return rule(Kind.UNDOCUMENTED, parameter, others);
        }

        /** One of these at most. */
        Builder atMostOneOf(final String... names) {
            for (int index = 0; index < names.length - 1; index++) {
                excludes(names[index], List.of(names).subList(index + 1, names.length).toArray(String[]::new));
            }

            return this;
        }

        ParameterTable build() {
            final ParameterTable table = new ParameterTable(this);
            for (final Rule rule : rules) {
                table.named(rule.parameter());
                rule.others().forEach(table::named);
            }

            return table;
        }

        private Builder rule(final Kind kind, final String parameter, final String... others) {
            rules.add(new Rule(kind, parameter, List.of(others)));
            return this;
        }

        private Builder add(final Parameter parameter) {
            if (parameters.put(parameter.name(), parameter) != null) {
                throw new IllegalArgumentException(parameter.name() + " is in the table twice");
            }

            return this;
        }
    }
}
