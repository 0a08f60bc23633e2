package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Refuses statements that PostgreSQL has and Redshift has not, such as LISTEN, DO or CREATE EXTENSION. Source: "SQL commands" of the Redshift Database Developer Guide.
 */
final class KnownStatements {

    private static final Set<String> COMMANDS = Set.of("ABORT", "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "CANCEL", "CLOSE", "COMMENT", "COMMIT", "COPY", "CREATE", "DEALLOCATE", "DECLARE",
            "DELETE", "DESC", "DETACH", "DROP", "END", "EXECUTE", "EXPLAIN", "FETCH", "GRANT", "INSERT", "LOCK", "MERGE", "PREPARE", "REFRESH", "RESET", "REVOKE", "ROLLBACK", "SELECT", "SET",
            "SHOW", "START", "TRUNCATE", "UNDROP", "UNLOAD", "UPDATE", "USE", "VACUUM", "WITH");
    private static final Set<String> CREATED = Set.of("DATABASE", "DATASHARE", "EXTERNAL", "FUNCTION", "GROUP", "IDENTITY", "LIBRARY", "MASKING", "MATERIALIZED", "MODEL", "PROCEDURE", "RLS", "ROLE",
            "SCHEMA", "TABLE", "TEMPLATE", "USER", "VIEW");
    private static final Map<String, Set<String>> OBJECTS = Map.of("CREATE", CREATED, "DROP", CREATED, "ALTER", Set.of("DATABASE", "DATASHARE", "DEFAULT", "EXTERNAL", "FUNCTION", "GROUP", "IDENTITY",
            "MASKING", "MATERIALIZED", "PROCEDURE", "RLS", "ROLE", "SCHEMA", "SYSTEM", "TABLE", "TEMPLATE", "USER"));
    /** Between CREATE and what is created. */
    private static final Set<String> QUALIFIERS = Set.of("OR", "REPLACE", "LOCAL", "TEMP", "TEMPORARY");
    /** Those that run what PostgreSQL's own language can say, and a setting of the whole server. */
    private static final Set<String> UNSUPPORTED = Set.of("CREATE PROCEDURE", "ALTER SYSTEM");

    private KnownStatements() {
    }

    /**
     * Checks one statement.
     *
     * @throws SqlError when it is not Redshift's, or not one that the sandbox supports
     */
    static void check(final List<Token> tokens) {
        final Token first = tokens.getFirst();
        if (first.isSymbol('(')) {
            return;
        }

        final String command = first.upper();
        if (first.kind() != Token.Kind.WORD || !COMMANDS.contains(command)) {
            throw unexpected(first);
        }

        if (command.equals("CALL")) {
            throw SqlError.notSupported("CALL is not supported by the sandbox");
        }

        if (OBJECTS.containsKey(command)) {
            checkObject(command, tokens);
        } else if (command.equals("SET")) {
            checkSet(tokens);
        }
    }

    private static void checkObject(final String command, final List<Token> tokens) {
        int position = 1;
        while (command.equals("CREATE") && position < tokens.size() && QUALIFIERS.contains(tokens.get(position).upper())) {
            position++;
        }

        if (position == tokens.size()) {
            throw SqlError.syntax("syntax error at end of input");
        }

        final String object = tokens.get(position).upper();
        if (!OBJECTS.get(command).contains(object)) {
            throw unexpected(tokens.get(position));
        }

        final String statement = command + ' ' + object;
        if (UNSUPPORTED.contains(statement)) {
            throw SqlError.notSupported(statement + " is not supported by the sandbox");
        }

        if (statement.equals("CREATE FUNCTION")) {
            checkFunction(tokens);
        }
    }

    /** Page CREATE FUNCTION: the body of a function in SQL is one SELECT. Those in Python are not supported. */
    private static void checkFunction(final List<Token> tokens) {
        String body = null;
        String language = null;
        for (int index = 1; index < tokens.size(); index++) {
            if (tokens.get(index - 1).isWord("AS") && tokens.get(index).isString()) {
                body = Literals.value(tokens.get(index));
            } else if (tokens.get(index - 1).isWord("LANGUAGE") && tokens.get(index).isIdentifier()) {
                language = Literals.identifier(tokens.get(index)).toLowerCase(Locale.ROOT);
            }
        }

        if (body == null || !"sql".equals(language)) {
            throw SqlError.notSupported("CREATE FUNCTION is supported by the sandbox for functions in SQL only");
        }

        final Tokenizer.Result read = Tokenizer.read(body);
        final List<Token> content = read.tokens();
        final boolean oneStatement = content.stream().limit(Math.max(0, content.size() - 1)).noneMatch(token -> token.isSymbol(';'));
        if (!read.complete() || content.isEmpty() || !content.getFirst().isWord("SELECT") || !oneStatement) {
            throw SqlError.syntax("The body of a SQL function should be a single SELECT statement");
        }
    }

    /** Roles of Redshift are in force without being chosen: there is no SET ROLE. */
    private static void checkSet(final List<Token> tokens) {
        final int position = tokens.size() > 1 && (tokens.get(1).isWord("SESSION") || tokens.get(1).isWord("LOCAL")) ? 2 : 1;
        if (position < tokens.size() && tokens.get(position).isIdentifier() && Literals.identifier(tokens.get(position)).equalsIgnoreCase("role")) {
            throw unexpected(tokens.get(position));
        }
    }

    private static SqlError unexpected(final Token token) {
        return SqlError.syntax("syntax error at or near " + (token.isString() ? "a literal" : '"' + token.source() + '"'));
    }
}
