package io.github.unloadcopy.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DialectId;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** The schema as editors see it. */
class PublishedSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void isASchemaByItsMetaSchema() throws IOException {
        assertEquals(List.of(), metaSchema().validate(schema()));
        assertEquals("https://json-schema.org/draft/2020-12/schema", schema().path("$schema").asText());
    }

    @Test
    void theMetaSchemaFindsMistakes() throws IOException {
        final ObjectNode wrong = schema();
        ((ObjectNode) wrong.at("/$defs/port/anyOf/0")).put("minimum", "one");

        assertNotEquals(List.<Error>of(), metaSchema().validate(wrong));
    }

    @Test
    void everyReferenceLeadsSomewhere() throws IOException {
        final JsonNode schema = schema();

        assertEquals(List.of(), schema.findValuesAsText("$ref").stream().filter(reference -> !reference.startsWith("#/") || schema.at(reference.substring(1)).isMissingNode()).toList());
    }

    @Test
    void everyFieldIsDescribed() throws IOException {
        final List<String> undescribed = new ArrayList<>();
        undescribed(schema(), "", undescribed);

        assertEquals(List.of(), undescribed);
    }

    @Test
    void isTheOneBesideTheExamples() throws IOException {
        assertEquals(Files.readString(Path.of("..", "example-flows", "unload-copy-config.schema.json")), ConfigReader.publishedSchema());
    }

    private static void undescribed(final JsonNode schema, final String path, final List<String> found) {
        schema.path("properties").properties().forEach(field -> {
            if (field.getValue().path("description").asText().isBlank()) {
                found.add(path + "/" + field.getKey());
            }

            undescribed(field.getValue(), path + "/" + field.getKey(), found);
        });
    }

    private static Schema metaSchema() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));
    }

    private static ObjectNode schema() throws IOException {
        return (ObjectNode) JSON.readTree(ConfigReader.publishedSchema());
    }
}
