package io.github.unloadcopy.sandbox.redshift.sql;

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
    public String toString() {
        return "***";
    }
}
