package io.github.unloadcopy.redshift;

import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.Tokens;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The columns to unload as people write them: names, or expressions with names of their own, such as {@code id, coalesce(amount, 0) AS amount}. Names keep their case. Expressions are written
 * anew from their tokens.
 *
 * @param items one for each column to unload, in order; empty for all columns
 */
public record SelectList(List<Item> items) {
    public SelectList {
        items = List.copyOf(items);
    }

    /**
     * Reads a list.
     *
     * @param text columns, separated by commas; null, blank or * for all columns
     * @return the list
     * @throws IllegalArgumentException when it is none, or an expression has no name; the message follows the name of what holds the list
     */
    public static SelectList parse(final String text) {
        if (text == null || text.isBlank()) {
            return new SelectList(List.of());
        }

        final List<Token> tokens = Tokens.read(text);

        if (tokens.size() == 1 && tokens.getFirst().isSymbol('*')) {
            return new SelectList(List.of());
        }

        Tokens.requireBalanced(tokens);
        final List<List<Token>> parts = Tokens.split(tokens);
        final List<Item> items = new ArrayList<>();

        for (int index = 0; index < parts.size(); index++) {
            items.add(item(text, parts.get(index), index + 1));
        }

        return new SelectList(items);
    }

    /**
     * Reads an element of a list that is written as an array: a name as it is, or an expression with its name behind AS.
     *
     * @param text the element
     * @throws IllegalArgumentException when it is an expression that cannot be used; the message follows the name of what holds the list
     */
    public static Item element(final String text) {
        if (!text.matches("(?is).+\\sAS\\s.+")) {
            return new Item(text, null);
        }

        final List<Token> tokens = Tokens.read(text);
        Tokens.requireBalanced(tokens);

        if (Tokens.split(tokens).size() > 1) {
            throw new IllegalArgumentException("has an element with several columns: make each an element of its own");
        }

        return item(text, tokens, 1);
    }

    /** The names that the columns have behind the SELECT. */
    public List<String> names() {
        return items.stream().map(Item::name).toList();
    }

    /** Whether any column is an expression, so that a query has to stand for the table. */
    public boolean hasExpressions() {
        return items.stream().anyMatch(item -> item.expression() != null);
    }

    /**
     * What follows SELECT.
     *
     * @throws IllegalArgumentException when a name cannot be written into a statement
     */
    public String sql() {
        return items.isEmpty() ? "*" : items.stream().map(Item::sql).collect(Collectors.joining(", "));
    }

    private static Item item(final String text, final List<Token> tokens, final int number) {
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("has no name for column %d of its list".formatted(number));
        }

        if (tokens.size() == 1 && tokens.getFirst().isName()) {
            return new Item(tokens.getFirst().value(), null);
        }

        final int as = tokens.size() - 2;

        if (as > 0 && tokens.get(as).isWord("AS") && tokens.getLast().isName()) {
            final List<Token> expression = tokens.subList(0, as);
            requireExpression(expression, number);
            return new Item(tokens.getLast().value(), Tokens.write(expression));
        }

        // A name with blanks and without quotes was always taken.
        if (tokens.stream().allMatch(token -> token.kind() == Token.Kind.WORD && !token.isWord("AS"))) {
            return new Item(text.substring(tokens.getFirst().start(), tokens.getLast().end()), null);
        }

        throw new IllegalArgumentException(("has an expression without a name for column %d of its list: write AS and a name behind it, as in amount * 2 AS doubled; "
                + "a name with other characters than letters, digits and underscores goes into double quotes").formatted(number));
    }

    private static void requireExpression(final List<Token> expression, final int number) {
        // The same rules as for a query, of which it becomes a part.
        SelectQuery.parse("SELECT " + Tokens.write(expression));

        for (final Token token : expression.subList(0, 1)) {
            if (token.isWord("DISTINCT") || token.isWord("TOP") || token.isWord("ALL")) {
                throw new IllegalArgumentException("has %s before column %d of its list, which changes the rows, not the column: write a query instead".formatted(token.text(), number));
            }
        }

        int depth = 0;

        for (final Token token : expression) {
            depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;

            if (token.isSymbol(';') || depth == 0 && (token.isWord("FROM") || token.isWord("UNION") || token.isWord("INTERSECT") || token.isWord("EXCEPT") || token.isWord("MINUS"))) {
                throw new IllegalArgumentException("has %s in column %d of its list, which is not part of an expression: write a query instead".formatted(token.text(), number));
            }
        }
    }

    /**
     * A column to unload.
     *
     * @param name its name in what is unloaded
     * @param expression the SQL that gives its values; null for the column of that name
     */
    public record Item(String name, String expression) {
        String sql() {
            return expression == null ? SqlText.identifier(name) : expression + " AS " + SqlText.identifier(name);
        }
    }
}
