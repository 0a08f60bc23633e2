package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.ConfigText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Brings a configuration of any age into the newest shape. */
@Command(name = "convert-config",
        description = {
            "Prints a configuration of any age in the newest shape, and says on standard error what it changed: tableName becomes tableNames, texts such as \"True\" become booleans, "
                + "schema and tables that the target leaves out are written down.",
            "Encrypted values, comments and layout stay as they are. What cannot be converted is named, and the exit status is " + ExitStatus.CHECK_FAILED + ". It calls nothing in AWS."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy convert-config old.json > config.json",
            "  unloadcopy convert-config --region eu-west-1 --strip-comments old.json > config.json"
        })
final class ConvertConfigCommand extends AnsweringCommand {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "The configuration. Default: standard input.")
    private String file;

    @Option(names = "--region", paramLabel = "REGION", description = "Region of the staging bucket, written down where the configuration has none.")
    private String region;

    @Option(names = "--strip-comments", description = "Leave comments out: what is printed is strict JSON.")
    private boolean stripComments;

    @Override
    Answer answer() throws Exception {
        final byte[] old = file == null ? ConfigLocation.readInput(StandardInput.ofProcess()) : ConfigLocation.readFile(file);
        final List<String> changes;
        final byte[] converted;

        try (ConfigText text = ConfigText.parse(old)) {
            final ConfigConversion conversion = new ConfigConversion(text);
            changes = conversion.convert(region);
            converted = stripComments ? text.bytesWithoutComments() : text.bytes();
        } finally {
            Arrays.fill(old, (byte) 0);
        }

        final List<String> problems = new ArrayList<>();
        final List<String> notes = new ArrayList<>(changes.isEmpty() ? List.of("there was nothing to change") : changes);

        try {
            notes.addAll(new ConfigReader().read(converted).warnings());
        } catch (final ConfigException e) {
            problems.addAll(e.problems());
        }

        problems.forEach(problem -> notes.add("still to mend: " + problem));
        final String config = new String(converted, StandardCharsets.UTF_8);
        final ObjectNode json = new ObjectMapper().createObjectNode().put("configuration", config);
        final ArrayNode changed = json.putArray("changes");
        changes.forEach(changed::add);
        final ArrayNode left = json.putArray("problems");
        problems.forEach(left::add);
        return new Answer(problems.isEmpty() ? ExitStatus.OK : ExitStatus.CHECK_FAILED, config, json, notes);
    }
}
