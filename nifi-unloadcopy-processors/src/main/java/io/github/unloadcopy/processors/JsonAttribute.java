package io.github.unloadcopy.processors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.util.Map;
import java.util.TreeMap;

/**
 * A map as a FlowFile attribute: a JSON object of strings.
 */
final class JsonAttribute {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonAttribute() {
    }

    static String format(final Map<String, String> values) {
        try {
            return MAPPER.writeValueAsString(new TreeMap<>(values));
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("A map of strings is always JSON", e);
        }
    }

    /**
     * Reads a map.
     *
     * @param text the attribute's text; null for an empty map
     * @param what what it is, for the message
     * @throws InvalidFlowFileException when the text is not a JSON object of strings
     */
    static Map<String, String> parse(final String text, final String what) throws InvalidFlowFileException {
        if (text == null) {
            return Map.of();
        }

        try {
            return MAPPER.readValue(text, new TypeReference<TreeMap<String, String>>() { });
        } catch (final JsonProcessingException e) {
            throw new InvalidFlowFileException(what + " has to be a JSON object of strings", e);
        }
    }
}
