package io.github.unloadcopy.sandbox.redshift.sql;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A value of a statement that nothing prints.
 */
public final class Secret {

    private final String value;

    public Secret(final String value) {
        this.value = value;
    }

    /** The value, for the one call that needs it. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final Secret secret && MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
