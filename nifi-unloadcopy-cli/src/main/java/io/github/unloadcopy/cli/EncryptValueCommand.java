package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.kms.Secret;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.List;

/** Encrypts one value: what encryptValue.sh did, without the value on the command line. */
@Command(name = "encrypt-value",
        description = {
            "Encrypts one value for the configuration and prints it in base64 on one line.",
            "In a terminal it asks for the value twice and shows nothing of it. From a pipe it takes one line; the line end is not part of the value. At most 4,096 bytes.",
            "No encryption context goes with it, as with the original utility. Needs kms:Encrypt."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy encrypt-value --region eu-west-1",
            "  unloadcopy encrypt-value --region eu-west-1 < password.txt",
            "  read -rs PASSWORD; printf %%s \"$PASSWORD\" | unloadcopy encrypt-value --region eu-west-1 --json"
        })
final class EncryptValueCommand extends AnsweringCommand {
    /** KMS API Reference, "Encrypt", parameter Plaintext. */
    private static final int LONGEST = 4096;

    @Mixin
    private KeyOption key;

    @Mixin
    private AwsOptions aws;

    @Override
    Answer answer() throws Exception {
        final List<String> notes = new ArrayList<>();

        try (AwsClients clients = aws.clients(); Secret secret = new SecretInput(StandardInput.ofProcess()).newSecret(LONGEST, notes)) {
            final String ciphertext = clients.secrets().encrypt(key.key(), secret);
            final ObjectNode json = new ObjectMapper().createObjectNode().put("ciphertext", ciphertext).put("key", key.key()).put("region", clients.region().id());
            return new Answer(ExitStatus.OK, ciphertext + "\n", json, notes);
        }
    }
}
