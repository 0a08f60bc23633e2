package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Locale;

/** Makes the key: what createKmsKey.sh did. */
@Command(name = "create-key",
        description = {
            "Makes the KMS key and its alias, switches its yearly rotation on, and prints the IAM policies that let NiFi, the clusters and you use it.",
            "It may run any number of times: a key that is there is found; one that an interrupted run left without its alias is taken up again.",
            "Needs kms:DescribeKey, kms:ListKeys, kms:ListAliases, kms:ListResourceTags, kms:CreateKey, kms:TagResource, kms:CreateAlias, kms:GetKeyRotationStatus and kms:EnableKeyRotation."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unloadcopy create-key --region eu-west-1",
            "  unloadcopy create-key --region eu-west-1 --alias alias/SalesMigration --json"
        })
final class CreateKeyCommand extends AnsweringCommand {
    @Option(names = "--alias", paramLabel = "ALIAS", defaultValue = KeyOption.DEFAULT_ALIAS, description = "Alias of the key. Default: ${DEFAULT-VALUE}")
    private String alias;

    @Option(names = "--no-rotation", description = "Leave the rotation of the key's material as it is.")
    private boolean noRotation;

    @Mixin
    private AwsOptions aws;

    @Override
    Answer answer() throws Exception {
        final KmsKey key;
        final String region;

        try (AwsClients clients = aws.clients()) {
            region = clients.region().id();
            key = new KeyMaker(clients.kms(), region).make(alias, !noRotation);
        }

        final KeyPolicies policies = new KeyPolicies(key.arn());
        final String text = """
                %s %s, %s, in %s.
                %s

                %s""".formatted(key.origin().sentence(), key.arn(), alias, region, key.rotation().sentence(), policies.text());
        final ObjectNode json = new ObjectMapper().createObjectNode().put("keyArn", key.arn()).put("alias", alias).put("region", region).put("key", name(key.origin()))
                .put("rotation", name(key.rotation()));
        json.set("policies", policies.json());
        return new Answer(ExitStatus.OK, text, json, key.notes());
    }

    private static String name(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
