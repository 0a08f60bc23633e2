package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * CREATE USER, ALTER USER with options, and CREATE GROUP. Rules: the pages of these statements in the Redshift Database Developer Guide.
 *
 * <p>CREATEUSER makes a superuser of the cluster, which is a PostgreSQL user with CREATEROLE and a member of all users; see {@code pg_internal.keep_superusers}, which is called wherever that may
 * change. No user of the cluster is a superuser of PostgreSQL.
 */
final class UserStatements {

    private static final String KEEP_SUPERUSERS = "SELECT pg_internal.keep_superusers()";
    private static final String CREATE_USER = "CREATE USER";
    private static final String ALTER_USER = "ALTER USER";

    private UserStatements() {
    }

    /**
     * Plans one statement, or returns null when it is another one.
     *
     * @throws SqlError for options that Redshift or the sandbox does not know
     */
    static PlannedStatement plan(final List<Token> tokens, final String sql) {
        if (tokens.size() < 3) {
            return null;
        }

        if (tokens.get(0).isWord("CREATE") && tokens.get(1).isWord("GROUP")) {
            return sequence("CREATE GROUP", sql);
        }

        if (!tokens.get(1).isWord("USER")) {
            return null;
        }

        return switch (tokens.get(0).upper()) {
            case "CREATE" -> create(tokens);
            case "ALTER" -> tokens.size() > 3 && (tokens.get(3).isWord("SET") || tokens.get(3).isWord("RESET") || tokens.get(3).isWord("RENAME")) ? null : alter(tokens);
            default -> null;
        };
    }

    private static PlannedStatement create(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(CREATE_USER, tokens.subList(2, tokens.size()));
        final String name = reader.expectIdentifier("the name of a user");
        reader.acceptWord("WITH");
        final List<String> options = options(reader, true);
        if (options.stream().noneMatch(option -> option.startsWith("PASSWORD"))) {
            throw SqlError.syntax("CREATE USER needs PASSWORD");
        }

        return sequence(CREATE_USER, CREATE_USER + ' ' + Literals.quoteIdentifier(name) + ' ' + String.join(" ", options));
    }

    private static PlannedStatement alter(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(ALTER_USER, tokens.subList(2, tokens.size()));
        final String name = reader.expectIdentifier("the name of a user");
        reader.acceptWord("WITH");
        return sequence(ALTER_USER, ALTER_USER + ' ' + Literals.quoteIdentifier(name) + ' ' + String.join(" ", options(reader, false)));
    }

    private static List<String> options(final TokenReader reader, final boolean creates) {
        final List<String> options = new ArrayList<>();
        while (!reader.atEnd()) {
            final String option = reader.peekKeyword();
            switch (option) {
                case "CREATEDB", "NOCREATEDB" -> options.add(reader.next().upper());
                case "CREATEUSER" -> {
                    reader.next();
                    options.add("CREATEROLE");
                }
                case "NOCREATEUSER" -> {
                    reader.next();
                    options.add("NOCREATEROLE");
                }
                case "PASSWORD" -> {
                    reader.next();
                    options.add("PASSWORD " + (reader.acceptWord("DISABLE") ? "NULL" : Literals.quote(reader.expectString("PASSWORD"))));
                }
                case "VALID" -> {
                    reader.next();
                    reader.expectWord("UNTIL");
                    options.add("VALID UNTIL " + Literals.quote(reader.expectString("VALID UNTIL")));
                }
                case "CONNECTION" -> {
                    reader.next();
                    reader.expectWord("LIMIT");
                    options.add("CONNECTION LIMIT " + (reader.acceptWord("UNLIMITED") ? "-1" : reader.expectNumber("CONNECTION LIMIT")));
                }
                case "IN" -> {
                    if (!creates) {
                        throw reader.unexpected("an option");
                    }

                    reader.next();
                    reader.expectWord("GROUP");
                    options.add("IN GROUP " + groups(reader));
                }
                case "SYSLOG" -> {
                    reader.next();
                    reader.expectWord("ACCESS");
                    if (!reader.acceptWord("RESTRICTED")) {
                        throw SqlError.notSupported("SYSLOG ACCESS UNRESTRICTED is not supported by the sandbox");
                    }
                }
                case "SESSION", "EXTERNALID" -> throw SqlError.notSupported(option + " in CREATE USER and ALTER USER is not supported by the sandbox");
                default -> throw reader.unexpected("an option");
            }
        }

        return options;
    }

    private static String groups(final TokenReader reader) {
        final List<String> names = new ArrayList<>();
        do {
            names.add(Literals.quoteIdentifier(reader.expectIdentifier("the name of a group")));
        } while (reader.acceptSymbol(','));
        return String.join(", ", names);
    }

    private static PlannedStatement sequence(final String tag, final String statement) {
        return new PlannedStatement.Sequence(tag, List.of(statement, KEEP_SUPERUSERS), PlannedStatement.Transaction.JOINS);
    }
}
