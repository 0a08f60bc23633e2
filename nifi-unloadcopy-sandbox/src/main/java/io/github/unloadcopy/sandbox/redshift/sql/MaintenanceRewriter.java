package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * VACUUM and ANALYZE in Redshift's forms: pages VACUUM and ANALYZE of the Redshift Database Developer Guide.
 */
final class MaintenanceRewriter implements StatementRewriter {

    private static final Set<String> VACUUM_KINDS = Set.of("FULL", "SORT", "DELETE", "ONLY", "REINDEX", "RECLUSTER");

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.get(0).isWord("VACUUM")) {
            return vacuum(tokens);
        }

        if (tokens.get(0).isWord("ANALYZE")) {
            return analyze(tokens);
        }

        return null;
    }

    /** Tables are never rewritten: that would make keys that are only declared enforced ones. */
    private static String vacuum(final List<Token> tokens) {
        final SqlEdit edit = new SqlEdit(tokens);
        int position = 1;
        if (position < tokens.size() && tokens.get(position).isSymbol('(')) {
            throw SqlError.syntax("syntax error at or near \"(\"");
        }

        while (position < tokens.size() && VACUUM_KINDS.contains(tokens.get(position).upper())) {
            position++;
        }

        if (position > 1) {
            edit.remove(1, position);
        }

        for (int index = position; index < tokens.size(); index++) {
            if (tokens.get(index).isWord("TO") || tokens.get(index).isWord("BOOST")) {
                edit.remove(index, tokens.size());
                break;
            }
        }

        return edit.result();
    }

    private static String analyze(final List<Token> tokens) {
        if (tokens.size() > 1 && tokens.get(1).isWord("COMPRESSION")) {
            throw SqlError.notSupported("ANALYZE COMPRESSION is not supported by the sandbox");
        }

        final SqlEdit edit = new SqlEdit(tokens);
        for (int index = 1; index + 1 < tokens.size(); index++) {
            if ((tokens.get(index).isWord("PREDICATE") || tokens.get(index).isWord("ALL")) && tokens.get(index + 1).isWord("COLUMNS")) {
                edit.remove(index, index + 2);
            }
        }

        return edit.result();
    }
}
