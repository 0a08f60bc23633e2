package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonProperty;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a rule is for, and what it can do there.
 */
public enum Service {

    @JsonProperty("s3")
    S3(EnumSet.of(Effect.Type.ERROR, Effect.Type.LATENCY, Effect.Type.BANDWIDTH, Effect.Type.CUT, Effect.Type.DROP, Effect.Type.DROP_ANSWER, Effect.Type.ERROR_IN_BODY, Effect.Type.KEY_ERRORS)),

    @JsonProperty("kms")
    KMS(EnumSet.of(Effect.Type.ERROR, Effect.Type.LATENCY, Effect.Type.DROP, Effect.Type.DROP_ANSWER)),

    @JsonProperty("redshift")
    REDSHIFT(EnumSet.of(Effect.Type.ERROR, Effect.Type.LATENCY, Effect.Type.CUT, Effect.Type.DROP, Effect.Type.DROP_ANSWER, Effect.Type.HANG));

    private final Set<Effect.Type> effects;

    Service(final Set<Effect.Type> effects) {
        this.effects = effects;
    }

    boolean knows(final Effect.Type effect) {
        return effects.contains(effect);
    }

    Set<Effect.Type> effects() {
        return Set.copyOf(effects);
    }
}
