package io.github.unloadcopy.redshift;

/** A statement failed on a cluster. The message says which table, which statement, why and what to mend; it is redacted, and so is the cause. */
public class RedshiftException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public RedshiftException(final Reason reason, final String message) {
        super(message);
        this.reason = reason;
    }

    public RedshiftException(final Reason reason, final String message, final Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** What kind of failure this is. */
    public Reason reason() {
        return reason;
    }
}
