package io.github.unloadcopy.sql;

import java.util.List;

/** Goes through tokens, one after the other. Messages say what was expected, and show words only: literals may be data. */
public final class TokenReader {
    private static final int LONGEST_SHOWN = 40;

    private final List<Token> tokens;
    private int position;

    public TokenReader(final List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    /** Whether all tokens are read. */
    public boolean atEnd() {
        return position == tokens.size();
    }

    /** How many tokens are read. */
    public int position() {
        return position;
    }

    /** The tokens that were read since a position. */
    public List<Token> since(final int start) {
        return tokens.subList(start, position);
    }

    /** The token so many places behind the next one; null behind the end. */
    public Token peek(final int places) {
        return position + places < tokens.size() ? tokens.get(position + places) : null;
    }

    /** Whether the next token is the given word. */
    public boolean isWord(final String word) {
        return !atEnd() && peek(0).isWord(word);
    }

    /** Whether the next token is the given symbol. */
    public boolean isSymbol(final char symbol) {
        return !atEnd() && peek(0).isSymbol(symbol);
    }

    /** Whether the next token is of a kind. */
    public boolean is(final Token.Kind kind) {
        return !atEnd() && peek(0).kind() == kind;
    }

    /** Reads any token. */
    public Token next() {
        if (atEnd()) {
            throw unexpected("more");
        }

        return tokens.get(position++);
    }

    /** Reads words, if all of them are next. */
    public boolean acceptWords(final String... words) {
        for (int index = 0; index < words.length; index++) {
            if (peek(index) == null || !peek(index).isWord(words[index])) {
                return false;
            }
        }

        position += words.length;
        return true;
    }

    /** Reads a symbol, if it is next. */
    public boolean acceptSymbol(final char symbol) {
        if (isSymbol(symbol)) {
            position++;
            return true;
        }

        return false;
    }

    /**
     * Reads words.
     *
     * @throws IllegalArgumentException when something else is next
     */
    public void expectWords(final String... words) {
        if (!acceptWords(words)) {
            throw unexpected(String.join(" ", words));
        }
    }

    /**
     * Reads a symbol.
     *
     * @throws IllegalArgumentException when something else is next
     */
    public void expectSymbol(final char symbol) {
        if (!acceptSymbol(symbol)) {
            throw unexpected(String.valueOf(symbol));
        }
    }

    /**
     * Reads a name, quoted or not.
     *
     * @return the name without quotes
     * @throws IllegalArgumentException when something else is next
     */
    public String expectName() {
        if (atEnd() || !peek(0).isName()) {
            throw unexpected("a name");
        }

        return next().value();
    }

    /**
     * Reads a whole number, with a sign or without.
     *
     * @throws IllegalArgumentException when something else is next, or a number that is not a BIGINT
     */
    public long expectLong() {
        final String sign = acceptSymbol('-') ? "-" : "";

        if (!is(Token.Kind.NUMBER) || !peek(0).text().matches("\\d{1,19}")) {
            throw unexpected("a whole number");
        }

        try {
            return Long.parseLong(sign + next().text());
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("a number is larger than BIGINT", e);
        }
    }

    /** The exception for a token that cannot be next. */
    public IllegalArgumentException unexpected(final String expected) {
        return new IllegalArgumentException("%s is expected instead of %s".formatted(expected, shown()));
    }

    private String shown() {
        if (atEnd()) {
            return "the end";
        }

        final Token token = peek(0);
        return switch (token.kind()) {
            case WORD, SYMBOL, NUMBER -> token.text().substring(0, Math.min(LONGEST_SHOWN, token.text().length()));
            case QUOTED -> "a name in double quotes";
            case LITERAL -> "a literal";
        };
    }
}
