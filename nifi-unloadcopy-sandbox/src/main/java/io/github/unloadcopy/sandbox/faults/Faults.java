package io.github.unloadcopy.sandbox.faults;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The rules and their dice.
 *
 * <p>Each rule has a random sequence of its own, and draws once for everything that it is about, in the order of arrival: a program with one thread gets the same faults each time; with several,
 * the same draws, dealt out in the order in which their requests happen to arrive. Rules are asked in the order in which they were added. What delays lets the next rule speak as well; anything
 * else is the last word, and the rules after it are not asked.
 */
public final class Faults {

    private final Map<String, State> rules = new LinkedHashMap<>();
    private int lastId;

    /**
     * Adds a rule at the end, or puts it into the place of the one with its id, with counts of zero.
     *
     * @return the rule as it is now, with its id
     */
    public synchronized FaultStatus add(final FaultRule rule) {
        final FaultRule named = rule.id() == null ? rule.withId(nextId()) : rule;
        final State state = new State(named);
        rules.put(named.id(), state);
        return state.status();
    }

    /** Every rule, in the order in which they are asked. */
    public synchronized List<FaultStatus> list() {
        return rules.values().stream().map(State::status).toList();
    }

    /**
     * Removes a rule.
     *
     * @return whether there was one of that id
     */
    public synchronized boolean remove(final String id) {
        return rules.remove(id) != null;
    }

    public synchronized void clear() {
        rules.clear();
    }

    /** What goes wrong now, in order; at most the last element ends the matter. */
    public List<Effect> decide(final Occasion occasion) {
        return decide(occasion, false);
    }

    /** What goes wrong with one key of a DeleteObjects, or null. */
    public Effect decideKey(final Occasion occasion) {
        final List<Effect> effects = decide(occasion, true);
        return effects.isEmpty() ? null : effects.getFirst();
    }

    private synchronized List<Effect> decide(final Occasion occasion, final boolean keys) {
        final List<Effect> effects = new ArrayList<>();
        for (final State state : rules.values()) {
            final Effect effect = state.rule.effect();
            if ((effect.type() == Effect.Type.KEY_ERRORS) == keys && state.isAbout(occasion) && state.strikes()) {
                effects.add(effect);
                if (effect.type().isLast()) {
                    break;
                }
            }
        }

        return effects;
    }

    private String nextId() {
        do {
            lastId++;
        } while (rules.containsKey("fault-" + lastId));

        return "fault-" + lastId;
    }

    private static final class State {

        private final FaultRule rule;
        private final Glob operation;
        private final Glob resource;
        private final SplittableRandom random;
        private long matched;
        private long injected;

        State(final FaultRule rule) {
            this.rule = rule;
            this.operation = Glob.of(rule.match().operation());
            this.resource = Glob.of(rule.match().resource());
            this.random = new SplittableRandom(rule.chance().seed() == null ? 0 : rule.chance().seed());
        }

        boolean isAbout(final Occasion occasion) {
            final Match match = rule.match();
            return match.service() == occasion.service()
                    && (match.caller() == null || match.caller().equals(occasion.caller()))
                    && (match.cluster() == null || match.cluster().equals(occasion.cluster()))
                    && isByNameOnly(match.operation()) == isByNameOnly(occasion.operation())
                    && Glob.fits(operation, occasion.operation())
                    && (resource == null || occasion.resources().stream().anyMatch(name -> Glob.fits(resource, name)));
        }

        /** A rule about all statements is not about connections and requests to cancel. */
        private static boolean isByNameOnly(final String operation) {
            return Match.CONNECT.equalsIgnoreCase(operation) || Match.CANCEL.equalsIgnoreCase(operation);
        }

        boolean strikes() {
            matched++;
            final Chance chance = rule.chance();
            final boolean drawn = random.nextDouble() < (chance.rate() == null ? 1 : chance.rate());
            final boolean due = matched > (chance.skip() == null ? 0 : chance.skip()) && (chance.count() == null || injected < chance.count());
            if (drawn && due) {
                injected++;
                return true;
            }

            return false;
        }

        FaultStatus status() {
            return new FaultStatus(rule, matched, injected);
        }
    }
}
