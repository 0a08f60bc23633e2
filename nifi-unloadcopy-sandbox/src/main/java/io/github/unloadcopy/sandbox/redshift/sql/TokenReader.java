package io.github.unloadcopy.sandbox.redshift.sql;

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

    /** Takes a literal, which may be preceded by AS. */
    public String expectString(final String what) {
        acceptWord("AS");
        if (!peekString()) {
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

    /** Takes a number that is not negative. */
    public long expectNumber(final String what) {
        acceptWord("AS");
        if (!atEnd() && peek().kind() == Token.Kind.NUMBER) {
            try {
                return Long.parseLong(peek().source());
            } catch (final NumberFormatException e) {
                throw unexpected("a whole number for " + what);
            } finally {
                position++;
            }
        }

        throw unexpected("a number for " + what);
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
