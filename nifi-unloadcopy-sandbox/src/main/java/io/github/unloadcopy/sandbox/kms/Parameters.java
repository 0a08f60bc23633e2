package io.github.unloadcopy.sandbox.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.cloud.CloudException;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The parameters of one request, checked as they are read.
 */
final class Parameters {

    private static final int BAD_REQUEST = 400;

    private final ObjectNode json;

    /**
     * @throws CloudException UnsupportedOperationException when there is a parameter that the sandbox would have to ignore
     */
    Parameters(final ObjectNode json, final List<String> known) {
        this.json = json;
        final Set<String> unknown = new TreeSet<>();
        json.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new CloudException("UnsupportedOperationException", BAD_REQUEST, "The sandbox does not know " + String.join(", ", unknown) + " here, and ignores no parameter: leave it out.");
        }
    }

    String text(final String name) {
        final JsonNode value = json.path(name);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw invalid("1 validation error detected: Value at '" + name + "' failed to satisfy constraint: Member must not be null");
        }

        return value.textValue();
    }

    String text(final String name, final String otherwise) {
        return json.path(name).isTextual() ? json.path(name).textValue() : otherwise;
    }

    boolean has(final String name) {
        return json.hasNonNull(name);
    }

    int number(final String name, final int least, final int most, final int otherwise) {
        if (!has(name)) {
            return otherwise;
        }

        final JsonNode value = json.path(name);
        if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
            throw invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have value from %d to %d".formatted(value.asText(), name, least, most));
        }

        return value.intValue();
    }

    byte[] bytes(final String name, final int most) {
        final byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text(name));
        } catch (final IllegalArgumentException e) {
            throw new CloudException("SerializationException", BAD_REQUEST, "'" + name + "' is not Base64.");
        }

        if (bytes.length == 0 || bytes.length > most) {
            throw invalid("1 validation error detected: Value at '" + name + "' failed to satisfy constraint: Member must have length from 1 to " + most);
        }

        return bytes;
    }

    /** Refuses whatever is not the only value that the sandbox has. */
    void only(final String name, final String value) {
        if (has(name) && !json.path(name).asText().equals(value)) {
            throw new CloudException("UnsupportedOperationException", BAD_REQUEST, "The sandbox knows " + name + " " + value + " only, not " + json.path(name).asText() + ".");
        }
    }

    boolean isTrue(final String name) {
        return json.path(name).asBoolean(false);
    }

    List<String> texts(final String name) {
        final List<String> texts = new ArrayList<>();
        json.path(name).forEach(value -> texts.add(value.asText()));
        return texts;
    }

    Map<String, String> encryptionContext(final String name) {
        final Map<String, String> context = new TreeMap<>();
        json.path(name).properties().forEach(entry -> context.put(entry.getKey(), entry.getValue().asText()));
        return context;
    }

    Map<String, String> tags() {
        final Map<String, String> tags = new TreeMap<>();
        json.path("Tags").forEach(tag -> tags.put(tag.path("TagKey").asText(), tag.path("TagValue").asText()));
        return tags;
    }

    static CloudException invalid(final String message) {
        return new CloudException("ValidationException", BAD_REQUEST, message);
    }
}
