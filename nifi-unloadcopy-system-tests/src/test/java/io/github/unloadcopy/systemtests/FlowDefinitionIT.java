package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The delivered flow definitions against what the NAR says about its components. It needs the packaged NAR, which is there when integration tests run. */
class FlowDefinitionIT {
    private static final Pattern PARAMETER = Pattern.compile("#\\{'?([^}']+)'?}");

    private static ExtensionManifest manifest;

    @BeforeAll
    static void readManifest() throws Exception {
        manifest = ExtensionManifest.read(Build.current().bundle());
    }

    static Stream<Path> flows() throws IOException {
        final List<Path> flows = new ArrayList<>();

        // Configurations are delivered in the same folder: a flow definition is known by its contents.
        try (Stream<Path> files = Files.list(Build.current().exampleFlow().getParent())) {
            for (final Path file : files.filter(candidate -> candidate.toString().endsWith(".json")).toList()) {
                if (Files.readString(file).contains("\"flowContents\"")) {
                    flows.add(file);
                }
            }
        }

        return flows.stream();
    }

    @Test
    void theManifestIsOfThisVersion() {
        assertEquals(List.of("io.github.unloadcopy", "nifi-unloadcopy-nar", Build.current().version()), List.of(manifest.group(), manifest.artifact(), manifest.version()));
    }

    @ParameterizedTest
    @MethodSource("flows")
    void nameOnlyWhatExists(final Path file) throws IOException {
        final List<String> problems = new ArrayList<>();
        final JsonNode flow = new ObjectMapper().readTree(file.toFile());
        final JsonNode contents = flow.path("flowContents");
        final Map<String, JsonNode> componentsById = new HashMap<>();
        components(contents).forEach(component -> componentsById.put(component.path("identifier").asText(), component));
        final Map<String, String> parameters = parameters(flow, contents, problems);

        for (final JsonNode component : componentsById.values()) {
            checkComponent(component, componentsById, parameters, problems);
        }

        for (final JsonNode processor : contents.path("processors")) {
            checkRelationships(processor, contents.path("connections"), problems);
        }

        assertEquals(List.of(), problems);
        assertTrue(componentsById.size() >= 7, "the flow is not empty");
    }

    @ParameterizedTest
    @MethodSource("flows")
    void areStoppedAndSelfContained(final Path file) throws IOException {
        final JsonNode flow = new ObjectMapper().readTree(file.toFile());

        assertTrue(flow.path("externalControllerServices").isEmpty());

        for (final JsonNode processor : flow.path("flowContents").path("processors")) {
            assertEquals("ENABLED", processor.path("scheduledState").asText(), processor.path("name").asText());
        }

        for (final JsonNode service : flow.path("flowContents").path("controllerServices")) {
            assertEquals("DISABLED", service.path("scheduledState").asText(), service.path("name").asText());
        }
    }

    /** The values of the parameters, by their names. */
    private static Map<String, String> parameters(final JsonNode flow, final JsonNode contents, final List<String> problems) {
        final Map<String, String> values = new HashMap<>();

        for (final JsonNode parameter : flow.path("parameterContexts").path(contents.path("parameterContextName").asText()).path("parameters")) {
            values.put(parameter.path("name").asText(), parameter.path("value").asText());

            if (parameter.path("sensitive").asBoolean() && !parameter.path("value").isNull()) {
                problems.add("The sensitive parameter %s has a value".formatted(parameter.path("name").asText()));
            }
        }

        return values;
    }

    private static List<JsonNode> components(final JsonNode contents) {
        final List<JsonNode> components = new ArrayList<>();
        contents.path("processors").forEach(components::add);
        contents.path("controllerServices").forEach(components::add);
        return components;
    }

    private static void checkComponent(final JsonNode component, final Map<String, JsonNode> componentsById, final Map<String, String> parameters, final List<String> problems) {
        final String name = component.path("name").asText();
        final ExtensionManifest.Component described = manifest.components().get(component.path("type").asText());
        final JsonNode bundle = component.path("bundle");

        if (!List.of(manifest.group(), manifest.artifact(), manifest.version()).equals(List.of(bundle.path("group").asText(), bundle.path("artifact").asText(), bundle.path("version").asText()))) {
            problems.add("%s is of the bundle %s".formatted(name, bundle));
        }

        if (described == null) {
            problems.add("%s has the type %s, which the NAR does not have".formatted(name, component.path("type").asText()));
            return;
        }

        if (described.schedule() != null && !described.schedule().equals("%s %s".formatted(component.path("schedulingStrategy").asText(), component.path("schedulingPeriod").asText()))) {
            problems.add("%s has another schedule than a new one, which has %s".formatted(name, described.schedule()));
        }

        for (final Map.Entry<String, JsonNode> entry : component.path("properties").properties()) {
            final ExtensionManifest.Property property = described.properties().get(entry.getKey());
            final String value = entry.getValue().asText();
            final Matcher reference = PARAMETER.matcher(value);
            final boolean referring = reference.find();
            final String effective = referring ? parameters.get(reference.group(1)) : value;

            if (property == null) {
                problems.add("%s has no property %s".formatted(name, entry.getKey()));
            } else if (referring && effective == null) {
                problems.add("%s: %s refers to the parameter %s, which does not exist".formatted(name, entry.getKey(), reference.group(1)));
            } else if (property.sensitive() && !referring && !entry.getValue().isNull()) {
                problems.add("%s: the sensitive property %s has a value".formatted(name, entry.getKey()));
            } else if (property.service() != null && !provides(componentsById.get(value), property.service())) {
                problems.add("%s: %s refers to %s, which is no %s of this flow".formatted(name, entry.getKey(), value, property.service()));
            } else if (!property.allowableValues().isEmpty() && !property.allowableValues().contains(effective)) {
                problems.add("%s: %s does not take the value %s".formatted(name, entry.getKey(), effective));
            }
        }
    }

    private static boolean provides(final JsonNode service, final String api) {
        return service != null && manifest.components().get(service.path("type").asText()).provides().contains(api);
    }

    private static void checkRelationships(final JsonNode processor, final JsonNode connections, final List<String> problems) {
        final String name = processor.path("name").asText();
        final Set<String> existing = manifest.components().get(processor.path("type").asText()).relationships();
        final Set<String> handled = new TreeSet<>();
        processor.path("autoTerminatedRelationships").forEach(relationship -> handled.add(relationship.asText()));

        for (final JsonNode connection : connections) {
            if (connection.path("source").path("id").asText().equals(processor.path("identifier").asText())) {
                connection.path("selectedRelationships").forEach(relationship -> handled.add(relationship.asText()));
            }
        }

        if (!handled.equals(new TreeSet<>(existing))) {
            problems.add("%s has the relationships %s, and the flow connects or ends %s".formatted(name, existing, handled));
        }

        processor.path("retriedRelationships").forEach(relationship -> {
            if (!existing.contains(relationship.asText())) {
                problems.add("%s retries %s, which it does not have".formatted(name, relationship.asText()));
            }
        });
    }
}
