package io.github.unloadcopy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ConnectionSettings;
import io.github.unloadcopy.redshift.ConnectionSource;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One sandbox for all tests of a run; it ends with this JVM. The system property {@code sandbox.isolation} is the isolation level of its clusters. */
public final class SandboxSession {
    public static final String BUCKET = "core-staging";
    /** Of each cluster: an UNLOAD of many rows writes as many files. */
    public static final int SLICES = 5;
    /** Of the clusters' databases: snapshot or serializable. */
    public static final String ISOLATION = System.getProperty("sandbox.isolation", "snapshot");
    public static final String KEY_ALIAS = "alias/RedshiftUnloadCopyUtility";

    private static SandboxSession shared;

    private final SandboxEndpoints endpoints;
    private final S3Client s3;
    private final KmsClient kms;

    private SandboxSession(final SandboxEndpoints endpoints) {
        this.endpoints = endpoints;
        this.s3 = s3(endpoints.secretAccessKey());
        this.kms = kms(endpoints.kms().endpoint(), endpoints.secretAccessKey());
    }

    public static synchronized SandboxSession get() {
        if (shared == null) {
            try {
                final SandboxProcess process = SandboxProcess.start(SandboxProcess.Settings.defaults()
                        .withArguments("--slices=" + SLICES, "--isolation=" + ISOLATION));
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

    public S3Client s3() {
        return s3;
    }

    public KmsClient kms() {
        return kms;
    }

    public KmsSecretStore secrets() {
        return new KmsSecretStore(kms, endpoints.region());
    }

    public S3Client s3(final String secretAccessKey) {
        return S3Client.builder().region(Region.of(endpoints.region())).credentialsProvider(credentials(secretAccessKey)).endpointOverride(URI.create(endpoints.s3().endpoint()))
                .forcePathStyle(true).build();
    }

    /** As a user who may do the given actions, everywhere, and nothing else. */
    public S3Client s3As(final String user, final String... actions) throws IOException, InterruptedException {
        final ObjectMapper json = new ObjectMapper();
        final ObjectNode body = json.createObjectNode();
        final ArrayNode allowed = body.putObject("policy").putObject("Statement").put("Effect", "Allow").put("Resource", "*").putArray("Action");
        List.of(actions).forEach(allowed::add);
        final HttpRequest request = HttpRequest.newBuilder(URI.create(endpoints.control().endpoint() + "/iam/users/" + user)).header("Authorization", endpoints.control().authorization())
                .PUT(BodyPublishers.ofString(body.toString())).build();

        try (HttpClient http = HttpClient.newHttpClient()) {
            final JsonNode key = json.readTree(http.send(request, BodyHandlers.ofString()).body());
            return S3Client.builder().region(Region.of(endpoints.region())).endpointOverride(URI.create(endpoints.s3().endpoint())).forcePathStyle(true)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(key.path("accessKeyId").asText(), key.path("secretAccessKey").asText()))).build();
        }
    }

    public KmsClient kms(final String endpoint, final String secretAccessKey) {
        return KmsClient.builder().region(Region.of(endpoints.region())).credentialsProvider(credentials(secretAccessKey)).endpointOverride(URI.create(endpoint)).build();
    }

    /** Connections to the cluster named source or target. */
    public ConnectionSource connections(final String cluster) {
        return () -> connect(cluster, endpoints.cluster(cluster).password());
    }

    public Connection connect(final String cluster, final String password) throws SQLException {
        return connectAs(cluster, endpoints.cluster(cluster).user(), password);
    }

    public Connection connectAs(final String cluster, final String user, final String password) throws SQLException {
        try (Secret secret = Secret.of(password.getBytes(StandardCharsets.UTF_8))) {
            return settings(cluster, user).open(secret);
        }
    }

    /** How the product itself connects to the cluster named source or target. */
    public ConnectionSettings settings(final String cluster, final String user) {
        final SandboxEndpoints.Cluster found = endpoints.cluster(cluster);
        return new ConnectionSettings(found.host(), found.port(), found.database(), user, "verify-full", Path.of(endpoints.caFile()), Duration.ofSeconds(30), "Unload/Copy tests");
    }

    /**
     * A connection to another database of a cluster than its first.
     *
     * @param sockets takes what the driver connects by: closing the last of them breaks the connection off, as the end of the client does
     */
    public Connection connectTo(final String cluster, final String database, final Consumer<Socket> sockets) throws SQLException {
        final SandboxEndpoints.Cluster found = endpoints.cluster(cluster);

        try (Secret secret = Secret.of(found.password().getBytes(StandardCharsets.UTF_8))) {
            final ConnectionSettings first = settings(cluster, found.user());
            return new ConnectionSettings(first.endpoint(), first.port(), database, first.user(), first.sslMode(), first.rootCertificate(), first.loginTimeout(), first.applicationName())
                    .open(secret, sockets);
        }
    }

    public void execute(final String cluster, final String... statements) throws SQLException {
        try (Connection connection = connections(cluster).open(); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The rows of a query as text; NULL stays null. */
    public List<List<String>> query(final String cluster, final String sql) throws SQLException {
        try (Connection connection = connections(cluster).open(); Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            final List<List<String>> rows = new ArrayList<>();

            while (result.next()) {
                final List<String> row = new ArrayList<>();

                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getString(column));
                }

                rows.add(row);
            }

            return rows;
        }
    }

    private StaticCredentialsProvider credentials(final String secretAccessKey) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), secretAccessKey));
    }
}
