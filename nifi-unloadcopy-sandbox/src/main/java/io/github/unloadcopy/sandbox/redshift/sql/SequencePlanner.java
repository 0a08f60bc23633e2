package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * Statements whose transactions are not PostgreSQL's. Rules: pages TRUNCATE, LOCK and ALTER TABLE of the Redshift Database Developer Guide.
 */
final class SequencePlanner {

    private static final String ALTER_TABLE = "ALTER TABLE";

    private SequencePlanner() {
    }

    /** Plans one statement, or returns null when it is an ordinary one. */
    static PlannedStatement plan(final List<Token> tokens, final String sql) {
        if (tokens.get(0).isWord("TRUNCATE")) {
            return truncate(tokens);
        }

        if (tokens.get(0).isWord("LOCK")) {
            return lock(tokens);
        }

        final PlannedStatement database = DatabaseStatements.plan(tokens);
        if (database != null) {
            return database;
        }

        final PlannedStatement user = UserStatements.plan(tokens);
        if (user != null) {
            return user;
        }

        if (isAlterOwner(tokens)) {
            return alterOwner(tokens);
        }

        return isAlterColumnType(tokens) ? new PlannedStatement.Sequence(ALTER_TABLE, List.of(sql), PlannedStatement.Transaction.STANDS_ALONE) : null;
    }

    /** TRUNCATE builds indexes anew, so that keys would be enforced. */
    private static PlannedStatement truncate(final List<Token> tokens) {
        final ObjectName table = names("TRUNCATE", tokens, false).get(0);
        final String forget = "SELECT pg_internal.forget_keys(pg_internal.resolve(" + Literals.quote(table.quoted()) + "))";
        return new PlannedStatement.Sequence("TRUNCATE TABLE", List.of("TRUNCATE TABLE " + table.quoted(), forget), PlannedStatement.Transaction.COMMITS);
    }

    /** Outside of a transaction it is of no use, but no error either. */
    private static PlannedStatement lock(final List<Token> tokens) {
        final List<String> names = names("LOCK", tokens, true).stream().map(ObjectName::quoted).toList();
        return new PlannedStatement.Sequence("LOCK TABLE", List.of("LOCK TABLE " + String.join(", ", names) + " IN ACCESS EXCLUSIVE MODE"), PlannedStatement.Transaction.JOINS);
    }

    private static List<ObjectName> names(final String command, final List<Token> tokens, final boolean several) {
        final List<ObjectName> names = new ArrayList<>();
        int position = tokens.size() > 1 && tokens.get(1).isWord("TABLE") ? 1 : 0;
        do {
            names.add(ObjectName.read(tokens, position + 1, command));
            position = names.get(names.size() - 1).end();
        } while (several && position < tokens.size() && tokens.get(position).isSymbol(','));

        if (position < tokens.size()) {
            throw SqlError.syntax("syntax error at or near \"" + tokens.get(position).source() + '"');
        }

        return names;
    }

    private static boolean isAlterOwner(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(0).isWord("ALTER") || !tokens.get(1).isWord("TABLE")) {
            return false;
        }

        final int action = ObjectName.read(tokens, 2, ALTER_TABLE).end();
        return action + 3 == tokens.size() && tokens.get(action).isWord("OWNER") && tokens.get(action + 1).isWord("TO") && tokens.get(action + 2).isIdentifier();
    }

    /** For superusers, see {@code pg_internal.change_owner}. */
    private static PlannedStatement alterOwner(final List<Token> tokens) {
        final String change = "SELECT pg_internal.change_owner(pg_internal.resolve(" + Literals.quote(ObjectName.read(tokens, 2, ALTER_TABLE).quoted()) + "), "
                + Literals.quote(Literals.identifier(tokens.getLast())) + ")";
        return new PlannedStatement.Sequence(ALTER_TABLE, List.of(change), PlannedStatement.Transaction.JOINS);
    }

    private static boolean isAlterColumnType(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(0).isWord("ALTER") || !tokens.get(1).isWord("TABLE")) {
            return false;
        }

        final int action = ObjectName.read(tokens, 2, ALTER_TABLE).end();
        return action + 3 < tokens.size() && tokens.get(action).isWord("ALTER") && tokens.get(action + 1).isWord("COLUMN") && tokens.get(action + 3).isWord("TYPE");
    }
}
