package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Set;

/**
 * CREATE TABLE: takes out what says where and how Redshift stores rows, and foreign keys, which Redshift does not enforce; turns types and IDENTITY into PostgreSQL's.
 */
final class CreateTableRewriter implements StatementRewriter {

    private static final Set<String> TABLE_CONSTRAINTS = Set.of("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT", "LIKE");

    @Override
    public String rewrite(final List<Token> tokens) {
        final int afterName = afterName(tokens);
        if (afterName < 0) {
            return null;
        }

        final SqlEdit edit = new SqlEdit(tokens);
        int position = afterName;
        if (position < tokens.size() && tokens.get(position).isSymbol('(')) {
            position = elements(tokens, position, edit);
        }

        tableAttributes(tokens, position, edit);
        return edit.result();
    }

    /** The index after the table's name, or -1 when the statement creates no table. */
    private static int afterName(final List<Token> tokens) {
        int position = 0;
        if (!tokens.get(position).isWord("CREATE")) {
            return -1;
        }

        position++;
        while (isWord(tokens, position, "LOCAL") || isWord(tokens, position, "TEMP") || isWord(tokens, position, "TEMPORARY")) {
            position++;
        }

        if (!isWord(tokens, position, "TABLE")) {
            return -1;
        }

        position++;
        if (isWord(tokens, position, "IF")) {
            position += 3;
        }

        position++;
        while (position < tokens.size() && tokens.get(position).isSymbol('.')) {
            position += 2;
        }

        return position;
    }

    /** Rewrites what is in parentheses; returns the index after them. */
    private static int elements(final List<Token> tokens, final int open, final SqlEdit edit) {
        int depth = 0;
        int start = open + 1;
        for (int position = open; position < tokens.size(); position++) {
            final Token token = tokens.get(position);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            }

            final boolean last = depth == 0;
            if (last || depth == 1 && token.isSymbol(',')) {
                element(tokens, start, position, edit, start == open + 1);
                start = position + 1;
            }

            if (last) {
                return position + 1;
            }
        }

        throw SqlError.syntax("syntax error at end of input in CREATE TABLE");
    }

    private static void element(final List<Token> tokens, final int start, final int end, final SqlEdit edit, final boolean first) {
        if (start >= end) {
            return;
        }

        if (!tokens.get(start).isIdentifier()) {
            return;
        }

        if (tokens.get(start).kind() != Token.Kind.WORD || !TABLE_CONSTRAINTS.contains(tokens.get(start).upper())) {
            new ColumnDefinition(tokens, edit, start, end).rewrite();
        } else if (tokens.get(start).isWord("FOREIGN") || tokens.get(start).isWord("CONSTRAINT") && isWord(tokens, start + 2, "FOREIGN")) {
            if (first) {
                throw SqlError.syntax("syntax error in CREATE TABLE: columns come before constraints");
            }

            // The comma before it goes as well.
            edit.remove(start - 1, end);
        }
    }

    private static void tableAttributes(final List<Token> tokens, final int start, final SqlEdit edit) {
        int position = start;
        while (position < tokens.size() && !tokens.get(position).isWord("AS")) {
            final int end = afterAttribute(tokens, position);
            if (end == position) {
                position++;
            } else {
                edit.remove(position, end);
                position = end;
            }
        }
    }

    /** The index after an attribute of storage that begins here, or the same index when there is none. */
    private static int afterAttribute(final List<Token> tokens, final int position) {
        final Token token = tokens.get(position);
        final int end;
        if (token.isWord("BACKUP") || token.isWord("DISTSTYLE") || token.isWord("ENCODE")) {
            end = position + 2;
        } else if (token.isWord("COMPOUND") || token.isWord("INTERLEAVED")) {
            end = afterParentheses(tokens, position + 2);
        } else if (token.isWord("DISTKEY") || token.isWord("SORTKEY")) {
            end = isWord(tokens, position + 1, "AUTO") ? position + 2 : afterParentheses(tokens, position + 1);
        } else {
            end = position;
        }

        return Math.min(end, tokens.size());
    }

    private static int afterParentheses(final List<Token> tokens, final int open) {
        int position = open;
        while (position < tokens.size() && !tokens.get(position).isSymbol(')')) {
            position++;
        }

        return position + 1;
    }

    private static boolean isWord(final List<Token> tokens, final int position, final String word) {
        return position < tokens.size() && tokens.get(position).isWord(word);
    }
}
