package io.github.unloadcopy;

import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ConnectionSettings;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One sandbox for all tests of a run, and what tests do to it.
 */
public final class SandboxSession {

    public static final String BUCKET = "unload-copy-staging";
    public static final String KEY_ALIAS = "alias/RedshiftUnloadCopyUtility";

    private static SandboxSession shared;

    private final SandboxEndpoints endpoints;
    private final StaticCredentialsProvider credentials;
    private final S3Client s3;
    private final KmsClient kms;

    private SandboxSession(final SandboxEndpoints endpoints) {
        this.endpoints = endpoints;
        this.credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), endpoints.secretAccessKey()));
        this.s3 = S3Client.builder().region(Region.of(endpoints.region())).credentialsProvider(credentials)
                .endpointOverride(URI.create(endpoints.s3().endpoint())).forcePathStyle(true).build();
        this.kms = KmsClient.builder().region(Region.of(endpoints.region())).credentialsProvider(credentials).endpointOverride(URI.create(endpoints.kms().endpoint())).build();
    }

    /** Starts the sandbox when the first test asks for it; it ends with this JVM. */
    public static synchronized SandboxSession get() {
        if (shared == null) {
            try {
                final SandboxProcess process = SandboxProcess.start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::close));
                shared = new SandboxSession(process.endpoints());
                shared.s3.createBucket(request -> request.bucket(BUCKET));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        return shared;
    }

    public SandboxEndpoints endpoints() {
        return endpoints;
    }

    public StaticCredentialsProvider credentials() {
        return credentials;
    }

    public S3Client s3() {
        return s3;
    }

    public KmsClient kms() {
        return kms;
    }

    public SandboxEndpoints.Cluster source() {
        return endpoints.cluster("source");
    }

    public SandboxEndpoints.Cluster target() {
        return endpoints.cluster("target");
    }

    /** Encrypts as users of the original utility did: under the utility's key, without encryption context. */
    public String encrypt(final String value) {
        return encrypt(value, KEY_ALIAS);
    }

    public String encrypt(final String value, final String keyId) {
        final SdkBytes ciphertext = kms.encrypt(request -> request.keyId(keyId).plaintext(SdkBytes.fromUtf8String(value))).ciphertextBlob();
        return Base64.getEncoder().encodeToString(ciphertext.asByteArray());
    }

    public void put(final String key, final String content) {
        s3.putObject(request -> request.bucket(BUCKET).key(key), RequestBody.fromString(content));
    }

    /** The keys below a prefix of the staging bucket. */
    public List<String> keys(final String prefix) {
        return s3.listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix)).contents().stream().map(S3Object::key).toList();
    }

    public Connection connect(final SandboxEndpoints.Cluster cluster) throws SQLException {
        final ConnectionSettings settings = new ConnectionSettings(cluster.host(), cluster.port(), cluster.database(), cluster.user(), "verify-full", Path.of(endpoints.caFile()),
                Duration.ofSeconds(30), "Unload/Copy tests");

        try (Secret password = Secret.of(cluster.password().getBytes(StandardCharsets.UTF_8))) {
            return settings.open(password);
        }
    }

    public void execute(final SandboxEndpoints.Cluster cluster, final String... statements) throws SQLException {
        try (Connection connection = connect(cluster); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Runs a query and returns its rows as text, with NULL told apart. */
    public List<List<String>> query(final SandboxEndpoints.Cluster cluster, final String sql) throws SQLException {
        try (Connection connection = connect(cluster); Statement statement = connection.createStatement(); ResultSet resultSet = statement.executeQuery(sql)) {
            final List<List<String>> rows = new ArrayList<>();

            while (resultSet.next()) {
                final List<String> row = new ArrayList<>();

                for (int column = 1; column <= resultSet.getMetaData().getColumnCount(); column++) {
                    row.add(resultSet.getString(column));
                }

                rows.add(row);
            }

            return rows;
        }
    }
}
