package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.Properties;

/** S3, KMS and the clusters, through the real clients. */
public final class Clouds implements AutoCloseable {
    private final CloudSettings settings;
    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final S3Client s3;
    private final KmsClient kms;

    /** @param settings where they are */
    public Clouds(final CloudSettings settings) {
        this.settings = settings;
        final S3ClientBuilder s3Builder = S3Client.builder().httpClient(http).region(Region.of(settings.region())).credentialsProvider(settings.credentials());
        final KmsClientBuilder kmsBuilder = KmsClient.builder().httpClient(http).region(Region.of(settings.region())).credentialsProvider(settings.credentials());

        if (settings.sandbox() != null) {
            s3Builder.endpointOverride(URI.create(settings.sandbox().s3().endpoint())).forcePathStyle(true);
            kmsBuilder.endpointOverride(URI.create(settings.sandbox().kms().endpoint()));
        }

        s3 = s3Builder.build();
        kms = kmsBuilder.build();
    }

    /** Where they are. */
    public CloudSettings settings() {
        return settings;
    }

    /** Client of S3. */
    public S3Client s3() {
        return s3;
    }

    /** Encrypts a value for a configuration file, as encryptValue.sh does: without encryption context, base64 in one line. */
    public String encrypt(final String value) {
        return Base64.getEncoder().encodeToString(
                kms.encrypt(request -> request.keyId(settings.kmsKey()).plaintext(SdkBytes.fromString(value, StandardCharsets.UTF_8))).ciphertextBlob().asByteArrayUnsafe());
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
        final SandboxEndpoints.Cluster cluster = settings.cluster(name);
        final Properties properties = new Properties();
        properties.setProperty("user", cluster.user());
        properties.setProperty("password", cluster.password());
        // The driver reads ahead as far as this, whatever the fetch size; its default is 1 GB.
        properties.setProperty("fetchRingBufferSize", "8M");
        properties.setProperty("sslmode", "verify-full");

        if (settings.rootCertificate() != null) {
            properties.setProperty("sslrootcert", settings.rootCertificate());
        }

        return DriverManager.getConnection("jdbc:redshift://%s:%d/%s".formatted(cluster.host(), cluster.port(), cluster.database()), properties);
    }

    @Override
    public void close() {
        s3.close();
        kms.close();
        http.close();
    }
}
