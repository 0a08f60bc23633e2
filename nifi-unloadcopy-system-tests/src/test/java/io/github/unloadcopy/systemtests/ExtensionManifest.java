package io.github.unloadcopy.systemtests;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;

/**
 * What the NAR says about its components.
 *
 * @param group group id
 * @param artifact artifact id
 * @param version version
 * @param components by class name
 */
record ExtensionManifest(String group, String artifact, String version, Map<String, Component> components) {

    /**
     * A processor or controller service.
     *
     * @param properties by name
     * @param relationships their names
     * @param provides class names of the service interfaces it implements
     * @param schedule strategy and period of a new one; null when it has none of its own
     */
    record Component(Map<String, Property> properties, Set<String> relationships, Set<String> provides, String schedule) {
    }

    /**
     * A property.
     *
     * @param sensitive whether its value is a secret
     * @param allowableValues the only values it takes; empty when it takes others
     * @param service class name of the service interface whose identifier it takes; null when it takes none
     */
    record Property(boolean sensitive, Set<String> allowableValues, String service) {
    }

    static ExtensionManifest read(final Path nar) throws Exception {
        try (ZipFile file = new ZipFile(nar.toFile());
             InputStream stream = file.getInputStream(file.getEntry("META-INF/docs/extension-manifest.xml"))) {
            final Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream);
            final Element root = document.getDocumentElement();
            final Map<String, Component> components = new HashMap<>();

            for (final Element extension : children(root, "extensions", "extension")) {
                components.put(text(extension, "name"), component(extension));
            }

            return new ExtensionManifest(text(root, "groupId"), text(root, "artifactId"), text(root, "version"), components);
        }
    }

    private static Component component(final Element extension) {
        final Map<String, Property> properties = new HashMap<>();
        final Set<String> relationships = new HashSet<>();
        final Set<String> provides = new HashSet<>();

        for (final Element property : children(extension, "properties", "property")) {
            final Set<String> allowableValues = new HashSet<>();
            children(property, "allowableValues", "allowableValue").forEach(value -> allowableValues.add(text(value, "value")));
            final List<Element> definitions = children(property, "controllerServiceDefinition");
            properties.put(text(property, "name"), new Property(Boolean.parseBoolean(text(property, "sensitive")), allowableValues,
                    definitions.isEmpty() ? null : text(definitions.getFirst(), "className")));
        }

        children(extension, "relationships", "relationship").forEach(relationship -> relationships.add(text(relationship, "name")));
        children(extension, "providedServiceAPIs", "providedServiceAPI").forEach(api -> provides.add(text(api, "className")));
        final List<Element> schedules = children(extension, "defaultSchedule");
        return new Component(properties, relationships, provides,
                schedules.isEmpty() ? null : "%s %s".formatted(text(schedules.getFirst(), "strategy"), text(schedules.getFirst(), "period")));
    }

    private static String text(final Element element, final String name) {
        return children(element, name).getFirst().getTextContent();
    }

    private static List<Element> children(final Element element, final String... path) {
        List<Element> elements = List.of(element);

        for (final String name : path) {
            final List<Element> next = new ArrayList<>();

            for (final Element parent : elements) {
                final NodeList nodes = parent.getChildNodes();

                for (int index = 0; index < nodes.getLength(); index++) {
                    final Node node = nodes.item(index);

                    if (node instanceof final Element child && child.getTagName().equals(name)) {
                        next.add(child);
                    }
                }
            }

            elements = next;
        }

        return elements;
    }
}
