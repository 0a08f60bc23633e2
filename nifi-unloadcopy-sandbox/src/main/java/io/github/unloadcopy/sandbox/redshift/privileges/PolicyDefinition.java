package io.github.unloadcopy.sandbox.redshift.privileges;

import io.github.unloadcopy.sandbox.redshift.sql.ColumnType;
import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.Token;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code WITH (column type [, ...]) [[AS] alias] USING (expression [, ...])} of CREATE RLS POLICY and CREATE MASKING POLICY.
 *
 * @param names of the columns
 * @param types of the columns, in PostgreSQL's words
 * @param alias by which expressions name the table, or null
 * @param expressions with the table named as {@link #TARGET}
 * @param source what USING has in its parentheses, as written
 */
record PolicyDefinition(List<String> names, List<String> types, String alias, List<String> expressions, String source) {

    /** Stands for the table that a policy is attached to. */
    static final String TARGET = "\"rls target\"";
    /** The user of the session. */
    private static final String CALLER = "pg_catalog.pg_get_userbyid(pg_internal.caller())";
    /** The alias of policies without one, as real clusters show it. */
    static final String DEFAULT_ALIAS = "rls_table";

    /**
     * Reads a definition to the end of the statement.
     *
     * @param start place of WITH or USING
     * @throws SqlError when it is not valid, or has a subquery
     */
    static PolicyDefinition read(final List<Token> tokens, final int start, final String command) {
        final List<String> names = new ArrayList<>();
        final List<String> types = new ArrayList<>();
        int position = start;
        if (at(tokens, position, "WITH")) {
            position = readColumns(tokens, position + 1, command, names, types);
        }

        String alias = null;
        if (at(tokens, position, "AS")) {
            position++;
        }

        if (!names.isEmpty() && position < tokens.size() && tokens.get(position).isIdentifier() && !at(tokens, position, "USING")) {
            alias = Literals.identifier(tokens.get(position));
            position++;
        }

        if (!at(tokens, position, "USING") || position + 1 >= tokens.size() || !tokens.get(position + 1).isSymbol('(')) {
            throw SqlError.syntax("syntax error in " + command + ": USING (expression) is missing");
        }

        final int close = close(tokens, position + 1, command);
        if (close != tokens.size() - 1) {
            throw Statements.syntaxError(tokens.get(close + 1));
        }

        final List<Token> body = tokens.subList(position + 2, close);
        return new PolicyDefinition(names, types, alias, expressions(body, alias == null ? DEFAULT_ALIAS : alias, command), Statements.source(body, 0, body.size()));
    }

    /** One row of NULLs with the columns, for SQL: what the expressions are checked against. */
    String columnsAsRow() {
        final List<String> columns = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            columns.add("NULL::" + types.get(index) + " AS " + Literals.quoteIdentifier(names.get(index)));
        }

        return "(SELECT " + columns.stream().collect(Collectors.joining(", ")) + ") AS " + TARGET;
    }

    private static boolean at(final List<Token> tokens, final int position, final String word) {
        return position < tokens.size() && tokens.get(position).isWord(word);
    }

    private static int readColumns(final List<Token> tokens, final int open, final String command, final List<String> names, final List<String> types) {
        if (open >= tokens.size() || !tokens.get(open).isSymbol('(')) {
            throw SqlError.syntax("syntax error in " + command + ": the columns of WITH are missing");
        }

        final int close = close(tokens, open, command);
        int position = open + 1;
        while (position < close) {
            if (!tokens.get(position).isIdentifier()) {
                throw Statements.syntaxError(tokens.get(position));
            }

            final String name = Literals.identifier(tokens.get(position));
            final ColumnType type = ColumnType.read(tokens, position + 1, close, name);
            names.add(name);
            types.add(type.sql());
            position = type.end();
            if (position < close && !tokens.get(position).isSymbol(',')) {
                throw Statements.syntaxError(tokens.get(position));
            }

            position++;
        }

        return close + 1;
    }

    private static int close(final List<Token> tokens, final int open, final String command) {
        int depth = 0;
        for (int index = open; index < tokens.size(); index++) {
            if (tokens.get(index).isSymbol('(')) {
                depth++;
            } else if (tokens.get(index).isSymbol(')')) {
                depth--;
                if (depth == 0) {
                    return index;
                }
            }
        }

        throw SqlError.syntax("syntax error at end of input in " + command);
    }

    /** Splits at commas. The user is that of the session: expressions may be evaluated where CURRENT_USER is another. */
    private static List<String> expressions(final List<Token> tokens, final String alias, final String command) {
        final List<String> expressions = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int depth = 0;
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            final boolean beforeDot = index + 1 < tokens.size() && tokens.get(index + 1).isSymbol('.');
            final boolean afterDot = index > 0 && tokens.get(index - 1).isSymbol('.');
            if (token.isWord("SELECT") || token.isWord("TABLE") || token.isWord("VALUES")) {
                throw SqlError.notSupported("Subqueries and lookup tables in " + command + " are not supported by the sandbox");
            }

            depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
            if (depth == 0 && token.isSymbol(',')) {
                expressions.add(current.toString());
                current = new StringBuilder();
            } else {
                final boolean adjacent = index > 0 && tokens.get(index - 1).end() == token.start();
                current.append(adjacent ? "" : " ").append(text(token, beforeDot, afterDot, alias));
            }
        }

        expressions.add(current.toString());
        if (expressions.stream().anyMatch(String::isBlank)) {
            throw SqlError.syntax("syntax error in " + command + ": an expression of USING is missing");
        }

        return expressions;
    }

    private static String text(final Token token, final boolean beforeDot, final boolean afterDot, final String alias) {
        if (!afterDot && beforeDot && token.isIdentifier() && Literals.identifier(token).equals(alias)) {
            return TARGET;
        }

        return !afterDot && !beforeDot && (token.isWord("CURRENT_USER") || token.isWord("USER")) ? CALLER : token.source();
    }
}
