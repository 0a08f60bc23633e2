package io.github.unloadcopy.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON document that knows on which line each of its fields is.
 *
 * @param root the document
 * @param lines line of each field or element by its JSON pointer, from 1
 */
record ConfigDocument(JsonNode root, Map<String, Integer> lines) {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate field '([^']{1,60})'");

    /**
     * Reads a document.
     *
     * @param json the bytes, UTF-8
     * @return the document
     * @throws ConfigException when it is not JSON; the message quotes nothing of it but names of fields, since what stands there may be a secret
     */
    static ConfigDocument parse(final byte[] json) throws ConfigException {
        final char[] text = ConfigEncoding.decode(json);

        if (text.length > 0 && text[0] == ConfigEncoding.BYTE_ORDER_MARK) {
            text[0] = ' ';
        }

        try (JsonParser parser = JSON.getFactory().createParser(text)) {
            final JsonNode root = JSON.readTree(parser);

            if (root == null || !root.isObject()) {
                throw new ConfigException(List.of("The configuration is not a JSON object: it has to begin with { and hold unloadSource, s3Staging and copyTarget"));
            }

            requireEnd(parser);
            return new ConfigDocument(root, lines(text));
        } catch (final JacksonException e) {
            throw new ConfigException(List.of(syntaxProblem(e)));
        } catch (final IOException e) {
            throw new UncheckedIOException("Text in memory cannot be read", e);
        } finally {
            Arrays.fill(text, '\0');
        }
    }

    private static void requireEnd(final JsonParser parser) throws IOException, ConfigException {
        if (parser.nextToken() != null) {
            throw new ConfigException(List.of("Line %d: text follows behind the end of the configuration; remove it".formatted(parser.currentTokenLocation().getLineNr())));
        }
    }

    /**
     * Finds texts with characters that nothing that they are for can hold: NUL, and halves of surrogate pairs, which JSON can write as escapes.
     *
     * @return a problem for each, by its JSON pointer
     */
    Map<String, String> unusableTexts() {
        final Map<String, String> problems = new LinkedHashMap<>();
        collectUnusable("", root, problems);
        return problems;
    }

    private void collectUnusable(final String pointer, final JsonNode node, final Map<String, String> problems) {
        if (node.isTextual() && !isUsable(node.textValue())) {
            problems.put(pointer, "%s holds a NUL or half of a surrogate pair, which is not a character: remove it".formatted(place(pointer)));
        }

        node.properties().forEach(field -> collectUnusable(pointer + "/" + field.getKey().replace("~", "~0").replace("/", "~1"), field.getValue(), problems));

        for (int index = 0; node.isArray() && index < node.size(); index++) {
            collectUnusable(pointer + "/" + index, node.get(index), problems);
        }
    }

    private static boolean isUsable(final String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** A field for people: its path with dots, and its line where it has one. */
    String place(final String pointer) {
        return place(pointer, lines.get(pointer));
    }

    static String place(final String pointer, final Integer line) {
        final String path = pointer.isEmpty() ? "The document" : pointer.substring(1).replace('/', '.').replace("~1", "/").replace("~0", "~");
        return line == null ? path : "%s (line %d)".formatted(path, line);
    }

    private static Map<String, Integer> lines(final char[] text) throws IOException {
        final Map<String, Integer> lines = new HashMap<>();

        try (JsonParser parser = JSON.getFactory().createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.END_OBJECT && token != JsonToken.END_ARRAY) {
                    lines.putIfAbsent(pointer(parser, token), parser.currentTokenLocation().getLineNr());
                }
            }
        }

        return lines;
    }

    /** At the start of an object or array the parser is inside already: its parent's position is the thing's own. */
    static String pointer(final JsonParser parser, final JsonToken token) {
        final boolean starts = token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY;
        return (starts ? parser.getParsingContext().getParent() : parser.getParsingContext()).pathAsPointer().toString();
    }

    static String syntaxProblem(final JacksonException failure) {
        final int line = failure.getLocation() == null ? 0 : failure.getLocation().getLineNr();
        final int column = failure.getLocation() == null ? 0 : failure.getLocation().getColumnNr();
        final Matcher duplicate = DUPLICATE.matcher(String.valueOf(failure.getOriginalMessage()));

        if (duplicate.find()) {
            return "Line %d: the field %s is given twice in the same object; remove one".formatted(line, duplicate.group(1));
        }

        if (failure instanceof JsonEOFException) {
            return "Line %d: the configuration ends too early: a brace, bracket or quote is not closed".formatted(line);
        }

        return "Line %d, column %d: this is not JSON; look for a missing comma, quote or brace there or just before".formatted(line, column);
    }
}
