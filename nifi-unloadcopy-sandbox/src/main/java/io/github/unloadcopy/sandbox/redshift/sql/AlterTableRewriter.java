package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * ALTER TABLE. Rules: page ALTER TABLE of the Redshift Database Developer Guide. What only concerns how rows are stored becomes a statement that changes nothing but needs the same rights,
 * with a {@link StorageNote}.
 */
final class AlterTableRewriter implements StatementRewriter {

    private static final String COMMAND = "ALTER TABLE";
    /** What a column gets with its table only. */
    private static final Set<String> NOT_ADDED = Set.of("UNIQUE", "PRIMARY", "REFERENCES", "IDENTITY", "GENERATED", "DISTKEY", "SORTKEY");
    private static final Set<String> CONSTRAINTS = Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN");

    @Override
    public String rewrite(final List<Token> tokens) {
        if (tokens.size() < 3 || !tokens.get(0).isWord("ALTER") || !tokens.get(1).isWord("TABLE")) {
            return null;
        }

        final ObjectName table = ObjectName.read(tokens, 2, COMMAND);
        final TokenReader reader = new TokenReader(COMMAND, tokens.subList(table.end(), tokens.size()));
        final Token action = reader.next();
        return switch (action.upper()) {
            case "ADD" -> add(tokens, table);
            case "ALTER" -> alter(tokens, table);
            case "DROP", "RENAME" -> null;
            case "OWNER" -> null;
            case "APPEND" -> throw SqlError.notSupported("ALTER TABLE APPEND is not supported by the sandbox");
            default -> throw SqlError.syntax("syntax error at or near \"" + action.source() + '"');
        };
    }

    private static String add(final List<Token> tokens, final ObjectName table) {
        final int next = table.end() + 1;
        final StorageNote note = new StorageNote(table);
        if (next < tokens.size() && CONSTRAINTS.contains(tokens.get(next).upper())) {
            constraint(tokens, next, note);
            return unchanged(table, note);
        }

        final int column = next < tokens.size() && tokens.get(next).isWord("COLUMN") ? next + 1 : next;
        if (column >= tokens.size() || !tokens.get(column).isIdentifier()) {
            throw SqlError.syntax("syntax error at end of input in ALTER TABLE ADD");
        }

        checkColumn(tokens.subList(column + 1, tokens.size()));
        final SqlEdit edit = new SqlEdit(tokens);
        new ColumnDefinition(tokens, edit, column, tokens.size(), note).rewrite();
        return note.comment() + edit.result();
    }

    private static void checkColumn(final List<Token> definition) {
        int depth = 0;
        boolean hasDefault = false;
        boolean notNull = false;
        for (int index = 0; index < definition.size(); index++) {
            final Token token = definition.get(index);
            if (token.isSymbol('(')) {
                depth++;
            } else if (token.isSymbol(')')) {
                depth--;
            } else if (depth == 0 && token.kind() == Token.Kind.WORD && NOT_ADDED.contains(token.upper())) {
                throw SqlError.notSupported("ALTER TABLE ADD COLUMN does not support " + token.upper());
            }

            hasDefault |= token.isWord("DEFAULT");
            notNull |= token.isWord("NULL") && definition.get(Math.max(0, index - 1)).isWord("NOT");
        }

        if (notNull && !hasDefault) {
            throw SqlError.notSupported("ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression");
        }
    }

    private static void constraint(final List<Token> tokens, final int start, final StorageNote note) {
        final TableConstraint foreignKey = TableConstraint.foreignKey(tokens, start);
        if (foreignKey != null) {
            requireEnd(tokens, foreignKey.end());
            note.reference(foreignKey.name(), foreignKey.columns(), foreignKey.target(), foreignKey.targetColumns());
            return;
        }

        final TokenReader reader = new TokenReader(COMMAND, tokens.subList(start, tokens.size()));
        final String name = reader.acceptWord("CONSTRAINT") ? reader.expectIdentifier("the constraint's name") : null;
        final boolean primary = reader.acceptWord("PRIMARY");
        reader.expectWord(primary ? "KEY" : "UNIQUE");
        final TableConstraint.Names columns = TableConstraint.names(tokens, place(tokens, reader));
        requireEnd(tokens, columns.end());
        note.key(name, primary ? "p" : "u", columns.names());
    }

    private static String alter(final List<Token> tokens, final ObjectName table) {
        final StorageNote note = new StorageNote(table);
        final int next = table.end() + 1;
        final TokenReader reader = new TokenReader(COMMAND, tokens.subList(next, tokens.size()));
        final Token object = reader.next();
        switch (object.upper()) {
            case "DISTKEY" -> {
                note.distributionStyle("key");
                note.distributionKey(reader.expectIdentifier("a column"));
            }
            case "DISTSTYLE" -> distributionStyle(reader, note);
            case "COMPOUND" -> requireEnd(tokens, CreateTableRewriter.sortKey(tokens, next, note));
            case "SORTKEY" -> sortKey(tokens, next, note);
            case "ENCODE" -> {
                reader.expectWord("AUTO");
                note.encodeAuto();
            }
            case "COLUMN" -> column(tokens, reader, note);
            default -> throw SqlError.syntax("syntax error at or near \"" + object.source() + '"');
        }

        return unchanged(table, note);
    }

    private static int place(final List<Token> tokens, final TokenReader reader) {
        if (reader.atEnd()) {
            throw reader.unexpected("more");
        }

        return tokens.indexOf(reader.peek());
    }

    private static void distributionStyle(final TokenReader reader, final StorageNote note) {
        final String style = reader.next().upper();
        switch (style) {
            case "ALL", "EVEN", "AUTO" -> note.distributionStyle(style.toLowerCase(Locale.ROOT));
            case "KEY" -> {
                reader.expectWord("DISTKEY");
                note.distributionStyle("key");
                note.distributionKey(reader.expectIdentifier("a column"));
            }
            default -> throw SqlError.syntax("syntax error at or near \"" + style + '"');
        }
    }

    private static void sortKey(final List<Token> tokens, final int position, final StorageNote note) {
        if (position + 1 < tokens.size() && tokens.get(position + 1).isWord("NONE")) {
            note.sortStyle("none");
            requireEnd(tokens, position + 2);
        } else {
            requireEnd(tokens, CreateTableRewriter.sortKey(tokens, position, note));
        }
    }

    /** ALTER COLUMN: one change of a type, or encodings of one or more columns. */
    private static void column(final List<Token> tokens, final TokenReader reader, final StorageNote note) {
        final String column = reader.expectIdentifier("a column");
        if (reader.acceptWord("TYPE")) {
            final ColumnType type = ColumnType.read(tokens, place(tokens, reader), tokens.size(), column);
            if (!type.base().equals("varchar")) {
                throw SqlError.notSupported("target data type \"" + type.sql() + "\" is not supported: ALTER COLUMN TYPE changes the size of a VARCHAR column");
            }

            requireEnd(tokens, type.end());
            note.resize(column, Integer.parseInt(type.sql().replaceAll("\\D", "")));
            return;
        }

        encoding(reader, column, note);
        while (reader.acceptSymbol(',')) {
            reader.expectWord("ALTER");
            reader.expectWord("COLUMN");
            encoding(reader, reader.expectIdentifier("a column"), note);
        }

        if (!reader.atEnd()) {
            throw reader.unexpected("nothing more");
        }
    }

    private static void encoding(final TokenReader reader, final String column, final StorageNote note) {
        reader.expectWord("ENCODE");
        note.encoding(column, ColumnEncoding.read(reader.next().source(), null, column));
    }

    private static void requireEnd(final List<Token> tokens, final int position) {
        if (position < tokens.size()) {
            throw SqlError.syntax("syntax error at or near \"" + tokens.get(position).source() + '"');
        }
    }

    /** A statement that has no effect of its own. */
    private static String unchanged(final ObjectName table, final StorageNote note) {
        return note.comment() + "ALTER TABLE " + table.quoted() + " RESET (fillfactor)";
    }
}
