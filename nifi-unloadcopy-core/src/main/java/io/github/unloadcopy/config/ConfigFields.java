package io.github.unloadcopy.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.redshift.SelectList;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads single fields, and takes down what the schema cannot check. Fields with a problem read as if they were not there. */
final class ConfigFields {
    private static final String ALL_COLUMNS = "*";
    private static final SelectList ALL = new SelectList(List.of());
    /** IAM User Guide, "Unique identifiers": what an access key id looks like before it is encrypted. */
    private static final Pattern PLAIN_ACCESS_KEY_ID = Pattern.compile("(?:AKIA|ASIA)[A-Z0-9]{16}");
    /** A CiphertextBlob of KMS names its key besides the data, so it is never this short. */
    private static final int SHORTEST_CIPHERTEXT = 40;

    private final ConfigDocument document;
    private final Map<String, String> problems;
    private final List<String> warnings;

    ConfigFields(final ConfigDocument document, final Map<String, String> problems, final List<String> warnings) {
        this.document = document;
        this.problems = problems;
        this.warnings = warnings;
    }

    void problem(final String pointer, final String text) {
        problems.putIfAbsent(pointer, document.place(pointer) + " " + text);
    }

    void warn(final String pointer, final String text) {
        warnings.add(document.place(pointer) + " " + text);
    }

    boolean has(final String pointer) {
        return !document.root().at(pointer).isMissingNode();
    }

    boolean isObject(final String pointer) {
        return document.root().at(pointer).isObject();
    }

    /** Whether a field, or one below it, was found wrong. */
    boolean isWrong(final String pointer) {
        return problems.keySet().stream().anyMatch(wrong -> wrong.equals(pointer) || wrong.startsWith(pointer + "/"));
    }

    /** Text without blanks around it; null when it is missing, blank or wrong. */
    String text(final String pointer) {
        final JsonNode value = document.root().at(pointer);
        return isWrong(pointer) || !value.isValueNode() || value.isNull() || value.asText().isBlank() ? null : value.asText().strip();
    }

    int number(final String pointer) {
        final JsonNode value = document.root().at(pointer);
        final String text = text(pointer);
        return text == null ? 0 : value.isNumber() ? value.intValue() : Integer.parseInt(text);
    }

    boolean flag(final String pointer) {
        return Boolean.parseBoolean(text(pointer));
    }

    /** A value encrypted with KMS; null when it is missing, blank or wrong. */
    String ciphertext(final String pointer) {
        final String text = text(pointer);

        if (text == null) {
            return null;
        }

        if (PLAIN_ACCESS_KEY_ID.matcher(text).matches()) {
            problem(pointer, "is an access key id in plain text: encrypt it with KMS and put in the ciphertext, and consider the key disclosed");
            return null;
        }

        try {
            if (Base64.getDecoder().decode(text).length < SHORTEST_CIPHERTEXT) {
                warn(pointer, "is too short for a KMS ciphertext; if it is the plain secret, encrypt it and consider it disclosed");
            }
        } catch (final IllegalArgumentException e) {
            problem(pointer, "is not whole base64: its length or its end is wrong; copy the ciphertext again, on one line");
            return null;
        }

        return text;
    }

    /** The tables of a section, from tableNames or tableName; empty when neither is given. */
    List<String> tables(final String section) {
        final String several = section + "/tableNames";
        final String one = section + "/tableName";

        if (has(several) && has(one)) {
            problem(one, "and tableNames are both given: keep one of them");
            return List.of();
        }

        if (has(several) && !isWrong(several)) {
            return texts(several);
        }

        final String table = text(one);
        return table == null ? List.of() : List.of(table);
    }

    /** A list of columns; empty for all. */
    List<String> columns(final String pointer) {
        final SelectList list = selectList(pointer);

        if (list.hasExpressions()) {
            problem(pointer, "has an expression: rows are loaded into columns, so name those, and put the expression into unloadSource.columns");
            return List.of();
        }

        return list.names();
    }

    /** A list of columns or expressions; empty for all columns. */
    SelectList selectList(final String pointer) {
        final JsonNode value = document.root().at(pointer);

        if (value.isMissingNode() || isWrong(pointer)) {
            return ALL;
        }

        final SelectList list;

        try {
            list = value.isArray() ? elements(pointer) : SelectList.parse(value.asText());
        } catch (final IllegalArgumentException e) {
            problem(pointer, e.getMessage());
            return ALL;
        }

        if (list.names().equals(List.of(ALL_COLUMNS))) {
            return ALL;
        }

        final Set<String> seen = new HashSet<>();

        for (final String column : list.names()) {
            if (!seen.add(column)) {
                problem(pointer, "names the column %s twice".formatted(column));
            }
        }

        return list;
    }

    private SelectList elements(final String pointer) {
        return new SelectList(texts(pointer).stream().map(SelectList::element).toList());
    }

    private List<String> texts(final String pointer) {
        final List<String> texts = new ArrayList<>();
        document.root().at(pointer).forEach(element -> texts.add(element.asText().strip()));
        return texts;
    }
}
