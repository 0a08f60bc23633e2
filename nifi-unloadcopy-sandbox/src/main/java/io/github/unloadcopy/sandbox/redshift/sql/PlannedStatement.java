package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What becomes of one statement.
 */
public sealed interface PlannedStatement {

    /**
     * PostgreSQL runs it.
     *
     * @param sql in PostgreSQL's words
     * @param transactionControl whether it begins or ends a transaction
     * @param takesQueryId whether compute nodes would take part, so that it gets an id of its own
     * @param asksForQueryId whether it calls {@code pg_last_query_id()}
     */
    record Forwarded(String sql, boolean transactionControl, boolean takesQueryId, boolean asksForQueryId) implements PlannedStatement {

        public Forwarded(final String sql, final boolean transactionControl) {
            this(sql, transactionControl, false, false);
        }

        /** The same statement in other words. */
        public Forwarded with(final String words) {
            return new Forwarded(words, transactionControl, takesQueryId, asksForQueryId);
        }

        /** What it has to do with tables and with the transaction. */
        public TableAccess access() {
            return TableAccess.of(Tokenizer.read(sql).tokens());
        }
    }

    /**
     * The front runs it.
     *
     * @param text as it was written, but for keys and credentials
     */
    record Staged(StagedStatement statement, String text) implements PlannedStatement {
    }

    /**
     * The front has PostgreSQL run several statements in its place.
     *
     * @param tag what the client is told of success
     */
    record Sequence(String tag, List<String> steps, Transaction transaction) implements PlannedStatement {
    }

    /** Nobody runs it. */
    record Refused(SqlError error) implements PlannedStatement {
    }

    /**
     * The text of statements that PostgreSQL runs.
     *
     * @throws ClassCastException when one of them is another's to run
     */
    static String join(final List<PlannedStatement> plans) {
        return plans.stream().map(plan -> ((Forwarded) plan).sql()).collect(Collectors.joining(";\n"));
    }

    /** What a sequence has to do with the transaction that it is in. */
    enum Transaction {
        /** Is part of it, or is one of its own. */
        JOINS,
        /** Commits it. */
        COMMITS,
        /** Does not run in one that others have begun. */
        STANDS_ALONE,
        /** The same, and its steps are no transaction at all: PostgreSQL runs the first of them outside of any. */
        OUTSIDE
    }
}
