package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * MERGE: PostgreSQL's has more than Redshift's, so this checks that a statement has no more than that. Rules: page MERGE of the Redshift Database Developer Guide.
 */
final class MergeRewriter implements StatementRewriter {

    private static final String COMMAND = "MERGE";

    @Override
    public String rewrite(final List<Token> tokens) {
        if (!tokens.get(0).isWord(COMMAND)) {
            return null;
        }

        final int matched = when(tokens, 0);
        if (matched < 0) {
            final boolean duplicates = tokens.stream().anyMatch(token -> token.isWord("REMOVE"));
            throw duplicates ? SqlError.notSupported("MERGE ... REMOVE DUPLICATES is not supported by the sandbox") : missing("WHEN MATCHED THEN");
        }

        checkTarget(tokens);
        final int notMatched = when(tokens, matched + 1);
        expect(tokens, matched, "WHEN", "MATCHED", "THEN");
        if (notMatched < 0) {
            throw missing("WHEN NOT MATCHED THEN");
        }

        expect(tokens, notMatched, "WHEN", "NOT", "MATCHED", "THEN", "INSERT");
        final Token action = tokens.get(matched + 3);
        if (!action.isWord("UPDATE") && !action.isWord("DELETE")) {
            throw SqlError.syntax("syntax error at or near \"" + action.source() + '"');
        }

        if (when(tokens, notMatched + 1) >= 0 || tokens.subList(notMatched, tokens.size()).stream().anyMatch(token -> token.isWord("RETURNING"))) {
            throw SqlError.syntax("syntax error in MERGE: it has one WHEN MATCHED and one WHEN NOT MATCHED");
        }

        return null;
    }

    /** The target has no alias. */
    private static void checkTarget(final List<Token> tokens) {
        final int start = tokens.get(1).isWord("INTO") ? 2 : 1;
        final ObjectName target = ObjectName.read(tokens, start, COMMAND);
        if (target.end() >= tokens.size() || !tokens.get(target.end()).isWord("USING")) {
            throw missing("USING");
        }
    }

    /** The next WHEN that belongs to no CASE and no query in parentheses, or -1. */
    private static int when(final List<Token> tokens, final int start) {
        int depth = 0;
        for (int index = start; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            if (token.isSymbol('(') || token.isWord("CASE")) {
                depth++;
            } else if (token.isSymbol(')') || token.isWord("END")) {
                depth--;
            } else if (depth == 0 && token.isWord("WHEN")) {
                return index;
            }
        }

        return -1;
    }

    private static void expect(final List<Token> tokens, final int start, final String... words) {
        for (int index = 0; index < words.length; index++) {
            if (start + index >= tokens.size() || !tokens.get(start + index).isWord(words[index])) {
                throw missing(String.join(" ", words));
            }
        }
    }

    private static SqlError missing(final String words) {
        return SqlError.syntax("syntax error in MERGE: " + words + " is missing");
    }
}
