package io.github.unloadcopy.redshift;

import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.Tokens;

import java.util.List;
import java.util.Set;

/**
 * A query from a configuration, a property or an attribute, which is proven to be one SELECT and nothing else, so that in parentheses it stays a part of the statement around it: one statement,
 * every quote and parenthesis closed, no INTO. It is written anew from its tokens, without comments and without the semicolons at its end.
 * <p>
 * UNLOAD takes no LIMIT in its outer SELECT and asks to nest it (Database Developer Guide, "UNLOAD", select-statement). A query is always nested here, so it may have LIMIT and TOP; it may begin
 * with WITH, which subqueries may have (page "WITH clause").
 *
 * @param sql the query as it was written anew
 */
record SelectQuery(String sql) {
    private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

    /**
     * Reads a query.
     *
     * @param text the query
     * @throws IllegalArgumentException when it is anything else than one SELECT; the message follows the name of what holds the query
     */
    static SelectQuery parse(final String text) {
        final List<Token> read = Tokens.read(text);
        int end = read.size();

        while (end > 0 && read.get(end - 1).isSymbol(';')) {
            end--;
        }

        final List<Token> tokens = read.subList(0, end);

        if (tokens.isEmpty() || !tokens.getFirst().isWord("SELECT") && !tokens.getFirst().isWord("WITH")) {
            throw new IllegalArgumentException("has to be a query: one statement that begins with SELECT or WITH");
        }

        for (int index = 0; index < tokens.size(); index++) {
            requireAllowed(tokens, index);
        }

        Tokens.requireBalanced(tokens);
        return new SelectQuery(Tokens.write(tokens));
    }

    private static void requireAllowed(final List<Token> tokens, final int index) {
        final Token token = tokens.get(index);

        if (token.isSymbol(';')) {
            throw new IllegalArgumentException("has more than one statement: only one SELECT is unloaded, and a semicolon may stand at its end only");
        }

        if (token.isWord("INTO")) {
            throw new IllegalArgumentException("has INTO, which would create a table instead of giving rows: remove it; a column of that name goes into double quotes");
        }

        if (token.isSymbol('{') || token.isSymbol('}')) {
            throw new IllegalArgumentException("has a brace outside of quotes, which is not part of Redshift's SQL: remove it");
        }

        if (token.kind() == Token.Kind.QUOTED && token.text().indexOf('\\') >= 0) {
            throw new IllegalArgumentException("has a backslash in a name, which cannot be written into UNLOAD in one way only: select from a view that renames the column or table");
        }

        if (index + 2 < tokens.size() && token.isSymbol('(') && CHANGES.stream().anyMatch(tokens.get(index + 1)::isWord) && tokens.get(index + 2).isName()) {
            throw new IllegalArgumentException("has %s in a subquery: only queries are allowed there".formatted(tokens.get(index + 1).text()));
        }
    }
}
