package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One rule: what it is about, how often it strikes, and what goes wrong then.
 *
 * @param id null for one that the sandbox gives out; a rule with the id of another takes its place
 * @param chance null for always
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FaultRule(String id, Match match, Chance chance, Effect effect) {

    private static final String ID = "[A-Za-z0-9._-]{1,64}";

    public FaultRule {
        if (match == null || effect == null) {
            throw new IllegalArgumentException("A fault needs match and effect.");
        }

        if (id != null && !id.matches(ID)) {
            throw new IllegalArgumentException("A fault's id has 1 to 64 letters, digits, dots, hyphens and underscores.");
        }

        if (!match.service().knows(effect.type())) {
            throw new IllegalArgumentException("effect.type " + effect.type() + " is not one of " + match.service() + ": " + match.service().effects().stream().sorted().toList() + ".");
        }

        Errors.check(match.service(), effect);
        chance = chance == null ? Chance.always() : chance;
    }

    public FaultRule(final Match match, final Chance chance, final Effect effect) {
        this(null, match, chance, effect);
    }

    FaultRule withId(final String value) {
        return new FaultRule(value, match, chance, effect);
    }
}
