package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * CREATE TABLE: what says where and how Redshift stores rows, and foreign keys, go into a {@link StorageNote}; types and IDENTITY become PostgreSQL's.
 * Rules: pages CREATE TABLE and CREATE TABLE AS of the Redshift Database Developer Guide.
 */
final class CreateTableRewriter implements StatementRewriter {

    private static final String COMMAND = "CREATE TABLE";
    private static final Set<String> CONSTRAINTS = Set.of("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT");
    private static final Set<String> STYLES = Set.of("AUTO", "EVEN", "KEY", "ALL");

    @Override
    public String rewrite(final List<Token> tokens) {
        final int nameStart = nameStart(tokens);
        if (nameStart < 0) {
            return null;
        }

        final ObjectName table = ObjectName.read(tokens, nameStart, COMMAND);
        final SqlEdit edit = new SqlEdit(tokens);
        // A name that begins with # is that of a temporary table.
        if (table.name().startsWith("#") && tokens.get(1).isWord("TABLE")) {
            edit.replace(1, 2, "TEMP TABLE");
        }

        final StorageNote note = new StorageNote(table);
        int position = table.end();
        if (position < tokens.size() && tokens.get(position).isSymbol('(')) {
            position = isQuery(tokens, position) ? TableConstraint.names(tokens, position).end() : elements(tokens, position, edit, note);
        }

        attributes(tokens, position, edit, note);
        final String edited = edit.result();
        return note.comment() + (edited == null ? tokens.get(0).text().substring(tokens.get(0).start(), tokens.get(tokens.size() - 1).end()) : edited);
    }

    /** The index of the table's name, or -1 when the statement creates no table. */
    private static int nameStart(final List<Token> tokens) {
        if (!tokens.get(0).isWord("CREATE")) {
            return -1;
        }

        int position = 1;
        while (isWord(tokens, position, "LOCAL") || isWord(tokens, position, "TEMP") || isWord(tokens, position, "TEMPORARY")) {
            position++;
        }

        if (!isWord(tokens, position, "TABLE")) {
            return -1;
        }

        return isWord(tokens, position + 1, "IF") ? position + 4 : position + 1;
    }

    /** Whether what is in parentheses are the names of the columns of CREATE TABLE AS. */
    private static boolean isQuery(final List<Token> tokens, final int open) {
        final int next = open + 2;
        return next < tokens.size() && tokens.get(open + 1).isIdentifier() && (tokens.get(next).isSymbol(',') || tokens.get(next).isSymbol(')'));
    }

    /** Rewrites what is in parentheses; returns the index after them. */
    private static int elements(final List<Token> tokens, final int open, final SqlEdit edit, final StorageNote note) {
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
                element(tokens, start, position, edit, note);
                start = position + 1;
            }

            if (last) {
                return position + 1;
            }
        }

        throw SqlError.syntax("syntax error at end of input in CREATE TABLE");
    }

    private static void element(final List<Token> tokens, final int start, final int end, final SqlEdit edit, final StorageNote note) {
        if (start >= end || !tokens.get(start).isIdentifier()) {
            throw SqlError.syntax("syntax error in CREATE TABLE: a column or a constraint is missing");
        }

        final String word = tokens.get(start).kind() == Token.Kind.WORD ? tokens.get(start).upper() : "";
        if (word.equals("LIKE")) {
            note.like(ObjectName.read(tokens, start + 1, "LIKE"));
        } else if (CONSTRAINTS.contains(word)) {
            constraint(tokens, start, end, edit, note);
        } else if (word.equals("CHECK") || word.equals("EXCLUDE")) {
            throw SqlError.notSupported(word + " constraints are not supported");
        } else {
            new ColumnDefinition(tokens, edit, start, end, note).rewrite();
        }
    }

    private static void constraint(final List<Token> tokens, final int start, final int end, final SqlEdit edit, final StorageNote note) {
        final TableConstraint foreignKey = TableConstraint.foreignKey(tokens, start);
        if (foreignKey == null) {
            return;
        }

        if (foreignKey.end() != end || !tokens.get(start - 1).isSymbol(',')) {
            throw SqlError.syntax("syntax error in CREATE TABLE: FOREIGN KEY comes after the columns and ends with the columns that it refers to");
        }

        note.reference(foreignKey.name(), foreignKey.columns(), foreignKey.target(), foreignKey.targetColumns());
        // The comma before it goes as well.
        edit.remove(start - 1, end);
    }

    private static void attributes(final List<Token> tokens, final int start, final SqlEdit edit, final StorageNote note) {
        int position = start;
        while (position < tokens.size() && !tokens.get(position).isWord("AS")) {
            final int end = attribute(tokens, position, note);
            edit.remove(position, end);
            position = end;
        }
    }

    /** Reads the attribute that begins here and returns the index after it. */
    private static int attribute(final List<Token> tokens, final int position, final StorageNote note) {
        final String word = upper(tokens, position);
        final String next = upper(tokens, position + 1);
        switch (word) {
            case "BACKUP" -> {
                if (!next.equals("YES") && !next.equals("NO")) {
                    throw unexpected(tokens, position + 1);
                }

                note.backup(next.equals("YES"));
                return position + 2;
            }
            case "DISTSTYLE" -> {
                if (!STYLES.contains(next)) {
                    throw unexpected(tokens, position + 1);
                }

                note.distributionStyle(next.toLowerCase(Locale.ROOT));
                return position + 2;
            }
            case "DISTKEY" -> {
                final TableConstraint.Names names = TableConstraint.names(tokens, position + 1);
                if (names.names().size() > 1) {
                    throw new SqlError(SqlError.INVALID_TABLE, "cannot specify more than one distribution key");
                }

                note.distributionKey(names.names().get(0));
                return names.end();
            }
            case "ENCODE" -> {
                if (!next.equals("AUTO")) {
                    throw unexpected(tokens, position + 1);
                }

                note.encodeAuto();
                return position + 2;
            }
            case "COMPOUND", "INTERLEAVED", "SORTKEY" -> {
                return sortKey(tokens, position, note);
            }
            default -> throw unexpected(tokens, position);
        }
    }

    /** Reads [COMPOUND | INTERLEAVED] SORTKEY (columns) or SORTKEY AUTO, and returns the index after it. */
    static int sortKey(final List<Token> tokens, final int position, final StorageNote note) {
        final boolean styled = !tokens.get(position).isWord("SORTKEY");
        final int keyword = styled ? position + 1 : position;
        if (!isWord(tokens, keyword, "SORTKEY")) {
            throw unexpected(tokens, keyword);
        }

        if (!styled && isWord(tokens, keyword + 1, "AUTO")) {
            note.sortStyle("auto");
            return keyword + 2;
        }

        final TableConstraint.Names names = TableConstraint.names(tokens, keyword + 1);
        note.sortKey(tokens.get(position).isWord("INTERLEAVED") ? "interleaved" : "compound", names.names());
        return names.end();
    }

    private static SqlError unexpected(final List<Token> tokens, final int position) {
        return SqlError.syntax(position < tokens.size() ? "syntax error at or near \"" + tokens.get(position).source() + '"' : "syntax error at end of input");
    }

    private static String upper(final List<Token> tokens, final int position) {
        return position < tokens.size() ? tokens.get(position).upper() : "";
    }

    private static boolean isWord(final List<Token> tokens, final int position, final String word) {
        return position < tokens.size() && tokens.get(position).isWord(word);
    }
}
