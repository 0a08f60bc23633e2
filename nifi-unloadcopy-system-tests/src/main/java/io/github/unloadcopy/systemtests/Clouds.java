package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;

/** The sandbox's S3, KMS and clusters, through the real clients. */
public final class Clouds implements AutoCloseable {
    /** The key that the original utility's scripts make. */
    public static final String KEY_ALIAS = "alias/RedshiftUnloadCopyUtility";

    private final SandboxEndpoints endpoints;
    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final S3Client s3;
    private final KmsClient kms;

    /** @param endpoints the sandbox's ready document */
    public Clouds(final SandboxEndpoints endpoints) {
        this.endpoints = endpoints;
        final StaticCredentialsProvider credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), endpoints.secretAccessKey()));
        final Region region = Region.of(endpoints.region());
        s3 = S3Client.builder().httpClient(http).region(region).credentialsProvider(credentials).endpointOverride(URI.create(endpoints.s3().endpoint())).forcePathStyle(true).build();
        kms = KmsClient.builder().httpClient(http).region(region).credentialsProvider(credentials).endpointOverride(URI.create(endpoints.kms().endpoint())).build();
    }

    /** The sandbox's ready document. */
    public SandboxEndpoints endpoints() {
        return endpoints;
    }

    /** Client of S3. */
    public S3Client s3() {
        return s3;
    }

    /** Environment in which a process finds this S3 and KMS with the SDK's default settings. */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ACCESS_KEY_ID", endpoints.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", endpoints.secretAccessKey(),
                "AWS_REGION", endpoints.region(),
                "AWS_ENDPOINT_URL_S3", endpoints.s3().endpoint(),
                "AWS_ENDPOINT_URL_KMS", endpoints.kms().endpoint());
    }

    /** Encrypts a value for a configuration file, as encryptValue.sh does: without encryption context, base64 in one line. */
    public String encrypt(final String value) {
        return Base64.getEncoder().encodeToString(
                kms.encrypt(request -> request.keyId(KEY_ALIAS).plaintext(SdkBytes.fromString(value, StandardCharsets.UTF_8))).ciphertextBlob().asByteArrayUnsafe());
    }

    /** Decrypts what was encrypted under an encryption context. */
    public byte[] decrypt(final String base64, final Map<String, String> encryptionContext) {
        return kms.decrypt(request -> request.ciphertextBlob(SdkBytes.fromByteArray(Base64.getDecoder().decode(base64))).encryptionContext(encryptionContext)).plaintext().asByteArray();
    }

    /**
     * Connects to a cluster as the demonstration's own user, over TLS.
     *
     * @param name source or target
     */
    public Connection connect(final String name) throws SQLException {
        final SandboxEndpoints.Cluster cluster = endpoints.cluster(name);
        final Properties properties = new Properties();
        properties.setProperty("user", cluster.user());
        properties.setProperty("password", cluster.password());
        // The driver reads ahead as far as this, whatever the fetch size; its default is 1 GB.
        properties.setProperty("fetchRingBufferSize", "8M");
        return DriverManager.getConnection(cluster.jdbcUrl(endpoints.caFile()), properties);
    }

    @Override
    public void close() {
        s3.close();
        kms.close();
        http.close();
    }
}
