package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * The queries of the Redshift driver's DatabaseMetaData. They use names of the select list in WHERE and further on in the list, which PostgreSQL does not know, and ask for the columns of
 * late-binding views, which the sandbox does not have.
 */
final class DriverMetadataRewriter implements StatementRewriter {

    @Override
    public String rewrite(final List<Token> tokens) {
        if (!tokens.get(0).isWord("SELECT")) {
            return null;
        }

        final boolean tables = hasSequence(tokens, "n", ".", "nspname", "AS", "TABLE_SCHEM") && hasSequence(tokens, "c", ".", "relname", "AS", "TABLE_NAME");
        final SqlEdit edit = new SqlEdit(tokens);
        for (int index = 0; index < tokens.size(); index++) {
            if (tables && index + 1 < tokens.size() && tokens.get(index + 1).isWord("LIKE")) {
                unalias(tokens, index, edit);
            } else if (isSequence(tokens, index, "END", "AS", "IS_AUTOINCREMENT", ",", "IS_AUTOINCREMENT", "AS", "IS_GENERATEDCOLUMN")) {
                generated(tokens, index, edit);
            } else if (isSequence(tokens, index, "UNION", "ALL") && isLateBinding(tokens, index)) {
                edit.remove(index, tokens.size());
                break;
            }
        }

        return edit.result();
    }

    private static void unalias(final List<Token> tokens, final int index, final SqlEdit edit) {
        if (tokens.get(index).isWord("TABLE_SCHEM")) {
            edit.replace(index, index + 1, "n.nspname");
        } else if (tokens.get(index).isWord("TABLE_NAME")) {
            edit.replace(index, index + 1, "c.relname");
        }
    }

    /** Repeats the expression that the name stands for; an identity column is marked elsewhere in PostgreSQL's catalog. */
    private static void generated(final List<Token> tokens, final int end, final SqlEdit edit) {
        int start = end;
        while (!tokens.get(start).isWord("CASE")) {
            start--;
        }

        if (hasSequence(tokens.subList(start, end), "def", ".", "adbin")) {
            final String expression = "CASE WHEN a.attidentity <> '' THEN 'YES' ELSE 'NO' END";
            edit.replace(start, end + 7, expression + " AS IS_AUTOINCREMENT, " + expression + " AS IS_GENERATEDCOLUMN");
        } else {
            final String expression = tokens.get(0).text().substring(tokens.get(start).start(), tokens.get(end).end());
            edit.replace(end + 4, end + 5, expression);
        }
    }

    private static boolean isLateBinding(final List<Token> tokens, final int from) {
        return tokens.subList(from, tokens.size()).stream().anyMatch(token -> token.isWord("pg_get_late_binding_view_cols"));
    }

    private static boolean hasSequence(final List<Token> tokens, final String... words) {
        for (int index = 0; index < tokens.size(); index++) {
            if (isSequence(tokens, index, words)) {
                return true;
            }
        }

        return false;
    }

    private static boolean isSequence(final List<Token> tokens, final int start, final String... words) {
        if (start + words.length > tokens.size()) {
            return false;
        }

        for (int index = 0; index < words.length; index++) {
            if (!tokens.get(start + index).source().equalsIgnoreCase(words[index])) {
                return false;
            }
        }

        return true;
    }
}
