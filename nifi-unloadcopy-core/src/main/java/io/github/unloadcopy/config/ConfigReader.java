package io.github.unloadcopy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Reads the original utility's configuration file, in every shape that exists in the field. */
public final class ConfigReader {
    private final ConfigSchema schema;

    public ConfigReader() {
        schema = new ConfigSchema();
    }

    /**
     * Reads and checks one configuration.
     *
     * @param json the document, UTF-8
     * @return the configuration, and what looks odd about it
     * @throws ConfigException when anything about the document is wrong
     */
    public ParsedConfig read(final byte[] json) throws ConfigException {
        final ConfigDocument document = ConfigDocument.parse(json);
        final Map<String, String> problems = document.unusableTexts();
        schema.check(document).forEach(problems::putIfAbsent);
        final List<String> warnings = new ArrayList<>(schema.unknownFields(document));
        final ConfigFields fields = new ConfigFields(document, problems, warnings);
        final MigrationConfig config = new ConfigMapper(fields).map();

        if (!problems.isEmpty()) {
            throw new ConfigException(inOrder(document, problems));
        }

        return new ParsedConfig(config, warnings);
    }

    /** The JSON Schema that configurations are checked against, for editors. */
    public static String publishedSchema() {
        return ConfigSchema.text();
    }

    /** By line, fields that are missing where their object begins. */
    private static List<String> inOrder(final ConfigDocument document, final Map<String, String> problems) {
        return problems.entrySet().stream().sorted(Comparator.comparingInt(problem -> line(document, problem.getKey()))).map(Map.Entry::getValue).toList();
    }

    private static int line(final ConfigDocument document, final String pointer) {
        final Integer line = document.lines().get(pointer);
        return line == null && !pointer.isEmpty() ? line(document, pointer.substring(0, pointer.lastIndexOf('/'))) : line == null ? 0 : line;
    }
}
