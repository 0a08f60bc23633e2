package io.github.unloadcopy.redshift;

import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.TokenReader;
import io.github.unloadcopy.sql.Tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The text of SHOW TABLE (Database Developer Guide, "SHOW TABLE" and "CREATE TABLE"), taken apart into what is known of CREATE TABLE. What is not known is refused by its name, so that no text
 * of one cluster gets into a statement on another. The table's name and its foreign keys are left out.
 *
 * @param columns its columns, at least one
 * @param keys PRIMARY KEY and UNIQUE
 * @param storage what follows the columns
 */
record ShownTable(List<ColumnDefinition> columns, List<KeyConstraint> keys, TableStorage storage) {
    /**
     * Takes a statement apart.
     *
     * @param ddl CREATE TABLE, as SHOW TABLE gives it
     * @throws IllegalArgumentException when it is no CREATE TABLE with a list of columns, or has a part that is not known
     */
    static ShownTable parse(final String ddl) {
        final List<Token> tokens = new ArrayList<>(read(ddl));

        while (!tokens.isEmpty() && tokens.getLast().isSymbol(';')) {
            tokens.removeLast();
        }

        final TokenReader reader = new TokenReader(tokens);
        reader.expectWords("CREATE", "TABLE");
        ColumnReader.readTableName(reader);
        reader.expectSymbol('(');
        final int start = reader.position();

        for (int depth = 1; depth > 0;) {
            final Token token = reader.next();
            depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
        }

        final List<Token> list = tokens.subList(start, reader.position() - 1);
        final List<ColumnDefinition> columns = new ArrayList<>();
        final List<KeyConstraint> keys = new ArrayList<>();

        for (final List<Token> element : Tokens.split(list)) {
            readElement(new TokenReader(element), columns, keys);
        }

        if (columns.isEmpty()) {
            throw new IllegalArgumentException("it has no columns");
        }

        return new ShownTable(List.copyOf(columns), List.copyOf(keys), readStorage(reader));
    }

    private static List<Token> read(final String ddl) {
        try {
            return Tokens.read(ddl);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("it " + e.getMessage(), e);
        }
    }

    private static void readElement(final TokenReader reader, final List<ColumnDefinition> columns, final List<KeyConstraint> keys) {
        final boolean named = reader.isWord("CONSTRAINT") && reader.peek(1) != null && reader.peek(1).isName() && reader.peek(2) != null && reader.peek(2).kind() == Token.Kind.WORD;
        final String name = named ? constraintName(reader) : null;

        if (reader.acceptWords("PRIMARY", "KEY")) {
            keys.add(new KeyConstraint(name, true, ColumnReader.readNames(reader)));
        } else if (reader.isWord("UNIQUE") && reader.peek(1) != null && reader.peek(1).isSymbol('(')) {
            reader.next();
            keys.add(new KeyConstraint(name, false, ColumnReader.readNames(reader)));
        } else if (reader.acceptWords("FOREIGN", "KEY")) {
            ColumnReader.readNames(reader);
            ColumnReader.readReferences(reader);
        } else if (named) {
            throw reader.unexpected("PRIMARY KEY, UNIQUE or FOREIGN KEY");
        } else {
            columns.add(new ColumnReader(reader).read());
        }

        if (!reader.atEnd()) {
            throw reader.unexpected("the end of a constraint");
        }
    }

    private static String constraintName(final TokenReader reader) {
        reader.next();
        return reader.expectName();
    }

    private static TableStorage readStorage(final TokenReader reader) {
        boolean noBackup = false;
        boolean encodeAuto = false;
        String distributionStyle = null;
        String distributionKey = null;
        String sortStyle = null;
        List<String> sortKey = List.of();

        while (!reader.atEnd()) {
            if (reader.acceptWords("BACKUP", "NO")) {
                noBackup = true;
            } else if (reader.acceptWords("DISTSTYLE")) {
                distributionStyle = reader.expectName().toUpperCase(Locale.ROOT);
            } else if (reader.acceptWords("DISTKEY")) {
                distributionKey = onlyName(reader);
            } else if (reader.acceptWords("SORTKEY", "AUTO")) {
                sortStyle = "AUTO";
            } else if (reader.isWord("COMPOUND") || reader.isWord("INTERLEAVED") || reader.isWord("SORTKEY")) {
                sortStyle = reader.isWord("SORTKEY") ? null : reader.next().text().toUpperCase(Locale.ROOT);
                reader.expectWords("SORTKEY");
                sortKey = ColumnReader.readNames(reader);
            } else if (reader.acceptWords("ENCODE", "AUTO")) {
                encodeAuto = true;
            } else if (!reader.acceptWords("BACKUP", "YES")) {
                throw reader.unexpected("BACKUP, DISTSTYLE, DISTKEY, SORTKEY or ENCODE AUTO");
            }
        }

        return new TableStorage(noBackup, distributionStyle, distributionKey, sortStyle, sortKey, encodeAuto);
    }

    private static String onlyName(final TokenReader reader) {
        final List<String> names = ColumnReader.readNames(reader);

        if (names.size() > 1) {
            throw new IllegalArgumentException("DISTKEY has several columns");
        }

        return names.getFirst();
    }
}
