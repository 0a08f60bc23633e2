package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * EXPLAIN, whose plan names the scans of protected tables "RLS SecureScan" and leaves out the conditions of their policies. Rules: page EXPLAIN of the Redshift Database Developer Guide.
 */
final class ExplainRewriter implements StatementRewriter {

    @Override
    public String rewrite(final List<Token> tokens) {
        if (!tokens.getFirst().isWord("EXPLAIN")) {
            return null;
        }

        final boolean verbose = tokens.size() > 1 && tokens.get(1).isWord("VERBOSE");
        final int first = verbose ? 2 : 1;
        // PostgreSQL has ANALYZE and options in parentheses as well.
        if (first >= tokens.size() || !tokens.get(first).isWord("SELECT") && !tokens.get(first).isWord("WITH")) {
            throw SqlError.notSupported("EXPLAIN of anything but a SELECT is not supported by the sandbox");
        }

        final String query = tokens.getFirst().text().substring(tokens.get(first).start(), tokens.getLast().end());
        return "SELECT line AS \"QUERY PLAN\" FROM pg_internal.explain(" + Literals.quote(query) + ", " + verbose + ") line";
    }
}
