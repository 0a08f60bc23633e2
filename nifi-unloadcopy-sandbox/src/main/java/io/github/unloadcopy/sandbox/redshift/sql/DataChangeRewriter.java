package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * INSERT, UPDATE and DELETE: what PostgreSQL has beyond Redshift is refused, so that nobody comes to rely on it.
 */
final class DataChangeRewriter implements StatementRewriter {

    private static final Set<String> COMMANDS = Set.of("INSERT", "UPDATE", "DELETE");

    @Override
    public String rewrite(final List<Token> tokens) {
        if (!COMMANDS.contains(tokens.get(0).upper())) {
            return null;
        }

        for (int index = 1; index < tokens.size(); index++) {
            final boolean qualified = tokens.get(index - 1).isSymbol('.');
            final boolean conflict = tokens.get(index).isWord("ON") && index + 1 < tokens.size() && tokens.get(index + 1).isWord("CONFLICT");
            if (!qualified && (conflict || tokens.get(index).isWord("RETURNING"))) {
                throw SqlError.syntax("syntax error at or near \"" + tokens.get(index).source() + '"');
            }
        }

        return null;
    }
}
