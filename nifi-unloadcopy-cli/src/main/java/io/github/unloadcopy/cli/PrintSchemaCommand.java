package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.config.ConfigReader;
import picocli.CommandLine.Command;

import java.util.List;

/** Gives the JSON Schema of configurations. */
@Command(name = "print-schema",
        description = "Prints the JSON Schema of configurations, with which editors complete and describe their fields. It calls nothing in AWS.",
        footerHeading = "%nExamples:%n",
        footer = "  unloadcopy print-schema > unload-copy-config.schema.json")
final class PrintSchemaCommand extends AnsweringCommand {
    @Override
    Answer answer() throws Exception {
        final String schema = ConfigReader.publishedSchema();
        final ObjectMapper mapper = new ObjectMapper();
        final ObjectNode json = mapper.createObjectNode();
        json.set("schema", mapper.readTree(schema));
        return new Answer(ExitStatus.OK, schema, json, List.of());
    }
}
