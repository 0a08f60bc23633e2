package io.github.unloadcopy.sandbox.redshift.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A query as PostgreSQL's parser understands it, read from the text of type pg_node_tree that the catalog keeps of views.
 */
public final class NodeTree {

    private final String text;
    private int position;

    private NodeTree(final String text) {
        this.text = text;
    }

    /**
     * Reads a list of nodes, such as {@code pg_rewrite.ev_action}, and returns the first.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static Node read(final String text) {
        if (new NodeTree(text).value() instanceof final List<?> list && !list.isEmpty() && list.getFirst() instanceof final Node node) {
            return node;
        }

        throw new IllegalArgumentException("PostgreSQL's text of a query cannot be read");
    }

    /** A node, a list, or a word. */
    private Object value() {
        final char first = next();
        if (first == '{') {
            return node();
        }

        return first == '(' ? list() : word();
    }

    private Node node() {
        position++;
        final String tag = word();
        final Map<String, List<Object>> fields = new LinkedHashMap<>();
        List<Object> field = new ArrayList<>();
        while (next() != '}') {
            if (text.charAt(position) == ':') {
                field = new ArrayList<>();
                fields.put(word().substring(1), field);
            } else {
                field.add(value());
            }
        }

        position++;
        return new Node(tag, fields);
    }

    private List<Object> list() {
        position++;
        final List<Object> values = new ArrayList<>();
        while (next() != ')') {
            values.add(value());
        }

        position++;
        return values;
    }

    private String word() {
        final StringBuilder word = new StringBuilder();
        while (position < text.length() && " \n\t(){}".indexOf(text.charAt(position)) < 0) {
            if (text.charAt(position) == '\\') {
                position++;
            }

            word.append(text.charAt(position));
            position++;
        }

        return word.toString();
    }

    private char next() {
        while (position < text.length() && " \n\t".indexOf(text.charAt(position)) >= 0) {
            position++;
        }

        if (position >= text.length()) {
            throw new IllegalArgumentException("PostgreSQL's text of a query ends too early");
        }

        return text.charAt(position);
    }

    /**
     * One node.
     *
     * @param tag its type in upper case, such as QUERY
     * @param fields each with one value, but for constants, whose value is their length and their bytes
     */
    public record Node(String tag, Map<String, List<Object>> fields) {

        /** A node, or null. */
        public Node node(final String field) {
            return value(field) instanceof final Node node ? node : null;
        }

        /** The nodes of a list, without what is none. */
        public List<Node> nodes(final String field) {
            return value(field) instanceof final List<?> list ? nodes(list) : List.of();
        }

        /** Those of lists in a list. */
        public List<List<Node>> lists(final String field) {
            return value(field) instanceof final List<?> list
                    ? list.stream().filter(List.class::isInstance).map(inner -> nodes((List<?>) inner)).toList()
                    : List.of();
        }

        /** A whole number; -1 when there is none. */
        public int number(final String field) {
            // Ids go beyond an int.
            return value(field) instanceof final String word && word.matches("-?[0-9]+") ? (int) Long.parseLong(word) : -1;
        }

        /** A word; empty when there is none. */
        public String word(final String field) {
            return value(field) instanceof final String word ? word : "";
        }

        /** The bytes of a constant. */
        public byte[] bytes(final String field) {
            final List<Object> words = fields.getOrDefault(field, List.of());
            final byte[] bytes = new byte[Math.max(0, words.size() - 3)];
            for (int index = 0; index < bytes.length; index++) {
                bytes[index] = Byte.parseByte((String) words.get(index + 2));
            }

            return bytes;
        }

        private Object value(final String field) {
            final List<Object> values = fields.get(field);
            return values == null || values.isEmpty() ? null : values.getFirst();
        }

        private static List<Node> nodes(final List<?> list) {
            return list.stream().filter(Node.class::isInstance).map(Node.class::cast).toList();
        }
    }
}
