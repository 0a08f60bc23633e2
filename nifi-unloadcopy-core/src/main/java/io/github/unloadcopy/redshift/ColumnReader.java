package io.github.unloadcopy.redshift;

import io.github.unloadcopy.sql.TokenReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads a column of CREATE TABLE. */
final class ColumnReader {
    private final TokenReader reader;
    private String defaultValue;
    private Identity identity;
    private boolean byDefault;
    private String encoding;
    private String collation;
    private boolean notNull;
    private boolean unique;
    private boolean primaryKey;
    private boolean distributionKey;
    private boolean sortKey;

    ColumnReader(final TokenReader reader) {
        this.reader = reader;
    }

    /**
     * Reads to the end.
     *
     * @throws IllegalArgumentException naming the column and what is not known of it
     */
    ColumnDefinition read() {
        final String name = reader.expectName();

        try {
            final String type = ColumnSyntax.read(reader, ColumnSyntax::readType);

            while (!reader.atEnd()) {
                readAttribute();
            }

            return new ColumnDefinition(name, type, defaultValue, identity, byDefault, encoding, collation, notNull, unique, primaryKey, distributionKey, sortKey);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("column %s: %s".formatted(name, e.getMessage()), e);
        }
    }

    private void readAttribute() {
        if (reader.acceptWords("DEFAULT")) {
            defaultValue = ColumnSyntax.read(reader, ColumnSyntax::readDefault);
        } else if (reader.acceptWords("IDENTITY")) {
            identity = readIdentity();
        } else if (reader.acceptWords("GENERATED", "BY", "DEFAULT", "AS", "IDENTITY")) {
            identity = readIdentity();
            byDefault = true;
        } else if (reader.acceptWords("ENCODE")) {
            encoding = reader.expectName();
        } else if (reader.acceptWords("COLLATE")) {
            collation = collation(reader.expectName().toUpperCase(Locale.ROOT));
        } else if (reader.acceptWords("NOT", "NULL")) {
            notNull = true;
        } else if (reader.acceptWords("UNIQUE")) {
            unique = true;
        } else if (reader.acceptWords("PRIMARY", "KEY")) {
            primaryKey = true;
        } else if (reader.acceptWords("DISTKEY")) {
            distributionKey = true;
        } else if (reader.acceptWords("SORTKEY")) {
            sortKey = true;
        } else if (reader.isWord("REFERENCES")) {
            readReferences(reader);
        } else if (!reader.acceptWords("NULL")) {
            throw reader.unexpected("a known attribute");
        }
    }

    private Identity readIdentity() {
        reader.expectSymbol('(');
        final long seed = reader.expectLong();
        reader.expectSymbol(',');
        final long step = reader.expectLong();
        reader.expectSymbol(')');
        return new Identity(seed, step);
    }

    private static String collation(final String word) {
        return switch (word) {
            case "CS" -> "CASE_SENSITIVE";
            case "CI" -> "CASE_INSENSITIVE";
            default -> word;
        };
    }

    /** Reads REFERENCES table (column), which is left out: foreign keys are added when all tables are there. */
    static void readReferences(final TokenReader reader) {
        reader.expectWords("REFERENCES");
        readTableName(reader);

        if (reader.isSymbol('(')) {
            readNames(reader);
        }
    }

    /** Reads the name of a table, of up to three parts. */
    static void readTableName(final TokenReader reader) {
        int parts = 0;

        do {
            reader.expectName();
            parts++;
        } while (parts < 3 && reader.acceptSymbol('.'));
    }

    /** Reads names in parentheses. */
    static List<String> readNames(final TokenReader reader) {
        final List<String> names = new ArrayList<>();
        reader.expectSymbol('(');

        do {
            names.add(reader.expectName());
        } while (reader.acceptSymbol(','));

        reader.expectSymbol(')');
        return names;
    }
}
