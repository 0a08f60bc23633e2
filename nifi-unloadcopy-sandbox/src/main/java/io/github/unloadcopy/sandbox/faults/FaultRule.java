package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonInclude;

import java.util.EnumSet;
import java.util.Set;

/**
 * One rule: what it is about, how often it strikes, and what goes wrong then.
 *
 * @param id null for one that the sandbox gives out; a rule with the id of another takes its place
 * @param chance null for always
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FaultRule(String id, Match match, Chance chance, Effect effect) {

    private static final Set<Effect.Type> MIDDLE = EnumSet.of(Effect.Type.ERROR, Effect.Type.LATENCY, Effect.Type.HANG);
    private static final Set<Effect.Type> CANCEL_EFFECTS = EnumSet.of(Effect.Type.LATENCY, Effect.Type.DROP, Effect.Type.HANG);
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

        requirePlace(match, effect);
        Errors.check(match.service(), effect);
        chance = chance == null ? Chance.always() : chance;
    }

    public FaultRule(final Match match, final Chance chance, final Effect effect) {
        this(null, match, chance, effect);
    }

    /** UNLOAD and COPY alone can be struck in the middle by more than the end of their connection, and requests to cancel have no middle and no answer. */
    private static void requirePlace(final Match match, final Effect effect) {
        final boolean counted = effect.objects() != null || MIDDLE.contains(effect.type()) && !effect.isAtStart();
        final boolean unload = match.isStatement("UNLOAD");
        if (counted && (effect.objects() == null ? !unload && !match.isStatement("COPY") : !unload)) {
            throw new IllegalArgumentException("effect." + (effect.objects() == null ? "rows and effect.bytes of " + effect.type() + " need match.operation UNLOAD or COPY of redshift."
                    : "objects needs match.operation UNLOAD of redshift."));
        }

        if (match.isStatement(Match.CANCEL) && !CANCEL_EFFECTS.contains(effect.type())) {
            throw new IllegalArgumentException("effect.type " + effect.type() + " is not one of match.operation " + Match.CANCEL + ": " + CANCEL_EFFECTS + ".");
        }
    }

    FaultRule withId(final String value) {
        return new FaultRule(value, match, chance, effect);
    }
}
