package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Where the system tests find S3, KMS and two clusters: in the sandbox, or in an AWS account that environment variables name.
 *
 * @param bucket bucket for the data to start with, the configuration, and the staging
 * @param prefix prefix of all keys in the bucket, in an account the folder of one run; empty or ending with a slash
 * @param kmsKey id, ARN or alias of the key for passwords and staged data
 * @param rootCertificate PEM file with the authorities of the clusters' certificates, or null for Java's own
 * @param sandbox the sandbox's endpoints, or null for AWS's own
 * @param clientSideEncryption whether the clusters still take MASTER_SYMMETRIC_KEY
 */
public record CloudSettings(String region, String bucket, String prefix, String iamRole, String kmsKey, String rootCertificate, SandboxEndpoints sandbox, boolean clientSideEncryption,
        List<SandboxEndpoints.Cluster> clusters) {
    /** What the names of all variables begin with. */
    static final String VARIABLES = "UNLOADCOPY_TEST_";

    private static final String SANDBOX_BUCKET = "unloadcopy-demo";
    private static final String DEFAULT_PREFIX = "unloadcopy-test/";
    /** The key that the original utility's scripts make. */
    private static final String DEFAULT_KEY = "alias/RedshiftUnloadCopyUtility";
    private static final String DEFAULT_PORT = "5439";
    private static final int LARGEST_PORT = 65_535;
    private static final List<String> REQUIRED = List.of("REGION", "BUCKET", "IAM_ROLE",
            "SOURCE_HOST", "SOURCE_DATABASE", "SOURCE_USER", "SOURCE_PASSWORD", "TARGET_HOST", "TARGET_DATABASE", "TARGET_USER", "TARGET_PASSWORD");
    private static final List<String> OPTIONAL = List.of("PREFIX", "KMS_KEY", "ROOT_CERTIFICATE", "CLIENT_SIDE_ENCRYPTION", "SOURCE_PORT", "TARGET_PORT");

    /** Settings of a sandbox that runs. */
    public static CloudSettings of(final SandboxEndpoints sandbox) {
        return new CloudSettings(sandbox.region(), SANDBOX_BUCKET, "", sandbox.iamRole(), DEFAULT_KEY, sandbox.caFile(), sandbox, true, sandbox.clusters());
    }

    /**
     * Settings of an AWS account.
     *
     * @param environment as {@link System#getenv()} has it
     * @return null when no variable names an account, so that a sandbox is to be started
     * @throws IllegalArgumentException when variables are missing, unknown or wrong; it names them and never their values
     */
    public static CloudSettings of(final Map<String, String> environment) {
        final Map<String, String> values = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(VARIABLES) && !value.isBlank()) {
                values.put(name.substring(VARIABLES.length()), value.strip());
            }
        });

        if (values.isEmpty()) {
            return null;
        }

        refuse("are not known", values.keySet().stream().filter(name -> !REQUIRED.contains(name) && !OPTIONAL.contains(name)).sorted().toList());
        refuse("are missing: an AWS account is described by all of them, the sandbox by none", REQUIRED.stream().filter(name -> !values.containsKey(name)).toList());
        return new CloudSettings(values.get("REGION"), values.get("BUCKET"), withSlash(values.getOrDefault("PREFIX", DEFAULT_PREFIX)) + UUID.randomUUID() + '/', values.get("IAM_ROLE"),
                values.getOrDefault("KMS_KEY", DEFAULT_KEY), values.get("ROOT_CERTIFICATE"), null, flag(values, "CLIENT_SIDE_ENCRYPTION"),
                List.of(cluster(values, "source", "SOURCE_"), cluster(values, "target", "TARGET_")));
    }

    /**
     * One of the two clusters.
     *
     * @param name source or target
     */
    public SandboxEndpoints.Cluster cluster(final String name) {
        return clusters.stream().filter(cluster -> cluster.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException("There is no cluster " + name));
    }

    /** The prefix below which staged data goes. */
    public String stagingPrefix() {
        return prefix + "staging/";
    }

    /** An object of the bucket as Redshift and the configuration write it. */
    public String location(final String key) {
        return "s3://%s/%s".formatted(bucket, key);
    }

    /** The sandbox's access key, or what the SDK's default chain finds. */
    public AwsCredentialsProvider credentials() {
        return sandbox == null ? DefaultCredentialsProvider.builder().build() : StaticCredentialsProvider.create(AwsBasicCredentials.create(sandbox.accessKeyId(), sandbox.secretAccessKey()));
    }

    /** Environment in which another process finds this S3 and KMS with the SDK's default settings. */
    public Map<String, String> environment() {
        final AwsCredentials resolved = credentials().resolveCredentials();
        final Map<String, String> variables = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", resolved.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", resolved.secretAccessKey(),
                "AWS_REGION", region));

        if (resolved instanceof final AwsSessionCredentials session) {
            variables.put("AWS_SESSION_TOKEN", session.sessionToken());
        }

        if (sandbox == null) {
            System.getenv().forEach((name, value) -> {
                if (name.startsWith("AWS_ENDPOINT_URL")) {
                    variables.put(name, value);
                }
            });
        } else {
            variables.put("AWS_ENDPOINT_URL_S3", sandbox.s3().endpoint());
            variables.put("AWS_ENDPOINT_URL_KMS", sandbox.kms().endpoint());
        }

        return variables;
    }

    /** What must never be written down, by what it is. */
    public Map<String, String> secrets() {
        final Map<String, String> secrets = new HashMap<>();
        clusters.forEach(cluster -> secrets.put(cluster.name() + "'s password", cluster.password()));
        final AwsCredentials resolved = credentials().resolveCredentials();
        secrets.put("secret access key", resolved.secretAccessKey());

        if (resolved instanceof final AwsSessionCredentials session) {
            secrets.put("session token", session.sessionToken());
        }

        return secrets;
    }

    /** Names the places without the secrets. */
    @Override
    public String toString() {
        return "%s in %s, %s".formatted(location(prefix), region, clusters);
    }

    private static SandboxEndpoints.Cluster cluster(final Map<String, String> values, final String name, final String variables) {
        return new SandboxEndpoints.Cluster(name, values.get(variables + "HOST"), port(values, variables + "PORT"), values.get(variables + "DATABASE"), values.get(variables + "USER"),
                values.get(variables + "PASSWORD"));
    }

    private static int port(final Map<String, String> values, final String name) {
        try {
            final int port = Integer.parseInt(values.getOrDefault(name, DEFAULT_PORT));

            if (port > 0 && port <= LARGEST_PORT) {
                return port;
            }
        } catch (final NumberFormatException exception) {
            throw new IllegalArgumentException("%s%s must be a port number".formatted(VARIABLES, name), exception);
        }

        throw new IllegalArgumentException("%s%s must be a port number".formatted(VARIABLES, name));
    }

    private static boolean flag(final Map<String, String> values, final String name) {
        return switch (values.getOrDefault(name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("%s%s must be true or false".formatted(VARIABLES, name));
        };
    }

    private static String withSlash(final String prefix) {
        return prefix.endsWith("/") ? prefix : prefix + '/';
    }

    private static void refuse(final String why, final List<String> names) {
        if (!names.isEmpty()) {
            final List<String> variables = new ArrayList<>();
            names.forEach(name -> variables.add(VARIABLES + name));
            throw new IllegalArgumentException("Environment variables %s: %s".formatted(why, String.join(", ", variables)));
        }
    }
}
