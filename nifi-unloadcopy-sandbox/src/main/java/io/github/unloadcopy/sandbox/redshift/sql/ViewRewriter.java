package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * CREATE VIEW: refuses late-binding views by their name, of which PostgreSQL knows nothing. Rules: page CREATE VIEW of the Redshift Database Developer Guide.
 */
final class ViewRewriter implements StatementRewriter {

    private static final List<String> LATE_BINDING = List.of("WITH", "NO", "SCHEMA", "BINDING");

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.get(0).isWord("CREATE") && endsIn(tokens, LATE_BINDING)) {
            throw SqlError.notSupported("Views WITH NO SCHEMA BINDING are not supported by the sandbox");
        }

        return null;
    }

    private static boolean endsIn(final List<Token> tokens, final List<String> words) {
        final int first = tokens.size() - words.size();

        for (int index = 0; index < words.size(); index++) {
            if (first < 0 || !tokens.get(first + index).isWord(words.get(index))) {
                return false;
            }
        }

        return true;
    }
}
