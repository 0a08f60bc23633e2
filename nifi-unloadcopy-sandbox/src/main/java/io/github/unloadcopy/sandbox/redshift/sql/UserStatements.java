package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * CREATE USER, ALTER USER with options, CREATE GROUP, and ALTER GROUP that adds or drops users. Rules: the pages of these statements in the Redshift Database Developer Guide.
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
    static PlannedStatement plan(final List<Token> tokens) {
        if (tokens.size() < 3) {
            return null;
        }

        if (tokens.get(1).isWord("GROUP")) {
            return group(tokens);
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
        final List<String> groups = new ArrayList<>();
        final List<String> further = new ArrayList<>();
        final List<String> options = options(reader, name, groups, further);
        if (options.stream().noneMatch(option -> option.startsWith("PASSWORD"))) {
            throw SqlError.syntax("CREATE USER needs PASSWORD");
        }

        final List<String> steps = new ArrayList<>(List.of(CREATE_USER + ' ' + Literals.quoteIdentifier(name) + ' ' + String.join(" ", options), KEEP_SUPERUSERS));
        groups.forEach(group -> steps.add(change(group, List.of(name), true)));
        steps.addAll(further);
        return sequence(CREATE_USER, steps);
    }

    private static PlannedStatement group(final List<Token> tokens) {
        final boolean creates = tokens.get(0).isWord("CREATE");
        final String command = tokens.get(0).upper() + " GROUP";
        final TokenReader reader = new TokenReader(command, tokens.subList(2, tokens.size()));
        if (!creates && !tokens.get(0).isWord("ALTER")) {
            return null;
        }

        final String name = reader.expectIdentifier("the name of a group");
        final boolean added = creates || reader.acceptWord("ADD");
        if (!added && !reader.acceptWord("DROP")) {
            return null;
        }

        final List<String> steps = new ArrayList<>();
        if (creates) {
            reader.acceptWord("WITH");
            steps.add(command + ' ' + Literals.quoteIdentifier(name));
        }

        steps.add(change(name, creates && reader.atEnd() ? List.of() : users(reader), added));
        return sequence(command, steps);
    }

    private static List<String> users(final TokenReader reader) {
        reader.expectWord("USER");
        final List<String> names = names(reader);
        if (!reader.atEnd()) {
            throw reader.unexpected("the end");
        }

        return names;
    }

    private static String change(final String group, final List<String> users, final boolean added) {
        return "SELECT pg_internal.change_group(" + Literals.quote(group) + ", ARRAY[" + String.join(", ", users.stream().map(Literals::quote).toList()) + "]::text[], " + added + ")";
    }

    private static PlannedStatement alter(final List<Token> tokens) {
        final TokenReader reader = new TokenReader(ALTER_USER, tokens.subList(2, tokens.size()));
        final String name = reader.expectIdentifier("the name of a user");
        reader.acceptWord("WITH");
        final List<String> further = new ArrayList<>();
        final List<String> options = options(reader, name, null, further);
        final List<String> steps = new ArrayList<>();
        if (!options.isEmpty()) {
            steps.addAll(List.of(ALTER_USER + ' ' + Literals.quoteIdentifier(name) + ' ' + String.join(" ", options), KEEP_SUPERUSERS));
        }

        steps.addAll(further);
        return sequence(ALTER_USER, steps);
    }

    /**
     * Reads the options.
     *
     * @param name name of the user
     * @param groups gets those of IN GROUP; null where that is no option
     * @param steps gets statements for options that PostgreSQL does not have
     * @return the others, as PostgreSQL has them
     */
    private static List<String> options(final TokenReader reader, final String name, final List<String> groups, final List<String> steps) {
        final List<String> options = new ArrayList<>();
        String databases = null;
        Boolean superuser = null;
        while (!reader.atEnd()) {
            final String option = reader.peekKeyword();
            switch (option) {
                case "CREATEDB", "NOCREATEDB" -> databases = reader.next().upper();
                case "CREATEUSER" -> {
                    reader.next();
                    superuser = true;
                }
                case "NOCREATEUSER" -> {
                    reader.next();
                    superuser = false;
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
                    if (groups == null) {
                        throw reader.unexpected("an option");
                    }

                    reader.next();
                    reader.expectWord("GROUP");
                    groups.addAll(names(reader));
                }
                case "SYSLOG" -> {
                    reader.next();
                    reader.expectWord("ACCESS");
                    final boolean unrestricted = reader.acceptWord("UNRESTRICTED");
                    if (!unrestricted) {
                        reader.expectWord("RESTRICTED");
                    }

                    steps.add("SELECT pg_internal.change_log_access(" + Literals.quote(name) + ", " + unrestricted + ")");
                }
                case "SESSION", "EXTERNALID" -> throw SqlError.notSupported(option + " in CREATE USER and ALTER USER is not supported by the sandbox");
                default -> throw reader.unexpected("an option");
            }
        }

        if (superuser != null) {
            // Superusers may create databases, whatever else they were given.
            options.add(superuser ? "CREATEROLE CREATEDB" : "NOCREATEROLE " + (databases == null ? "NOCREATEDB" : databases));
        } else if (databases != null) {
            options.add(databases);
        }

        return options;
    }

    private static List<String> names(final TokenReader reader) {
        final List<String> names = new ArrayList<>();
        do {
            names.add(reader.expectIdentifier("a name"));
        } while (reader.acceptSymbol(','));
        return names;
    }

    private static PlannedStatement sequence(final String tag, final List<String> steps) {
        return new PlannedStatement.Sequence(tag, steps, PlannedStatement.Transaction.JOINS);
    }
}
