package io.github.unloadcopy.sandbox.redshift.sql;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The aggregate function LISTAGG, with its order where PostgreSQL's aggregates have it. Rules: page "LISTAGG function" of the Redshift Database Developer Guide; the messages are a cluster's.
 */
final class ListaggRewriter implements StatementRewriter {

    private static final String NAME = "LISTAGG";

    @Override
    public String rewrite(final List<Token> tokens) {
        final SqlEdit edit = new SqlEdit(tokens);
        final Map<Integer, String> orders = new HashMap<>();
        int select = 0;
        for (int index = 0; index + 1 < tokens.size(); index++) {
            if (tokens.get(index).isWord("SELECT")) {
                select = index;
            } else if (isCall(tokens, index)) {
                if (!StoredFloatsRewriter.readsTable(tokens)) {
                    throw SqlError.notSupported("One or more of the used functions must be applied on at least one user created tables. "
                            + "Examples of user table only functions are LISTAGG, MEDIAN, PERCENTILE_CONT, etc");
                }

                final int end = close(tokens, index + 1) + 1;
                final Order order = order(tokens, end);
                if (!order.text().isEmpty() && !orders.computeIfAbsent(select, key -> order.text()).equals(order.text())) {
                    throw SqlError.notSupported("WITHIN GROUP ORDER BY clauses for aggregate functions must be the same");
                }

                edit.replace(index, order.end(), call(tokens, index + 2, end - 1, order));
                index = order.end() - 1;
            }
        }

        return edit.result();
    }

    private static boolean isCall(final List<Token> tokens, final int index) {
        return tokens.get(index).isWord(NAME) && tokens.get(index + 1).isSymbol('(') && (index == 0 || !tokens.get(index - 1).isSymbol('.'));
    }

    private static String call(final List<Token> tokens, final int start, final int end, final Order order) {
        final boolean distinct = start < end && tokens.get(start).isWord("DISTINCT");
        final int first = distinct || start < end && tokens.get(start).isWord("ALL") ? start + 1 : start;
        int comma = first;
        int depth = 0;
        while (comma < end && !(depth == 0 && tokens.get(comma).isSymbol(','))) {
            depth += tokens.get(comma).isSymbol('(') ? 1 : 0;
            depth -= tokens.get(comma).isSymbol(')') ? 1 : 0;
            comma++;
        }

        if (comma == first || comma + 1 == end) {
            throw SqlError.syntax("syntax error in LISTAGG: an argument is missing");
        }

        return "pg_internal.listagg((" + source(tokens, first, comma) + ")::text, " + (comma < end ? source(tokens, comma + 1, end) : "NULL") + (distinct ? ", true" : "")
                + (order.text().isEmpty() ? "" : ' ' + source(tokens, order.first(), order.end() - 1)) + ')';
    }

    /** What follows the call: WITHIN GROUP (ORDER BY …), or nothing. */
    private static Order order(final List<Token> tokens, final int position) {
        int end = position;
        String text = "";
        if (position + 2 < tokens.size() && tokens.get(position).isWord("WITHIN") && tokens.get(position + 1).isWord("GROUP") && tokens.get(position + 2).isSymbol('(')) {
            end = close(tokens, position + 2) + 1;
            text = tokens.subList(position + 3, end - 1).stream().map(token -> token.source().toLowerCase(Locale.ROOT)).collect(Collectors.joining(" "));
            if (!text.startsWith("order by ")) {
                throw SqlError.syntax("syntax error in LISTAGG: WITHIN GROUP needs ORDER BY");
            }
        }

        if (end < tokens.size() && tokens.get(end).isWord("OVER")) {
            throw SqlError.notSupported("LISTAGG as a window function is not supported by the sandbox");
        }

        return new Order(text, position + 3, end);
    }

    private static int close(final List<Token> tokens, final int open) {
        int depth = 0;
        for (int index = open; index < tokens.size(); index++) {
            depth += tokens.get(index).isSymbol('(') ? 1 : 0;
            depth -= tokens.get(index).isSymbol(')') ? 1 : 0;
            if (depth == 0) {
                return index;
            }
        }

        throw SqlError.syntax("syntax error at end of input");
    }

    private static String source(final List<Token> tokens, final int start, final int end) {
        return tokens.get(0).text().substring(tokens.get(start).start(), tokens.get(end - 1).end());
    }

    /**
     * How the values are ordered.
     *
     * @param text in lower case, to compare with others; empty for no order
     * @param first index of the token ORDER
     * @param end index after the last token of WITHIN GROUP, or after the call where there is none
     */
    private record Order(String text, int first, int end) {
    }
}
