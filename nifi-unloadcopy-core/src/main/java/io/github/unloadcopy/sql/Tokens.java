package io.github.unloadcopy.sql;

import io.github.unloadcopy.sql.Token.Gap;
import io.github.unloadcopy.sql.Token.Kind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Splits Amazon Redshift SQL into tokens, and writes tokens as SQL: the only way by which SQL from outside gets into a statement. Comments never do, so that how a cluster reads them does not
 * matter. Messages follow the name of what was read: "has a quote that is not closed".
 * <p>
 * Rules: Database Developer Guide, pages "Names and identifiers" and "Literals"; PostgreSQL, "Lexical Structure", for what the guide leaves out (nested comments, doubled quotes). What these
 * leave open, or what different settings read in different ways, is refused: E'', U&amp;'' and dollar quoting, backslashes in literals, and characters that are neither ASCII nor letters
 * outside of quotes, which a person cannot tell from white space.
 */
public final class Tokens {
    private static final String SYMBOLS = "()[]{},.;:+-*/<>=~!@#%^&|?";
    private static final String WHITE_SPACE = " \t\n\r\f";

    private final String text;
    private final boolean escapes;
    private final List<Token> tokens = new ArrayList<>();
    private Gap gap = Gap.NONE;
    private int position;

    private Tokens(final String text, final boolean escapes) {
        this.text = text;
        this.escapes = escapes;
    }

    /**
     * Splits a text.
     *
     * @param text SQL, a statement or a part of one
     * @return its tokens, without comments
     * @throws IllegalArgumentException when it cannot be split in one way only; the message quotes nothing of the text but single characters
     */
    public static List<Token> read(final String text) {
        return read(text, false);
    }

    /**
     * Splits a text in which a backslash may stand before any character of a literal, which it keeps from ending the literal. The UNLOAD page allows that for the quotes of its SELECT. Such a
     * token may not be written into a statement.
     *
     * @param text SQL, a statement or a part of one
     * @return its tokens, without comments
     * @throws IllegalArgumentException as {@link #read(String)}, but for backslashes
     */
    public static List<Token> readWithEscapes(final String text) {
        return read(text, true);
    }

    private static List<Token> read(final String text, final boolean escapes) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("has a NUL character, which no statement can carry: remove it");
        }

        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("has half a surrogate pair, which is not a character: remove it");
        }

        final Tokens reading = new Tokens(text, escapes);

        while (reading.position < text.length()) {
            reading.next();
        }

        return List.copyOf(reading.tokens);
    }

    /** The same tokens as text, one blank or line break where there was white space or a comment. What {@link #read(String)} gives for it are the same tokens. */
    public static String write(final List<Token> tokens) {
        final StringBuilder sql = new StringBuilder();

        for (final Token token : tokens) {
            sql.append(sql.isEmpty() ? "" : token.gap().text()).append(token.text());
        }

        return sql.toString();
    }

    /**
     * Proves that every parenthesis and bracket is closed, by its like and in order.
     *
     * @throws IllegalArgumentException when one is not
     */
    public static void requireBalanced(final List<Token> tokens) {
        final Deque<Character> open = new ArrayDeque<>();

        for (final Token token : tokens) {
            if (token.isSymbol('(') || token.isSymbol('[')) {
                open.push(token.isSymbol('(') ? ')' : ']');
            } else if ((token.isSymbol(')') || token.isSymbol(']')) && (open.isEmpty() || !token.isSymbol(open.pop()))) {
                throw new IllegalArgumentException("has a %s that was not opened".formatted(token.isSymbol(')') ? "parenthesis" : "bracket"));
            }
        }

        if (!open.isEmpty()) {
            throw new IllegalArgumentException("has a %s that is not closed".formatted(open.peek() == ')' ? "parenthesis" : "bracket"));
        }
    }

    /**
     * Splits at the commas that are outside of parentheses and brackets.
     *
     * @param tokens balanced tokens
     * @return the parts between the commas; an empty one where nothing stands
     */
    public static List<List<Token>> split(final List<Token> tokens) {
        final List<List<Token>> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;

        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);

            if (token.isSymbol('(') || token.isSymbol('[')) {
                depth++;
            } else if (token.isSymbol(')') || token.isSymbol(']')) {
                depth--;
            } else if (depth == 0 && token.isSymbol(',')) {
                parts.add(tokens.subList(start, index));
                start = index + 1;
            }
        }

        parts.add(tokens.subList(start, tokens.size()));
        return parts;
    }

    private void next() {
        final int character = text.codePointAt(position);

        if (WHITE_SPACE.indexOf(character) >= 0) {
            gap = character == '\n' || character == '\r' ? Gap.LINE : widened(Gap.SPACE);
            position++;
        } else if (text.startsWith("--", position)) {
            skipLineComment();
        } else if (text.startsWith("/*", position)) {
            skipBlockComment();
        } else if (character == '\'') {
            add(Kind.LITERAL, endOfQuotes());
        } else if (character == '"') {
            add(Kind.QUOTED, endOfQuotes());
        } else if (isDigit(character) || character == '.' && position + 1 < text.length() && isDigit(text.charAt(position + 1))) {
            add(Kind.NUMBER, endOfNumber());
        } else if (Character.isLetter(character) || character == '_') {
            add(Kind.WORD, endOfWord(position));
        } else if (SYMBOLS.indexOf(character) >= 0) {
            add(Kind.SYMBOL, position + 1);
        } else if (character == '$') {
            throw new IllegalArgumentException("has a dollar sign outside of quotes: dollar quoting and parameters cannot be used here; write text in single quotes");
        } else if (character == '\\') {
            throw new IllegalArgumentException("has a backslash outside of quotes, where Redshift has no use for it: remove it");
        } else {
            throw new IllegalArgumentException("has the character U+%04X outside of quotes, where Redshift has no use for it: remove it, or put the name that holds it into double quotes"
                    .formatted(character));
        }
    }

    private void add(final Kind kind, final int end) {
        tokens.add(new Token(kind, text.substring(position, end), gap, position, end));
        gap = Gap.NONE;
        position = end;
    }

    private Gap widened(final Gap other) {
        return gap == Gap.LINE ? gap : other;
    }

    private void skipLineComment() {
        while (position < text.length() && text.charAt(position) != '\n' && text.charAt(position) != '\r') {
            position++;
        }

        gap = widened(Gap.SPACE);
    }

    /** Comments nest, as in PostgreSQL. */
    private void skipBlockComment() {
        int depth = 0;

        do {
            if (text.startsWith("/*", position)) {
                depth++;
                position += 2;
            } else if (text.startsWith("*/", position)) {
                depth--;
                position += 2;
            } else if (position < text.length()) {
                position++;
            } else {
                throw new IllegalArgumentException("has a comment that is not closed");
            }
        } while (depth > 0);

        gap = widened(Gap.SPACE);
    }

    private int endOfQuotes() {
        final char quote = text.charAt(position);
        requirePlainLiteral(quote);
        int end = position + 1;

        while (end < text.length()) {
            final char character = text.charAt(end++);

            if (character == quote) {
                if (end == text.length() || text.charAt(end) != quote) {
                    return end;
                }

                end++;
            } else if (character == '\\' && quote == '\'') {
                if (escapes) {
                    end++;
                    continue;
                }

                throw new IllegalArgumentException("has a backslash in a literal, which Redshift reads in two ways depending on its settings: write CHR(92) for it, "
                        + "double a quote that it stands before, or put the SELECT into a view and unload that");
            }
        }

        throw new IllegalArgumentException("has a quote that is not closed");
    }

    /** What stands right before a quote may change how the text in it is read. */
    private void requirePlainLiteral(final char quote) {
        if (gap != Gap.NONE || tokens.isEmpty()) {
            return;
        }

        final Token before = tokens.getLast();
        final boolean unicode = before.isSymbol('&') && tokens.size() > 1 && before.gap() == Gap.NONE && tokens.get(tokens.size() - 2).isWord("U");

        if (unicode || quote == '\'' && before.isWord("E")) {
            throw new IllegalArgumentException("has a literal of the kind %s, with escapes of its own: write a plain literal".formatted(unicode ? "U&''" : "E''"));
        }

        // It would be an alias, which is hardly what was meant.
        if (quote == '"' && before.kind() == Kind.WORD) {
            throw new IllegalArgumentException("has a name in double quotes right behind a word: put the whole name into the quotes, or separate them");
        }
    }

    private int endOfNumber() {
        int end = endOfDigits(position);

        if (end < text.length() && text.charAt(end) == '.') {
            end = endOfDigits(end + 1);
        }

        if (end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
            final int sign = end + 1 < text.length() && (text.charAt(end + 1) == '+' || text.charAt(end + 1) == '-') ? 1 : 0;
            final int exponent = endOfDigits(end + 1 + sign);
            end = exponent > end + 1 + sign ? exponent : end;
        }

        if (end < text.length() && isWordPart(text.codePointAt(end))) {
            throw new IllegalArgumentException("has a number that runs into a word: separate them, or put a name that begins with a digit into double quotes");
        }

        return end;
    }

    private int endOfDigits(final int start) {
        int end = start;

        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }

        return end;
    }

    private int endOfWord(final int start) {
        int end = start;

        while (end < text.length() && isWordPart(text.codePointAt(end))) {
            end += Character.charCount(text.codePointAt(end));
        }

        return end;
    }

    private static boolean isDigit(final int character) {
        return character >= '0' && character <= '9';
    }

    private static boolean isWordPart(final int character) {
        return isDigit(character) || Character.isLetterOrDigit(character) || character == '_' || character == '$' || Character.getType(character) == Character.NON_SPACING_MARK
                || Character.getType(character) == Character.COMBINING_SPACING_MARK;
    }
}
