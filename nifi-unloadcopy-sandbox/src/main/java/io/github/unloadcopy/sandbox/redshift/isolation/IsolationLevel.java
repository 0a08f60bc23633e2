package io.github.unloadcopy.sandbox.redshift.isolation;

import java.util.Locale;

/**
 * The isolation levels that a database can have: page "Isolation levels in Amazon Redshift" of the Redshift Database Developer Guide. PostgreSQL's REPEATABLE READ is beneath both; the front adds what
 * it does not have.
 */
public enum IsolationLevel {
    /** Changes of the same row conflict, and nothing else does. The default of Serverless, and of clusters created since May 2024. */
    SNAPSHOT,
    /** Overlapping transactions of which each reads a table that the other writes conflict as well. */
    SERIALIZABLE;

    /** The setting of PostgreSQL's that keeps a database's level, as {@link #settingValue()}. */
    public static final String SETTING = "redshift.isolation_level";

    public String settingValue() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the value of {@link #SETTING}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static IsolationLevel of(final String settingValue) {
        return valueOf(settingValue.toUpperCase(Locale.ROOT));
    }
}
