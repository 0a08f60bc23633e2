package io.github.unloadcopy.sandbox.redshift.sql;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a statement says of a table that PostgreSQL has no place for. It precedes the statement as a comment, which a trigger of the sandbox's catalog reads (see {@code storage.sql}):
 * so it takes effect in the same transaction, or not at all.
 */
final class StorageNote {

    private static final int LONGEST_COMPOUND = 400;
    private static final int LONGEST_INTERLEAVED = 8;

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final Map<String, String> encodings = new LinkedHashMap<>();
    private final List<String> columnSortKey = new ArrayList<>();

    StorageNote(final ObjectName table) {
        json.put("table", table.name()).put("schema", table.schema());
    }

    void like(final ObjectName parent) {
        json.put("like", parent.quoted());
    }

    void backup(final boolean backup) {
        json.put("backup", backup);
    }

    void encodeAuto() {
        json.put("encodeauto", true);
    }

    void encoding(final String column, final String encoding) {
        encodings.put(column, encoding);
        json.put("encodeauto", false);
    }

    void distributionStyle(final String style) {
        if (json.has("diststyle")) {
            throw new SqlError(SqlError.INVALID_TABLE, "DISTSTYLE may be given once only");
        }

        json.put("diststyle", style);
    }

    void distributionKey(final String column) {
        if (json.has("distkey")) {
            throw new SqlError(SqlError.INVALID_TABLE, "cannot specify more than one distribution key");
        }

        json.put("distkey", column);
    }

    /**
     * @param style compound or interleaved
     */
    void sortKey(final String style, final List<String> columns) {
        sortStyle(style);
        final int longest = style.equals("interleaved") ? LONGEST_INTERLEAVED : LONGEST_COMPOUND;
        if (columns.isEmpty() || columns.size() > longest) {
            throw new SqlError(SqlError.INVALID_TABLE, "a sort key has 1 to " + longest + " columns");
        }

        final ArrayNode names = json.putArray("sortkey");
        columns.forEach(names::add);
    }

    /**
     * @param style auto or none
     */
    void sortStyle(final String style) {
        if (json.has("sortstyle")) {
            throw new SqlError(SqlError.INVALID_TABLE, "cannot specify more than one sort key");
        }

        json.put("sortstyle", style);
    }

    /** Takes SORTKEY behind a column, which goes for columns one by one. */
    void sortColumn(final String column) {
        columnSortKey.add(column);
    }

    void reference(final String name, final List<String> columns, final ObjectName target, final List<String> targetColumns) {
        final ObjectNode reference = json.withArray("/references").addObject();
        reference.put("name", name).put("relation", target.quoted());
        final ArrayNode from = reference.putArray("columns");
        columns.forEach(from::add);
        final ArrayNode into = reference.putArray("target");
        targetColumns.forEach(into::add);
    }

    /**
     * @param kind p for a primary key, u for a unique constraint
     */
    void key(final String name, final String kind, final List<String> columns) {
        final ArrayNode names = json.putObject("key").put("name", name).put("kind", kind).putArray("columns");
        columns.forEach(names::add);
    }

    void resize(final String column, final int bytes) {
        json.put("resize", column).put("bytes", bytes);
    }

    /**
     * Writes the comment for a statement.
     *
     * @throws SqlError when the attributes contradict each other
     */
    String comment() {
        if (!columnSortKey.isEmpty()) {
            sortKey("compound", columnSortKey);
        }

        if (!encodings.isEmpty()) {
            final ObjectNode named = json.putObject("encodings");
            encodings.forEach(named::put);
        }

        final String style = json.path("diststyle").asText("");
        if (json.has("distkey") && style.isEmpty()) {
            json.put("diststyle", "key");
        } else if (json.has("distkey") && !style.equals("key")) {
            throw new SqlError(SqlError.INVALID_TABLE, "DISTSTYLE " + style.toUpperCase(Locale.ROOT) + " cannot be used with a distribution key");
        } else if (style.equals("key") && !json.has("distkey")) {
            throw new SqlError(SqlError.INVALID_TABLE, "DISTSTYLE KEY needs a distribution key");
        }

        // A slash could end the comment.
        return "/* sandbox " + json.toString().replace("/", "\\u002f").replace("\n", "\\n") + " */ ";
    }
}
