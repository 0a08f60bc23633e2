package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.ConfigText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Encrypts the secrets of a whole configuration. */
@Command(name = "encrypt-config",
        description = {
            "Prints a configuration with its secrets encrypted: connectPwd of both clusters, aws_access_key_id and aws_secret_access_key. Comments and layout stay as they are.",
            "Values that are encrypted already are left; one that looks encrypted and does not decrypt is an error. Needs kms:Encrypt and kms:Decrypt.",
            "Afterwards delete the configuration with the plain secrets."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy encrypt-config --region eu-west-1 plain.json > config.json",
            "  generate-config | unloadcopy encrypt-config --region eu-west-1 > config.json"
        })
final class EncryptConfigCommand extends AnsweringCommand {
    @Parameters(paramLabel = "FILE", arity = "0..1", description = "The configuration. Default: standard input.")
    private String file;

    @Mixin
    private KeyOption key;

    @Mixin
    private AwsOptions aws;

    @Override
    Answer answer() throws Exception {
        final byte[] plain = file == null ? ConfigLocation.readInput(StandardInput.ofProcess()) : ConfigLocation.readFile(file);
        final ConfigEncryption encryption;
        final byte[] encrypted;

        try (AwsClients clients = aws.clients(); ConfigText text = ConfigText.parse(plain)) {
            encryption = new ConfigEncryption(clients.secrets(), key.key());
            encryption.encrypt(text);
            encrypted = text.bytes();
        } finally {
            Arrays.fill(plain, (byte) 0);
        }

        final List<String> notes = new ArrayList<>();
        encryption.encrypted().forEach(field -> notes.add(field + " was encrypted"));
        encryption.kept().forEach(field -> notes.add(field + " was encrypted already and is left as it was"));
        notes.addAll(problems(encrypted));

        final String config = new String(encrypted, StandardCharsets.UTF_8);
        final ObjectNode json = new ObjectMapper().createObjectNode().put("configuration", config);
        final ArrayNode changed = json.putArray("encrypted");
        encryption.encrypted().forEach(changed::add);
        final ArrayNode kept = json.putArray("kept");
        encryption.kept().forEach(kept::add);
        return new Answer(ExitStatus.OK, config, json, notes);
    }

    /** What else is wrong with the configuration is not this command's business, and good to know. */
    private static List<String> problems(final byte[] config) {
        try {
            return new ConfigReader().read(config).warnings();
        } catch (final ConfigException e) {
            return e.problems().stream().map(problem -> "still to mend: " + problem).toList();
        }
    }
}
