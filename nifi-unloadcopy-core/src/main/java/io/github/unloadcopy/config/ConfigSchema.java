package io.github.unloadcopy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The published JSON Schema, and what its findings mean in words. */
final class ConfigSchema {
    private static final String RESOURCE = "/io/github/unloadcopy/config/unload-copy-config.schema.json";
    private static final int FARTHEST_NAME = 3;

    private final JsonNode source;
    private final Schema schema;

    ConfigSchema() {
        try {
            source = new ObjectMapper().readTree(text());
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException("The schema " + RESOURCE + " is part of this library and is no JSON", e);
        }

        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(source);
        schema.initializeValidators();
    }

    /** The schema as it is published. */
    static String text() {
        try (InputStream resource = ConfigSchema.class.getResourceAsStream(RESOURCE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException("The schema " + RESOURCE + " is part of this library and cannot be read", e);
        }
    }

    /**
     * Checks a document.
     *
     * @param document the document
     * @return one problem for each field that is wrong, by its JSON pointer
     */
    Map<String, String> check(final ConfigDocument document) {
        final Map<String, String> problems = new LinkedHashMap<>();
        final List<Error> errors = schema.validate(document.root());

        for (final Error error : errors) {
            final String pointer = pointer(error.getInstanceLocation());

            if (error.getKeyword().equals("required")) {
                // The alternatives (tableName or tableNames, role or keys) are reported as one by whoever reads the fields.
                if (!contains(error.getEvaluationPath(), "anyOf")) {
                    final String missing = pointer + "/" + error.getProperty();
                    problems.putIfAbsent(missing, missing(document, pointer, error.getProperty()));
                }
            } else if (!error.getKeyword().equals("anyOf") && errors.stream().noneMatch(other -> pointer(other.getInstanceLocation()).startsWith(pointer + "/") && !pointer.isEmpty())) {
                problems.putIfAbsent(pointer, wrong(document, pointer, error));
            }
        }

        return problems;
    }

    /**
     * Finds fields that nothing reads.
     *
     * @param document the document
     * @return a warning for each
     */
    List<String> unknownFields(final ConfigDocument document) {
        final List<String> warnings = new ArrayList<>();

        for (final String pointer : unknown(document, "")) {
            warnings.add(unknownField(document, "", pointer));
        }

        for (final String section : names(source.path("properties"))) {
            for (final String pointer : unknown(document, "/" + section)) {
                warnings.add(unknownField(document, "/" + section, pointer));
            }
        }

        return warnings;
    }

    /** Whether values of this field are secrets, or were meant to be. */
    boolean isSecret(final String pointer) {
        return resolve(definition(pointer)).path("writeOnly").asBoolean();
    }

    /** What belongs into a field. */
    String description(final String pointer) {
        return definition(pointer).path("description").asText();
    }

    private String missing(final ConfigDocument document, final String parent, final String name) {
        final String pointer = parent + "/" + name;

        for (final String other : unknown(document, parent)) {
            if (nearest(other.substring(parent.length() + 1), List.of(name)) != null) {
                return "%s is missing, but %s is close: rename it; expected: %s".formatted(document.place(pointer), document.place(other), description(pointer));
            }
        }

        final String place = document.lines().containsKey(parent) && !parent.isEmpty() ? " in the object on line " + document.lines().get(parent) : "";
        return "%s is missing%s; add it: %s".formatted(document.place(pointer), place, description(pointer));
    }

    private String wrong(final ConfigDocument document, final String pointer, final Error error) {
        final JsonNode value = document.root().at(pointer);

        if (error.getKeyword().equals("not")) {
            return "%s: %s".formatted(document.place(pointer), description(pointer));
        }

        return "%s %s; expected: %s".formatted(document.place(pointer), found(pointer, value), description(pointer));
    }

    /** What stands in a field, without quoting secrets. */
    private String found(final String pointer, final JsonNode value) {
        if (value.isObject() || value.isArray()) {
            return value.isEmpty() ? "is empty" : "is an " + value.getNodeType().name().toLowerCase(Locale.ROOT);
        }

        if (value.isNull()) {
            return "is null";
        }

        if (value.isTextual() && value.asText().isBlank()) {
            return "is empty";
        }

        if (isSecret(pointer)) {
            return value.isTextual() ? "is not base64" : "is not text";
        }

        return value.isTextual() ? "is a text that does not fit" : "is a " + value.getNodeType().name().toLowerCase(Locale.ROOT) + " that does not fit";
    }

    private String unknownField(final ConfigDocument document, final String parent, final String pointer) {
        final String near = nearest(pointer.substring(parent.length() + 1), names(definition(parent).path("properties")));
        return "%s is not a field of this format and is ignored%s".formatted(document.place(pointer), near == null ? "" : "; did you mean " + near + "?");
    }

    private List<String> unknown(final ConfigDocument document, final String parent) {
        final Set<String> known = new HashSet<>(names(definition(parent).path("properties")));
        return names(document.root().at(parent)).stream().filter(name -> !known.contains(name)).map(name -> parent + "/" + name.replace("~", "~0").replace("/", "~1")).toList();
    }

    private JsonNode definition(final String pointer) {
        JsonNode definition = source;

        for (final String segment : pointer.split("/")) {
            if (!segment.isEmpty()) {
                // Elements of an array are described where the array is.
                definition = resolve(definition).path("properties").has(segment) ? resolve(definition).path("properties").get(segment) : definition;
            }
        }

        return definition;
    }

    private JsonNode resolve(final JsonNode definition) {
        final String reference = definition.path("$ref").asText();
        return reference.startsWith("#") ? source.at(reference.substring(1)) : definition;
    }

    private static List<String> names(final JsonNode object) {
        final List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String pointer(final NodePath path) {
        final StringBuilder pointer = new StringBuilder();

        for (int index = 0; index < path.getNameCount(); index++) {
            pointer.append('/').append(String.valueOf(path.getElement(index)).replace("~", "~0").replace("/", "~1"));
        }

        return pointer.toString();
    }

    private static boolean contains(final NodePath path, final String element) {
        for (int index = 0; index < path.getNameCount(); index++) {
            if (element.equals(path.getElement(index))) {
                return true;
            }
        }

        return false;
    }

    /** The known name that people most likely meant; null when none is close. */
    private static String nearest(final String name, final List<String> known) {
        String nearest = null;
        int distance = FARTHEST_NAME + 1;

        for (final String candidate : known) {
            final int candidateDistance = distance(plain(name), plain(candidate));

            if (candidateDistance < distance && candidateDistance * 2 < candidate.length()) {
                nearest = candidate;
                distance = candidateDistance;
            }
        }

        return nearest;
    }

    private static String plain(final String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_ -]", "");
    }

    /** Edits between two names (Levenshtein). */
    private static int distance(final String first, final String second) {
        int[] previous = new int[second.length() + 1];

        for (int column = 0; column <= second.length(); column++) {
            previous[column] = column;
        }

        for (int row = 1; row <= first.length(); row++) {
            final int[] current = new int[second.length() + 1];
            current[0] = row;

            for (int column = 1; column <= second.length(); column++) {
                final int replaced = previous[column - 1] + (first.charAt(row - 1) == second.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(previous[column], current[column - 1]) + 1);
            }

            previous = current;
        }

        return previous[second.length()];
    }
}
