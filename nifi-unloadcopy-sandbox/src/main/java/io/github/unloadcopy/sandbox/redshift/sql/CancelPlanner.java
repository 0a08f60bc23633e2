package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * {@code CANCEL process_id ['message']}: page CANCEL of the Redshift Database Developer Guide. The message is what the session of the cancelled statement is told.
 */
final class CancelPlanner {

    private static final String PROCESS_ID = "\\d{1,9}";
    private static final int WITH_MESSAGE = 3;

    private CancelPlanner() {
    }

    /**
     * Plans one statement, or returns null when it is another.
     *
     * @throws SqlError when it is not valid
     */
    static PlannedStatement plan(final List<Token> tokens) {
        if (!tokens.getFirst().isWord("CANCEL")) {
            return null;
        }

        if (tokens.size() == 1) {
            throw SqlError.syntax("syntax error at end of input");
        }

        if (!tokens.get(1).source().matches(PROCESS_ID)) {
            throw syntaxError(tokens.get(1));
        }

        if (tokens.size() >= WITH_MESSAGE && !tokens.get(2).isString()) {
            throw syntaxError(tokens.get(2));
        }

        if (tokens.size() > WITH_MESSAGE) {
            throw syntaxError(tokens.get(WITH_MESSAGE));
        }

        final String message = tokens.size() < WITH_MESSAGE ? "NULL" : Literals.quote(Literals.printable("CANCEL", Literals.value(tokens.get(2))));
        final String processId = tokens.get(1).source();
        return new PlannedStatement.Sequence("CANCEL", List.of("SELECT pg_internal.announce_cancel(" + processId + ", " + message + ")", "SELECT pg_internal.cancel(" + processId + ")"),
                PlannedStatement.Transaction.JOINS);
    }

    private static SqlError syntaxError(final Token token) {
        return SqlError.syntax("syntax error at or near \"" + token.source() + '"');
    }
}
