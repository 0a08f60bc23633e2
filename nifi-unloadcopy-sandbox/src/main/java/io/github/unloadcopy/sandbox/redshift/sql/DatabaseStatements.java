package io.github.unloadcopy.sandbox.redshift.sql;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * CREATE DATABASE and ALTER DATABASE with Redshift's options. Rules: the pages of these statements in the Redshift Database Developer Guide; those about who may change the level, and when, are in
 * {@code pg_internal.alter_isolation_level}.
 */
final class DatabaseStatements {

    private static final String CREATE = "CREATE DATABASE";
    private static final String ALTER = "ALTER DATABASE";

    private final TokenReader reader;
    private String owner;
    private String connectionLimit;
    private IsolationLevel level;

    private DatabaseStatements(final TokenReader reader) {
        this.reader = reader;
    }

    /**
     * Plans one statement, or returns null when it is another one.
     *
     * @throws SqlError for options that the sandbox or Redshift does not know
     */
    static PlannedStatement plan(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(1).isWord("DATABASE")) {
            return null;
        }

        return switch (tokens.get(0).upper()) {
            case "CREATE" -> create(tokens);
            case "ALTER" -> tokens.size() > 3 && (tokens.get(3).isWord("RENAME") || tokens.get(3).isWord("OWNER")) ? null : alter(tokens);
            default -> null;
        };
    }

    private static PlannedStatement create(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(CREATE, tokens.subList(2, tokens.size()));
        final String name = reader.expectIdentifier("the name of a database");
        reader.acceptWord("WITH");
        final DatabaseStatements options = new DatabaseStatements(reader);
        options.read(true);
        final List<String> steps = new ArrayList<>();
        steps.add(CREATE + " " + Literals.quoteIdentifier(name) + (options.owner == null ? "" : " OWNER " + Literals.quoteIdentifier(options.owner))
                + (options.connectionLimit == null ? "" : " CONNECTION LIMIT " + options.connectionLimit));
        if (options.level != null) {
            steps.add(alterLevel(name, options.level));
        }

        return new PlannedStatement.Sequence(CREATE, steps, PlannedStatement.Transaction.OUTSIDE);
    }

    private static PlannedStatement alter(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(ALTER, tokens.subList(2, tokens.size()));
        final String name = reader.expectIdentifier("the name of a database");
        final DatabaseStatements options = new DatabaseStatements(reader);
        options.read(false);
        final List<String> steps = new ArrayList<>();
        if (options.connectionLimit != null) {
            steps.add(ALTER + " " + Literals.quoteIdentifier(name) + " CONNECTION LIMIT " + options.connectionLimit);
        }

        if (options.level != null) {
            steps.add(alterLevel(name, options.level));
        }

        return new PlannedStatement.Sequence(ALTER, steps, options.level == null ? PlannedStatement.Transaction.JOINS : PlannedStatement.Transaction.STANDS_ALONE);
    }

    private static String alterLevel(final String database, final IsolationLevel level) {
        return "SELECT pg_internal.alter_isolation_level(" + Literals.quote(database) + ", " + Literals.quote(level.settingValue()) + ")";
    }

    /** The options come in any order here, each of them once. */
    private void read(final boolean creates) {
        while (!reader.atEnd()) {
            final String option = reader.peekKeyword();
            switch (option) {
                case "OWNER" -> {
                    if (!creates || owner != null) {
                        throw reader.unexpected("an option");
                    }

                    reader.next();
                    reader.acceptSymbol('=');
                    owner = reader.expectIdentifier("the name of a user");
                }
                case "CONNECTION" -> {
                    reader.next();
                    reader.expectWord("LIMIT");
                    connectionLimit = reader.acceptWord("UNLIMITED") ? "-1" : Long.toString(reader.expectNumber("CONNECTION LIMIT"));
                }
                case "COLLATE" -> {
                    reader.next();
                    final String collation = reader.expectIdentifier("a collation").toUpperCase(Locale.ROOT);
                    if (!collation.equals("CASE_SENSITIVE") && !collation.equals("CS")) {
                        throw SqlError.notSupported("COLLATE " + collation + " is not supported by the sandbox");
                    }
                }
                case "ISOLATION" -> {
                    reader.next();
                    reader.expectWord("LEVEL");
                    level = readLevel();
                }
                case "FROM", "INTEGRATION", "IAM_ROLE", "SET" -> throw SqlError.notSupported(option + " in CREATE DATABASE and ALTER DATABASE is not supported by the sandbox");
                default -> throw reader.unexpected("an option");
            }
        }
    }

    private IsolationLevel readLevel() {
        if (reader.acceptWord("SNAPSHOT")) {
            return IsolationLevel.SNAPSHOT;
        }

        reader.expectWord("SERIALIZABLE");
        return IsolationLevel.SERIALIZABLE;
    }
}
