package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * What the front has to know of a session before it can read its statements.
 *
 * @param caseSensitive whether names in double quotes keep their case
 */
public record SessionSettings(boolean caseSensitive) {

    /** A session that has set nothing. */
    public static final SessionSettings DEFAULT = new SessionSettings(false);
    /** The setting of PostgreSQL's that {@code enable_case_sensitive_identifier} is kept in: passwords here are not SCRAM's. */
    public static final String CASE_SENSITIVITY = "scram_iterations";

    static final String FOLDING_VALUE = "4096";
    static final String CASE_SENSITIVE_VALUE = "4097";

    /**
     * @param reported the value of {@link #CASE_SENSITIVITY}, or null
     */
    public static SessionSettings of(final String reported) {
        return CASE_SENSITIVE_VALUE.equals(reported) ? new SessionSettings(true) : DEFAULT;
    }
}
