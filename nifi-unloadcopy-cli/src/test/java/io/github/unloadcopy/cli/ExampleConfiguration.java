package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigText;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import software.amazon.awssdk.services.kms.KmsClient;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The configurations that users start from, with the sandbox in place of the examples' own hosts, secrets and bucket. */
final class ExampleConfiguration {
    static final Path FOLDER = Path.of("..", "example-flows", "configurations");
    private static final String KEY = "alias/RedshiftUnloadCopyUtility";

    private ExampleConfiguration() {
    }

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return Stream.concat(files, Stream.of(FOLDER.resolveSibling("config.json"))).filter(file -> file.toString().endsWith(".json"))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString())).toList();
        }
    }

    /** The statements that make what the examples read. */
    static String[] sourceTables() throws IOException {
        return Files.readString(FOLDER.resolve("source-tables.sql")).strip().split(";\\s*(?:\\R|$)");
    }

    /** All else, comments included, stays as it is. */
    static byte[] onSandbox(final Path example, final String bucket) throws IOException, ConfigException, KmsSecretException {
        final CliSandbox sandbox = CliSandbox.get();
        final SandboxEndpoints endpoints = sandbox.endpoints();

        try (ConfigText text = ConfigText.parse(Files.readAllBytes(example)); KmsClient kms = sandbox.kms()) {
            final KmsSecretStore secrets = new KmsSecretStore(kms, CliSandbox.REGION);
            putCluster(text, "/unloadSource", endpoints.cluster("source"), secrets);
            putCluster(text, "/copyTarget", endpoints.cluster("target"), secrets);
            put(text, "/s3Staging/path", text.literal("/s3Staging/path").replace("\"", "").replace("my-staging-bucket", bucket));
            put(text, "/s3Staging/region", CliSandbox.REGION);
            put(text, "/s3Staging/aws_iam_role", endpoints.iamRole());
            put(text, "/s3Staging/aws_access_key_id", encrypted(secrets, endpoints.accessKeyId()));
            put(text, "/s3Staging/aws_secret_access_key", encrypted(secrets, endpoints.secretAccessKey()));
            return text.bytes();
        }
    }

    private static void putCluster(final ConfigText text, final String section, final SandboxEndpoints.Cluster cluster, final KmsSecretStore secrets) throws KmsSecretException {
        put(text, section + "/clusterEndpoint", cluster.host());
        text.replace(section + "/clusterPort", Integer.toString(cluster.port()));
        put(text, section + "/db", cluster.database());
        put(text, section + "/connectUser", cluster.user());
        put(text, section + "/connectPwd", encrypted(secrets, cluster.password()));
    }

    private static void put(final ConfigText text, final String pointer, final String value) {
        if (text.has(pointer)) {
            text.replace(pointer, '"' + value + '"');
        }
    }

    private static String encrypted(final KmsSecretStore secrets, final String value) throws KmsSecretException {
        try (Secret secret = Secret.of(value.getBytes(StandardCharsets.UTF_8))) {
            return secrets.encrypt(KEY, secret);
        }
    }
}
