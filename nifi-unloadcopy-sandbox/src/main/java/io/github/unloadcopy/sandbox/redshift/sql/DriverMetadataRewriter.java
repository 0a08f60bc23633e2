package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;

/**
 * The queries of the Redshift driver's DatabaseMetaData. They use names of the select list in WHERE and further on in the list, which PostgreSQL does not know, and ask for the columns of
 * late-binding views, which the sandbox does not have.
 */
final class DriverMetadataRewriter implements StatementRewriter {

    private static final String[] DEFAULT_VALUE = {"pg_catalog", ".", "pg_get_expr", "(", "def", ".", "adbin", ",", "def", ".", "adrelid", ")"};
    /** Says of identity columns what Redshift says, too. */
    private static final String COLUMN_DEFAULT = "pg_internal.column_default(a.attrelid, a.attnum, a.attidentity)";

    @Override
    public String rewrite(final List<Token> tokens) {
        if (!tokens.get(0).isWord("SELECT")) {
            return null;
        }

        final boolean tables = hasSequence(tokens, "n", ".", "nspname", "AS", "TABLE_SCHEM") && hasSequence(tokens, "c", ".", "relname", "AS", "TABLE_NAME");
        final boolean columns = hasSequence(tokens, "IS_AUTOINCREMENT", "AS", "IS_GENERATEDCOLUMN");
        final SqlEdit edit = new SqlEdit(tokens);
        for (int index = 0; index < tokens.size(); index++) {
            if (tables && index + 1 < tokens.size() && tokens.get(index + 1).isWord("LIKE")) {
                unalias(tokens, index, edit);
            } else if (tables && isSequence(tokens, index, "c", ".", "relnamespace", "=", "n", ".", "oid") && !columns) {
                // Identity columns have no sequences in Redshift.
                edit.replace(index, index + 7, "c.relnamespace = n.oid AND c.relkind <> 'S'");
                index += 6;
            } else if (columns && isSequence(tokens, index, DEFAULT_VALUE)) {
                edit.replace(index, index + DEFAULT_VALUE.length, COLUMN_DEFAULT);
                index += DEFAULT_VALUE.length - 1;
            } else if (columns && isSequence(tokens, index, "IS_AUTOINCREMENT", "AS", "IS_GENERATEDCOLUMN")) {
                edit.replace(index, index + 1, generated(tokens, index));
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

    /** The expression that the name before the comma stands for. */
    private static String generated(final List<Token> tokens, final int name) {
        int start = name - 1;
        while (start >= 0 && !tokens.get(start).isWord("CASE")) {
            start--;
        }

        if (start < 0) {
            return tokens.get(name).source();
        }

        // CASE ... END AS IS_AUTOINCREMENT ,
        final String expression = tokens.get(0).text().substring(tokens.get(start).start(), tokens.get(name - 4).end());
        return expression.replace("pg_catalog.pg_get_expr(def.adbin, def.adrelid)", COLUMN_DEFAULT);
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
