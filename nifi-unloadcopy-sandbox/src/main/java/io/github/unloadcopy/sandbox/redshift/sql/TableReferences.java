package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * Finds the tables and views that queries read: the names in their FROM lists.
 */
public final class TableReferences {

    private static final Set<String> AFTER_FROM = Set.of("WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "MINUS", "WINDOW", "FETCH", "FOR", "QUALIFY",
            "SELECT", "SET", "RETURNING", "WHEN");
    private static final Set<String> NO_ALIAS = Set.of("JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "NATURAL", "ON", "USING", "TABLESAMPLE");
    /** Functions whose arguments have a FROM of their own. */
    private static final Set<String> WITH_FROM = Set.of("EXTRACT", "TRIM", "SUBSTRING", "OVERLAY");
    private static final Set<String> BEFORE_NAME = Set.of("ONLY", "LATERAL");

    private TableReferences() {
    }

    /** Indexes of the first tokens of names, from left to right; functions are none. */
    public static List<Integer> find(final List<Token> tokens) {
        final List<Integer> found = new ArrayList<>();
        final Deque<State> states = new ArrayDeque<>(List.of(State.OUTSIDE));
        for (int index = 0; index < tokens.size(); index++) {
            final Token token = tokens.get(index);
            final String word = token.kind() == Token.Kind.WORD && !isQualified(tokens, index) ? token.upper() : "";
            if (token.isSymbol('(')) {
                // In parentheses in the place of a table is a join, or a query.
                states.push(states.peek() == State.EXPECTING ? State.EXPECTING : State.OUTSIDE);
            } else if (token.isSymbol(')')) {
                pop(states);
            } else if (word.equals("FROM") && isClause(tokens, index) || word.equals("JOIN")) {
                replace(states, State.EXPECTING);
            } else if (token.isSymbol(',') && states.peek() == State.NAMED) {
                replace(states, State.EXPECTING);
            } else if (AFTER_FROM.contains(word)) {
                replace(states, State.OUTSIDE);
            } else if (states.peek() == State.EXPECTING && token.isIdentifier() && !BEFORE_NAME.contains(word)) {
                replace(states, State.NAMED);
                if (!isCall(tokens, index)) {
                    found.add(index);
                }
            }
        }

        return found;
    }

    /** Whether an alias follows the name, or the closing parenthesis, before {@code end}. */
    public static boolean hasAlias(final List<Token> tokens, final int end) {
        if (end >= tokens.size()) {
            return false;
        }

        final Token next = tokens.get(end);
        return next.kind() == Token.Kind.QUOTED_IDENTIFIER || next.kind() == Token.Kind.WORD && !AFTER_FROM.contains(next.upper()) && !NO_ALIAS.contains(next.upper());
    }

    private static void pop(final Deque<State> states) {
        if (states.size() > 1) {
            states.pop();
        }

        if (states.peek() == State.EXPECTING) {
            replace(states, State.NAMED);
        }
    }

    private static void replace(final Deque<State> states, final State state) {
        states.pop();
        states.push(state);
    }

    private static boolean isQualified(final List<Token> tokens, final int index) {
        return index > 0 && tokens.get(index - 1).isSymbol('.');
    }

    private static boolean isClause(final List<Token> tokens, final int index) {
        if (index > 0 && tokens.get(index - 1).isWord("DISTINCT")) {
            return false;
        }

        int depth = 0;
        for (int position = index - 1; position >= 0; position--) {
            depth += tokens.get(position).isSymbol(')') ? 1 : 0;
            depth -= tokens.get(position).isSymbol('(') ? 1 : 0;
            if (depth < 0) {
                return position == 0 || !WITH_FROM.contains(tokens.get(position - 1).upper());
            }
        }

        return true;
    }

    private static boolean isCall(final List<Token> tokens, final int start) {
        int index = start + 1;
        while (index + 1 < tokens.size() && tokens.get(index).isSymbol('.')) {
            index += 2;
        }

        return index < tokens.size() && tokens.get(index).isSymbol('(');
    }

    /** Where in a FROM list a pair of parentheses is. */
    private enum State {
        OUTSIDE, EXPECTING, NAMED
    }
}
