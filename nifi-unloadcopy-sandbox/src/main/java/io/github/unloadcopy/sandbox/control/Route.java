package io.github.unloadcopy.sandbox.control;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Something that the control can be asked.
 *
 * @param path parts in braces are given to the handler by their names
 * @param does one sentence for people
 */
public record Route(String method, String path, String does, Handler handler) {

    /**
     * Reads a path.
     *
     * @return the parts in braces by their names, null when the path is another
     */
    Map<String, String> match(final String requested) {
        final String[] expected = path.split("/");
        final String[] parts = requested.split("/");
        if (expected.length != parts.length) {
            return null;
        }

        final Map<String, String> values = new HashMap<>();
        for (int index = 0; index < parts.length; index++) {
            if (expected[index].startsWith("{")) {
                values.put(expected[index].substring(1, expected[index].length() - 1), parts[index]);
            } else if (!expected[index].equals(parts[index])) {
                return null;
            }
        }

        return values;
    }

    /** Does it. */
    @FunctionalInterface
    public interface Handler {

        /**
         * @return what is answered as JSON, null for nothing
         * @throws IllegalArgumentException when the request is wrong
         * @throws java.util.NoSuchElementException when it names what does not exist
         */
        Object handle(Request request) throws IOException;
    }

    /**
     * One request.
     *
     * @param values of the path and of the query, by name
     * @param body an empty object when there is none
     */
    public record Request(Map<String, String> values, JsonNode body) {
    }
}
