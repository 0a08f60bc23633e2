package io.github.unloadcopy.processors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.util.Map;
import java.util.TreeMap;

/**
 * A KMS encryption context as a FlowFile attribute: a JSON object of strings.
 */
final class EncryptionContext {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private EncryptionContext() {
    }

    static String format(final Map<String, String> context) {
        try {
            return MAPPER.writeValueAsString(new TreeMap<>(context));
        } catch (final JsonProcessingException e) {
            throw new IllegalStateException("A map of strings is always JSON", e);
        }
    }

    /**
     * @throws InvalidFlowFileException when the text is not a JSON object of strings
     */
    static Map<String, String> parse(final String text) throws InvalidFlowFileException {
        try {
            return MAPPER.readValue(text, new TypeReference<TreeMap<String, String>>() { });
        } catch (final JsonProcessingException e) {
            throw new InvalidFlowFileException("The encryption context of the data key has to be a JSON object of strings", e);
        }
    }
}
