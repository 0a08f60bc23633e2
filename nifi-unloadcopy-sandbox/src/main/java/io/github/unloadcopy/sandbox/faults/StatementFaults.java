package io.github.unloadcopy.sandbox.faults;

import java.util.List;
import java.util.Locale;

/**
 * What goes wrong with the connections and statements of one cluster.
 */
public final class StatementFaults {

    /** No statement begins so: rules for CANCEL are about requests of the wire protocol. */
    private static final String CANCEL_STATEMENT = "CANCEL statement";

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
        final String operation = kind.equalsIgnoreCase(Match.CANCEL) ? CANCEL_STATEMENT : kind.toUpperCase(Locale.ROOT);
        return faults.decide(new Occasion(Service.REDSHIFT, operation, List.of(text), null, cluster));
    }

    /** Decides about a request to cancel a statement. */
    public List<Effect> ofCancelRequest() {
        return faults.decide(new Occasion(Service.REDSHIFT, Match.CANCEL, List.of(), null, cluster));
    }

    public List<Effect> ofConnection() {
        return faults.decide(new Occasion(Service.REDSHIFT, Match.CONNECT, List.of(), null, cluster));
    }
}
