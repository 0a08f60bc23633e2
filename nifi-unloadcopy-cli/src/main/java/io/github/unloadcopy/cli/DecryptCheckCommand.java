package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.kms.DecryptedValue;
import io.github.unloadcopy.kms.Secret;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Proves that a value decrypts, and shows nothing of it: neither the value nor its length. */
@Command(name = "decrypt-check",
        description = {
            "Reads an encrypted value from a prompt or from standard input, proves that KMS decrypts it in this Region, and prints which key it was encrypted with.",
            "Neither the value nor its length is printed. A line end inside the value, the usual mistake of echo VALUE | aws kms encrypt, is pointed out. Needs kms:Decrypt."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy decrypt-check --region eu-west-1",
            "  unloadcopy decrypt-check --region eu-west-1 < value.txt"
        })
final class DecryptCheckCommand extends AnsweringCommand {
    /** In base64; KMS API Reference, "Decrypt", parameter CiphertextBlob: at most 6,144 bytes. */
    private static final int LONGEST = 8192;

    @Mixin
    private AwsOptions aws;

    @Override
    Answer answer() throws Exception {
        final List<String> notes = new ArrayList<>();
        final String ciphertext;

        try (Secret line = new SecretInput(StandardInput.ofProcess()).value("Encrypted value: ", LONGEST, new ArrayList<>())) {
            ciphertext = line.text();
        }

        try (AwsClients clients = aws.clients(); DecryptedValue value = clients.secrets().open(ciphertext, Map.of())) {
            if (endsWithLine(value.plaintext())) {
                notes.add("the value ends with a line end, which is part of it: encrypt it again without, for example with encrypt-value");
            }

            final String region = clients.region().id();
            final ObjectNode json = new ObjectMapper().createObjectNode().put("decrypts", true).put("keyArn", value.keyArn()).put("region", region);
            return new Answer(ExitStatus.OK, "The value decrypts in %s, without encryption context. It was encrypted with %s%n".formatted(region, value.keyArn()), json, notes);
        }
    }

    private static boolean endsWithLine(final Secret secret) {
        final byte[] bytes = secret.bytes();

        try {
            return bytes.length > 0 && (bytes[bytes.length - 1] == '\n' || bytes[bytes.length - 1] == '\r');
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
