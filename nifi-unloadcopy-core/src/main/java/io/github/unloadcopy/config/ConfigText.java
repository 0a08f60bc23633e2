package io.github.unloadcopy.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration as people wrote it, of which single values are changed while comments, blanks and the order of the fields stay. Values may be secrets: the text is wiped when this is
 * closed, and none of it is in any message.
 */
public final class ConfigText implements AutoCloseable {
    private final char[] text;
    private final Map<String, Value> values;
    private final List<Edit> edits = new ArrayList<>();
    private final Map<String, List<String>> additions = new LinkedHashMap<>();

    private ConfigText(final char[] text, final Map<String, Value> values) {
        this.text = text;
        this.values = values;
    }

    /**
     * Reads a configuration.
     *
     * @param json the document, UTF-8; the caller goes on owning, and wipes, the array
     * @return its text
     * @throws ConfigException when it is not a JSON object; the message quotes nothing of it but names of fields
     */
    public static ConfigText parse(final byte[] json) throws ConfigException {
        final char[] text = ConfigEncoding.decode(json);
        final boolean marked = text.length > 0 && text[0] == ConfigEncoding.BYTE_ORDER_MARK;

        if (marked) {
            text[0] = ' ';
        }

        try {
            return new ConfigText(text, values(text));
        } catch (final ConfigException e) {
            Arrays.fill(text, '\0');
            throw e;
        } finally {
            if (marked && text[0] == ' ') {
                text[0] = ConfigEncoding.BYTE_ORDER_MARK;
            }
        }
    }

    /** Whether there is a value at a JSON pointer. */
    public boolean has(final String pointer) {
        return values.containsKey(pointer);
    }

    /** Whether the value at a JSON pointer is text in quotes. */
    public boolean isString(final String pointer) {
        return has(pointer) && values.get(pointer).token() == JsonToken.VALUE_STRING;
    }

    /**
     * The text at a JSON pointer, escapes resolved.
     *
     * @param pointer pointer to a value for which {@link #isString(String)} holds
     * @return a copy that the caller wipes
     */
    public char[] string(final String pointer) {
        final Value value = values.get(pointer);

        try (JsonParser parser = ConfigDocument.JSON.getFactory().createParser(text, value.start(), value.end() - value.start())) {
            parser.nextToken();
            final int offset = parser.getTextOffset();
            return Arrays.copyOfRange(parser.getTextCharacters(), offset, offset + parser.getTextLength());
        } catch (final IOException e) {
            throw new UncheckedIOException("A text that was read before cannot be read again", e);
        }
    }

    /** The value at a JSON pointer as it is written, quotes and escapes included; only for values that are no secrets. */
    public String literal(final String pointer) {
        final Value value = values.get(pointer);
        return new String(text, value.start(), value.end() - value.start());
    }

    /** A field for people: its path with dots, and its line where it has one. */
    public String place(final String pointer) {
        return ConfigDocument.place(pointer, has(pointer) ? values.get(pointer).line() : null);
    }

    /**
     * Puts another value in the place of one.
     *
     * @param pointer pointer to the value
     * @param literal the new value as JSON
     */
    public void replace(final String pointer, final String literal) {
        final Value value = values.get(pointer);
        edits.add(new Edit(value.start(), value.end(), literal));
    }

    /**
     * Gives a field another name.
     *
     * @param pointer pointer to the field's value
     * @param name the new name, of letters, digits and underscores
     */
    public void rename(final String pointer, final String name) {
        final Value value = values.get(pointer);
        edits.add(new Edit(value.nameStart(), stringEnd(text, value.nameStart()), '"' + name + '"'));
    }

    /**
     * Adds a field behind the others of an object, laid out as they are.
     *
     * @param pointer pointer to the object
     * @param name name of the field, of letters, digits and underscores
     * @param literal its value as JSON
     */
    public void add(final String pointer, final String name, final String literal) {
        additions.computeIfAbsent(pointer, object -> new ArrayList<>()).add('"' + name + "\": " + literal);
    }

    /** The text with all changes, UTF-8; the caller wipes it. */
    public byte[] bytes() {
        final List<Edit> ordered = new ArrayList<>(edits);
        additions.forEach((pointer, fields) -> ordered.addAll(insertions(values.get(pointer), fields)));
        ordered.sort(Comparator.comparingInt(Edit::start));
        final CharBuffer result = CharBuffer.allocate(text.length + ordered.stream().mapToInt(edit -> edit.text().length()).sum());
        int position = 0;

        for (final Edit edit : ordered) {
            result.put(text, position, edit.start() - position).put(edit.text());
            position = edit.end();
        }

        result.put(text, position, text.length - position).flip();
        return encode(result);
    }

    /**
     * The same text as strict JSON.
     *
     * @return the bytes of {@link #bytes()} without comments, and without the lines that held nothing else
     * @throws ConfigException when the changes made the text something else than JSON
     */
    public byte[] bytesWithoutComments() throws ConfigException {
        final byte[] edited = bytes();

        try (ConfigText parsed = parse(edited)) {
            parsed.edits.addAll(ConfigComments.find(parsed.text).stream().map(range -> new Edit(range.start(), range.end(), range.replacement())).toList());
            return parsed.bytes();
        } finally {
            Arrays.fill(edited, (byte) 0);
        }
    }

    /** Wipes the text. */
    @Override
    public void close() {
        Arrays.fill(text, '\0');
    }

    /** Says nothing of the text, which may hold secrets. */
    @Override
    public String toString() {
        return "ConfigText[%d values]".formatted(values.size());
    }

    /** Position behind the closing quote of the text that begins at a position; the end of everything where the quote is not closed. */
    static int stringEnd(final char[] text, final int start) {
        int position = start + 1;

        while (position < text.length && text[position] != '"') {
            position += text[position] == '\\' ? 2 : 1;
        }

        return Math.min(position + 1, text.length);
    }

    private static Map<String, Value> values(final char[] text) throws ConfigException {
        final Map<String, Value> values = new LinkedHashMap<>();

        try (JsonParser parser = ConfigDocument.JSON.getFactory().createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ConfigException(List.of("The configuration is not a JSON object: it has to begin with { and hold unloadSource, s3Staging and copyTarget"));
            }

            values.put("", new Value(JsonToken.START_OBJECT, -1, start(parser), -1, 1, null));
            int nameStart = -1;

            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    nameStart = start(parser);
                } else if (token.isStructEnd()) {
                    final String pointer = parser.getParsingContext().pathAsPointer().toString();
                    values.computeIfPresent(pointer, (key, value) -> value.endingAt(start(parser) + 1));
                    nameStart = -1;
                } else {
                    final String pointer = ConfigDocument.pointer(parser, token);

                    if (!values.containsKey("") || values.get("").end() >= 0) {
                        throw new ConfigException(List.of("Line %d: text follows behind the end of the configuration; remove it".formatted(parser.currentTokenLocation().getLineNr())));
                    }

                    values.put(pointer, new Value(token, nameStart, start(parser), end(parser, token, text), parser.currentTokenLocation().getLineNr(), null));
                    noteLast(values, pointer);
                    nameStart = -1;
                }
            }
        } catch (final JacksonException e) {
            throw new ConfigException(List.of(ConfigDocument.syntaxProblem(e)));
        } catch (final IOException e) {
            throw new UncheckedIOException("Text in memory cannot be read", e);
        }

        return values;
    }

    private static void noteLast(final Map<String, Value> values, final String pointer) {
        values.computeIfPresent(pointer.substring(0, pointer.lastIndexOf('/')), (key, parent) -> parent.withLast(pointer));
    }

    private static int start(final JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    /** End of a value; that of an object or array is known when it is met. */
    private static int end(final JsonParser parser, final JsonToken token, final char[] text) throws IOException {
        return switch (token) {
            case VALUE_STRING -> stringEnd(text, start(parser));
            case START_OBJECT, START_ARRAY -> -1;
            default -> start(parser) + parser.getTextLength();
        };
    }

    /** A comma goes behind the last field, the new ones before the closing brace: so a comment behind the last field stays there. */
    private List<Edit> insertions(final Value object, final List<String> fields) {
        if (object.last() == null) {
            return List.of(new Edit(object.start() + 1, object.start() + 1, String.join(", ", fields)));
        }

        final Value last = values.get(object.last());
        int position = object.end() - 1;

        while (Character.isWhitespace(text[position - 1])) {
            position--;
        }

        final String separator = separator(last, object);
        return List.of(new Edit(last.end(), last.end(), ","), new Edit(position, position, separator + String.join("," + separator, fields)));
    }

    /** What stands before a new field: a line break and the last field's indentation where the object goes over several lines, else a blank. */
    private String separator(final Value last, final Value object) {
        int lineStart = last.nameStart();

        while (lineStart > 0 && text[lineStart - 1] != '\n') {
            lineStart--;
        }

        int indentation = lineStart;

        while (Character.isWhitespace(text[indentation])) {
            indentation++;
        }

        final boolean ownLine = indentation == last.nameStart() && lineStart > 0;
        final boolean lineBreak = new String(text, last.end(), object.end() - last.end()).indexOf('\n') >= 0;

        if (!ownLine && !lineBreak) {
            return " ";
        }

        final String end = lineStart > 1 && text[lineStart - 2] == '\r' ? "\r\n" : "\n";
        return end + new String(text, lineStart, indentation - lineStart);
    }

    private static byte[] encode(final CharBuffer characters) {
        final ByteBuffer encoded = StandardCharsets.UTF_8.encode(characters);

        try {
            return Arrays.copyOf(encoded.array(), encoded.limit());
        } finally {
            Arrays.fill(encoded.array(), (byte) 0);
            Arrays.fill(characters.array(), '\0');
        }
    }

    /**
     * Where a value stands.
     *
     * @param nameStart where the quote before its name is; -1 when it has none
     * @param last pointer to the last value inside; null for none
     */
    private record Value(JsonToken token, int nameStart, int start, int end, int line, String last) {
        Value endingAt(final int position) {
            return new Value(token, nameStart, start, position, line, last);
        }

        Value withLast(final String pointer) {
            return new Value(token, nameStart, start, end, line, pointer);
        }
    }

    private record Edit(int start, int end, String text) {
    }
}
