package io.github.unloadcopy.sandbox.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.files.SecretFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys with their material, and aliases, in a file that only its owner may read; written anew at each change.
 */
final class KeyFile {

    private static final String ALGORITHM = "AES";

    private final ObjectMapper mapper = new ObjectMapper();
    private final Path file;

    KeyFile(final Path file) {
        this.file = file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** @throws UncheckedIOException when the file cannot be written: the change would be lost with the sandbox */
    void write(final Collection<Key> keys, final Collection<Alias> aliases) {
        final ObjectNode document = mapper.createObjectNode();
        keys.forEach(key -> write(document.withArray("keys").addObject(), key));
        aliases.forEach(alias -> document.withArray("aliases").addObject()
                .put("name", alias.name()).put("arn", alias.arn()).put("keyId", alias.keyId()).put("creationDate", alias.creationDate().toString()));
        try {
            SecretFile.write(file, mapper.writeValueAsBytes(document));
        } catch (final IOException e) {
            throw new UncheckedIOException("KMS's keys could not be kept", e);
        }
    }

    private static void write(final ObjectNode node, final Key key) {
        node.put("id", key.id()).put("arn", key.arn()).put("description", key.description()).put("creationDate", key.creationDate().toString()).put("managedByAws", key.managedByAws())
                .put("enabled", key.enabled()).put("policy", key.policy().json()).put("deletionDate", key.deletionDate() == null ? null : key.deletionDate().toString())
                .put("material", key.material().getEncoded());
        if (key.rotation() != null) {
            node.putObject("rotation").put("days", key.rotation().days()).put("since", key.rotation().since().toString());
        }

        key.tags().forEach(node.putObject("tags")::put);
    }

    List<Key> keys() throws IOException {
        final List<Key> keys = new ArrayList<>();
        for (final JsonNode node : mapper.readTree(Files.readAllBytes(file)).path("keys")) {
            final Map<String, String> tags = new TreeMap<>();
            node.path("tags").properties().forEach(tag -> tags.put(tag.getKey(), tag.getValue().textValue()));
            keys.add(new Key(node.path("id").textValue(), node.path("arn").textValue(), node.path("description").textValue(), instant(node, "creationDate"),
                    node.path("managedByAws").booleanValue(), tags, KeyPolicies.read(node.path("policy").textValue()), node.path("enabled").booleanValue(), rotation(node.path("rotation")),
                    instant(node, "deletionDate"),
                    new SecretKeySpec(node.path("material").binaryValue(), ALGORITHM)));
        }

        return keys;
    }

    List<Alias> aliases() throws IOException {
        final List<Alias> aliases = new ArrayList<>();
        for (final JsonNode node : mapper.readTree(Files.readAllBytes(file)).path("aliases")) {
            aliases.add(new Alias(node.path("name").textValue(), node.path("arn").textValue(), node.path("keyId").textValue(), instant(node, "creationDate")));
        }

        return aliases;
    }

    private static Key.Rotation rotation(final JsonNode node) {
        return node.isMissingNode() ? null : new Key.Rotation(node.path("days").intValue(), instant(node, "since"));
    }

    private static Instant instant(final JsonNode node, final String name) {
        return node.path(name).isTextual() ? Instant.parse(node.path(name).textValue()) : null;
    }
}
