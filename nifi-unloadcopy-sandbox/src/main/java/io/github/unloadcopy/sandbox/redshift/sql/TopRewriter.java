package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * SELECT TOP, which is LIMIT in another place. Rules: page "SELECT list" of the Redshift Database Developer Guide.
 */
final class TopRewriter implements StatementRewriter {

    private static final Set<String> SET_OPERATORS = Set.of("UNION", "INTERSECT", "EXCEPT", "MINUS");

    @Override
    public String rewrite(final List<Token> tokens) {
        final List<Change> changes = new ArrayList<>();
        for (int index = 0; index + 2 < tokens.size(); index++) {
            if (isTop(tokens, index + 1)) {
                final String number = tokens.get(index + 2).source();
                final int end = end(tokens, index);
                changes.add(new Change(index + 1, index + 3, ""));
                changes.add(new Change(end, end + 1, tokens.get(end).source() + " LIMIT " + number));
            }
        }

        if (changes.isEmpty()) {
            return null;
        }

        changes.sort(Comparator.comparingInt(Change::first));
        final SqlEdit edit = new SqlEdit(tokens);
        changes.forEach(change -> edit.replace(change.first(), change.end(), change.text()));
        return edit.result();
    }

    /** Whether a token is TOP of SELECT TOP; nothing else has a number there. */
    static boolean isTop(final List<Token> tokens, final int position) {
        return position > 0 && position + 1 < tokens.size() && tokens.get(position - 1).isWord("SELECT") && tokens.get(position).isWord("TOP")
                && (tokens.get(position + 1).kind() == Token.Kind.NUMBER || tokens.get(position + 1).kind() == Token.Kind.PARAMETER);
    }

    /** The last token of the query that begins at {@code select}. */
    private static int end(final List<Token> tokens, final int select) {
        if (select > 0 && (SET_OPERATORS.contains(tokens.get(select - 1).upper()) || tokens.get(select - 1).isWord("ALL"))) {
            throw inSet();
        }

        int depth = 0;
        for (int index = select; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            }

            if (depth < 0) {
                return index - 1;
            } else if (depth == 0 && token.isWord("LIMIT")) {
                throw SqlError.syntax("syntax error at or near \"" + token.source() + "\": TOP and LIMIT cannot be used in the same query");
            } else if (depth == 0 && SET_OPERATORS.contains(token.upper())) {
                throw inSet();
            }
        }

        return tokens.size() - 1;
    }

    private static SqlError inSet() {
        return SqlError.notSupported("SELECT TOP in a query of UNION, INTERSECT or EXCEPT is not supported by the sandbox");
    }

    /**
     * Tokens that are exchanged.
     */
    private record Change(int first, int end, String text) {
    }
}
