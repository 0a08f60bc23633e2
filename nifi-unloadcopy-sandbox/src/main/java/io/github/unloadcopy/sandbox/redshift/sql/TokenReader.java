package io.github.unloadcopy.sandbox.redshift.sql;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * Reads the tokens of one statement from left to right. Its complaints name keywords and identifiers, never the content of a literal, which may be a secret.
 */
public final class TokenReader {

    private final String command;
    private final List<Token> tokens;
    private int position;

    /**
     * @param command the statement's name, for messages
     */
    public TokenReader(final String command, final List<Token> tokens) {
        this.command = command;
        this.tokens = tokens;
    }

    public boolean atEnd() {
        return position >= tokens.size();
    }

    public Token peek() {
        return atEnd() ? null : tokens.get(position);
    }

    public Token next() {
        if (atEnd()) {
            throw SqlError.syntax("syntax error at end of input in " + command);
        }

        return tokens.get(position++);
    }

    public boolean peekWord(final String keyword) {
        return !atEnd() && peek().isWord(keyword);
    }

    /** The next token in upper case when it is a word, else an empty text. */
    public String peekKeyword() {
        return atEnd() || peek().kind() != Token.Kind.WORD ? "" : peek().upper();
    }

    public boolean peekSymbol(final char symbol) {
        return !atEnd() && peek().isSymbol(symbol);
    }

    public boolean peekString() {
        return !atEnd() && peek().isString();
    }

    public boolean acceptWord(final String keyword) {
        final boolean found = peekWord(keyword);
        if (found) {
            position++;
        }

        return found;
    }

    public boolean acceptSymbol(final char symbol) {
        final boolean found = peekSymbol(symbol);
        if (found) {
            position++;
        }

        return found;
    }

    public void expectWord(final String keyword) {
        if (!acceptWord(keyword)) {
            throw unexpected(keyword);
        }
    }

    public void expectSymbol(final char symbol) {
        if (!acceptSymbol(symbol)) {
            throw unexpected("'" + symbol + "'");
        }
    }

    /** Takes a literal, which may be preceded by AS. Literals of bits and of national characters are none for a parameter. */
    public String expectString(final String what) {
        acceptWord("AS");
        if (!peekString() || peek().hasTypePrefix()) {
            throw unexpected("a literal for " + what);
        }

        return Literals.value(next());
    }

    public String expectIdentifier(final String what) {
        if (atEnd() || !peek().isIdentifier()) {
            throw unexpected(what);
        }

        return Literals.identifier(next());
    }

    /** Takes a whole number that is not negative. */
    public long expectNumber(final String what) {
        try {
            return expectDecimal(what).longValueExact();
        } catch (final ArithmeticException e) {
            throw SqlError.syntax("syntax error: " + command + " needs a whole number for " + what);
        }
    }

    /** Takes a number that is not negative. */
    public BigDecimal expectDecimal(final String what) {
        if (atEnd() || peek().kind() != Token.Kind.NUMBER) {
            throw unexpected("a number for " + what);
        }

        final BigDecimal value = decimal(next().source());
        // A larger scale or exponent is nothing that any parameter takes, and would make the arithmetic slow.
        if (value == null || Math.abs((long) value.scale()) + value.precision() > 100) {
            throw SqlError.syntax("syntax error: " + command + " needs a number for " + what);
        }

        return value;
    }

    private static BigDecimal decimal(final String source) {
        try {
            return new BigDecimal(source);
        } catch (final NumberFormatException e) {
            return null;
        }
    }

    public SqlError unexpected(final String expected) {
        if (atEnd()) {
            return SqlError.syntax("syntax error at end of input: " + command + " needs " + expected + " there");
        }

        return SqlError.syntax("syntax error at or near " + describe(peek()) + ": " + command + " needs " + expected + " there");
    }

    private static String describe(final Token token) {
        return token.isString() ? "a literal" : '"' + token.source().toLowerCase(Locale.ROOT) + '"';
    }
}
