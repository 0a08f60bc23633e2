package io.github.unloadcopy.cli;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** One sandbox for all tests of a run; it ends with this JVM. */
final class CliSandbox {
    static final String REGION = "us-east-1";

    private static CliSandbox shared;

    private final SandboxEndpoints endpoints;

    private CliSandbox(final SandboxEndpoints endpoints) {
        this.endpoints = endpoints;
    }

    static synchronized CliSandbox get() {
        if (shared == null) {
            try {
                final SandboxProcess process = SandboxProcess.start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::close));
                shared = new CliSandbox(process.endpoints());
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        return shared;
    }

    SandboxEndpoints endpoints() {
        return endpoints;
    }

    /** What a shell would have set. */
    Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", endpoints.accessKeyId(), "AWS_SECRET_ACCESS_KEY", endpoints.secretAccessKey(), "AWS_REGION", REGION,
                "AWS_ENDPOINT_URL_KMS", endpoints.kms().endpoint(), "AWS_ENDPOINT_URL_S3", endpoints.s3().endpoint());
    }

    KmsClient kms() {
        return KmsClient.builder().region(Region.of(REGION)).credentialsProvider(credentials()).endpointOverride(URI.create(endpoints.kms().endpoint())).build();
    }

    S3Client s3(final String region) {
        return S3Client.builder().region(Region.of(region)).credentialsProvider(credentials()).endpointOverride(URI.create(endpoints.s3().endpoint())).forcePathStyle(true).build();
    }

    void execute(final String cluster, final String... statements) throws SQLException {
        try (Connection connection = connect(cluster); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The rows of a query as text; NULL stays null. */
    List<List<String>> query(final String cluster, final String sql) throws SQLException {
        try (Connection connection = connect(cluster); Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
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

    Connection connect(final String cluster) throws SQLException {
        final Properties properties = new Properties();
        properties.setProperty("user", endpoints.cluster(cluster).user());
        properties.setProperty("password", endpoints.cluster(cluster).password());
        return DriverManager.getConnection(endpoints.cluster(cluster).jdbcUrl(endpoints.caFile()), properties);
    }

    private StaticCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), endpoints.secretAccessKey()));
    }
}
