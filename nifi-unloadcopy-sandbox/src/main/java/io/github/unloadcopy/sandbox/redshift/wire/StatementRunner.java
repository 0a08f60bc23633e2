package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.PlannedStatement;

import java.io.IOException;
import java.util.List;

/**
 * Runs the statements that PostgreSQL knows nothing of.
 */
@FunctionalInterface
public interface StatementRunner {

    /**
     * Runs one statement on the client's own session.
     *
     * @param execution hears how far the statement is, and tells when it is to end
     * @throws io.github.unloadcopy.sandbox.redshift.sql.SqlError what the client is told; the transaction fails with it
     * @throws IOException when the backend has gone
     */
    Outcome run(PlannedStatement.Staged statement, BackendSession session, Execution execution) throws IOException;

    /** Hears that a session is about to run a statement of PostgreSQL's that gets a query id. */
    default void queryStarts(final int processId) {
    }

    /**
     * Hears that a session is about to ask for its last query id.
     *
     * @throws IOException when the answer cannot be prepared
     */
    default void queryIdIsAsked(final int processId) throws IOException {
    }

    /**
     * What the client is told.
     *
     * @param tag the command tag
     * @param notices INFO messages that precede it
     */
    record Outcome(String tag, List<String> notices) {
    }
}
