package io.github.unloadcopy.sandbox.redshift.sql;

/**
 * What becomes of one statement.
 */
public sealed interface PlannedStatement {

    /**
     * PostgreSQL runs it.
     *
     * @param sql in PostgreSQL's words
     * @param transactionControl whether it begins or ends a transaction
     */
    record Forwarded(String sql, boolean transactionControl) implements PlannedStatement {
    }

    /** The front runs it. */
    record Staged(StagedStatement statement) implements PlannedStatement {
    }

    /** Nobody runs it. */
    record Refused(SqlError error) implements PlannedStatement {
    }
}
