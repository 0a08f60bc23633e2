package io.github.unloadcopy.sandbox.faults;

import java.util.List;
import java.util.Locale;

/**
 * What goes wrong with the connections and statements of one cluster.
 */
public final class StatementFaults {

    private final Faults faults;
    private final String cluster;

    public StatementFaults(final Faults faults, final String cluster) {
        this.faults = faults;
        this.cluster = cluster;
    }

    /** For a cluster on which nothing goes wrong on demand. */
    public static StatementFaults none() {
        return new StatementFaults(new Faults(), null);
    }

    /**
     * Decides about one statement.
     *
     * @param kind its first word
     * @param text all of it; it may hold secrets and is compared only
     */
    public List<Effect> ofStatement(final String kind, final String text) {
        return faults.decide(new Occasion(Service.REDSHIFT, kind.toUpperCase(Locale.ROOT), List.of(text), null, cluster));
    }

    public List<Effect> ofConnection() {
        return faults.decide(new Occasion(Service.REDSHIFT, Match.CONNECT, List.of(), null, cluster));
    }
}
