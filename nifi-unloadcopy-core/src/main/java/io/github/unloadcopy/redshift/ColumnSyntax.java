package io.github.unloadcopy.redshift;

import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.TokenReader;
import io.github.unloadcopy.sql.Tokens;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Types and default values of columns: what of them is known is written anew, all else is refused.
 * <p>
 * Rules: Database Developer Guide, chapter "Data types", and page "CREATE TABLE", default_expr: free of variables, subqueries and other columns. So a default is made of literals, constants such
 * as SYSDATE, function calls, casts and operators. Functions of the names {@code pg_…} administer clusters, and are not taken.
 */
final class ColumnSyntax {
    private static final Set<String> PLAIN = Set.of("SMALLINT", "INT2", "INTEGER", "INT", "INT4", "BIGINT", "INT8", "REAL", "FLOAT4", "FLOAT8", "BOOLEAN", "BOOL", "DATE", "TIMESTAMPTZ", "TIMETZ",
            "SUPER", "GEOMETRY", "GEOGRAPHY", "HLLSKETCH", "TEXT", "DATETIME");
    private static final Set<String> WITH_LENGTH = Set.of("VARCHAR", "NVARCHAR", "CHAR", "NCHAR", "BPCHAR", "VARBYTE", "VARBINARY", "FLOAT");
    private static final Set<String> INTERVAL_FIELDS = Set.of("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND");
    private static final Set<String> CONSTANTS = Set.of("NULL", "TRUE", "FALSE", "SYSDATE", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "CURRENT_USER",
            "SESSION_USER", "USER");
    private static final Set<String> TYPED_LITERALS = Set.of("DATE", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL");
    private static final String OPERATORS = "+-*/%|";

    private ColumnSyntax() {
    }

    /**
     * The type that a text says, written anew.
     *
     * @throws IllegalArgumentException when there is no such type; the message follows what holds it
     */
    static String type(final String text) {
        return whole(text, ColumnSyntax::readType);
    }

    /**
     * The default value that a text says, written anew.
     *
     * @throws IllegalArgumentException when it is anything that a default cannot be; the message follows what holds it
     */
    static String defaultValue(final String text) {
        return whole(text, ColumnSyntax::readDefault);
    }

    private static String whole(final String text, final Consumer<TokenReader> part) {
        final TokenReader reader = new TokenReader(Tokens.read(text));
        part.accept(reader);

        if (!reader.atEnd()) {
            throw reader.unexpected("the end");
        }

        return Tokens.write(reader.since(0));
    }

    /** Reads a type. */
    static void readType(final TokenReader reader) {
        final Token first = reader.next();
        final String word = first.kind() == Token.Kind.WORD ? first.text().toUpperCase(Locale.ROOT) : "";

        if (WITH_LENGTH.contains(word)) {
            readLength(reader);
        } else if (!PLAIN.contains(word)) {
            switch (word) {
                case "DOUBLE" -> reader.expectWords("PRECISION");
                case "CHARACTER" -> {
                    reader.acceptWords("VARYING");
                    readLength(reader);
                }
                case "BINARY" -> {
                    reader.expectWords("VARYING");
                    readLength(reader);
                }
                case "NUMERIC", "DECIMAL" -> readPrecision(reader);
                case "TIME", "TIMESTAMP" -> readZone(reader);
                case "INTERVAL" -> readInterval(reader);
                default -> throw new IllegalArgumentException("the type %s is not known".formatted(word.isEmpty() ? "in quotes" : word));
            }
        }
    }

    private static void readLength(final TokenReader reader) {
        if (reader.acceptSymbol('(')) {
            if (!reader.acceptWords("MAX")) {
                reader.expectLong();
            }

            reader.expectSymbol(')');
        }
    }

    private static void readPrecision(final TokenReader reader) {
        if (reader.acceptSymbol('(')) {
            reader.expectLong();

            if (reader.acceptSymbol(',')) {
                reader.expectLong();
            }

            reader.expectSymbol(')');
        }
    }

    private static void readZone(final TokenReader reader) {
        readLength(reader);

        if (!reader.acceptWords("WITH", "TIME", "ZONE")) {
            reader.acceptWords("WITHOUT", "TIME", "ZONE");
        }
    }

    private static void readInterval(final TokenReader reader) {
        if (readField(reader)) {
            if (reader.acceptWords("TO") && !readField(reader)) {
                throw reader.unexpected("a field of an interval");
            }

            readLength(reader);
        }
    }

    private static boolean readField(final TokenReader reader) {
        return INTERVAL_FIELDS.stream().anyMatch(reader::acceptWords);
    }

    /** Reads a default value. */
    static void readDefault(final TokenReader reader) {
        readOperand(reader);

        while (!reader.atEnd() && reader.is(Token.Kind.SYMBOL) && OPERATORS.indexOf(reader.peek(0).text().charAt(0)) >= 0) {
            if (reader.next().isSymbol('|')) {
                reader.expectSymbol('|');
            }

            readOperand(reader);
        }
    }

    private static void readOperand(final TokenReader reader) {
        while (reader.isSymbol('-') || reader.isSymbol('+')) {
            reader.next();
        }

        if (reader.acceptSymbol('(')) {
            readDefault(reader);
            reader.expectSymbol(')');
        } else if (reader.is(Token.Kind.LITERAL) || reader.is(Token.Kind.NUMBER)) {
            reader.next();
        } else {
            readNamed(reader);
        }

        while (reader.acceptSymbol(':')) {
            reader.expectSymbol(':');
            readType(reader);
        }
    }

    /** What begins with a name: a constant, a literal of a type, a cast or another function. */
    private static void readNamed(final TokenReader reader) {
        if (reader.acceptWords("CAST")) {
            reader.expectSymbol('(');
            readDefault(reader);
            reader.expectWords("AS");
            readType(reader);
            reader.expectSymbol(')');
            return;
        }

        final Token behind = reader.peek(1);
        final boolean call = behind != null && (behind.isSymbol('(') || behind.isSymbol('.'));

        if (!call && CONSTANTS.stream().anyMatch(reader::acceptWords)) {
            return;
        }

        if (behind != null && behind.kind() == Token.Kind.LITERAL && TYPED_LITERALS.stream().anyMatch(reader::acceptWords)) {
            reader.next();
            return;
        }

        if (!call || !reader.peek(0).isName()) {
            throw reader.unexpected("a literal or a function");
        }

        readCall(reader);
    }

    private static void readCall(final TokenReader reader) {
        String name = reader.expectName();

        if (reader.acceptSymbol('.')) {
            name = reader.expectName();
        }

        if (name.toLowerCase(Locale.ROOT).startsWith("pg_") || name.equalsIgnoreCase("set_config")) {
            throw new IllegalArgumentException("the function %s is not one for values".formatted(name));
        }

        reader.expectSymbol('(');

        if (!reader.acceptSymbol(')')) {
            do {
                readDefault(reader);
            } while (reader.acceptSymbol(','));

            reader.expectSymbol(')');
        }
    }

    /** The tokens that a part of a definition reads, written anew. */
    static String read(final TokenReader reader, final Consumer<TokenReader> part) {
        final int start = reader.position();
        part.accept(reader);
        final List<Token> tokens = reader.since(start);
        return Tokens.write(tokens);
    }
}
