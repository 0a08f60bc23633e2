package io.github.unloadcopy.sandbox.redshift;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3EncryptionClient;
import com.amazonaws.services.s3.model.CryptoConfiguration;
import com.amazonaws.services.s3.model.CryptoMode;
import com.amazonaws.services.s3.model.EncryptionMaterials;
import com.amazonaws.services.s3.model.ObjectMetadata;
import com.amazonaws.services.s3.model.S3Object;
import com.amazonaws.services.s3.model.StaticEncryptionMaterialsProvider;
import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.spec.SecretKeySpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Client-side encryption against AWS's own encryption client, which reads and writes what Redshift does.
 */
class ClientSideEncryptionIT {

    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private final byte[] key = new byte[32];
    private TestCluster cluster;
    private String bucket;
    private AmazonS3 aws;
    private Connection connection;

    @BeforeEach
    void connect() throws IOException, SQLException {
        new SecureRandom().nextBytes(key);
        cluster = TestCluster.get();
        bucket = cluster.bucket();
        aws = encryptionClient();
        connection = cluster.connect();
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(100))");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
        aws.shutdown();
    }

    @Test
    void awsReadsWhatUnloadWrites() throws SQLException, IOException {
        Rows.execute(connection, "INSERT INTO " + table + " SELECT i, 'value ' || i FROM generate_series(1, 1000) i",
                "UNLOAD ('SELECT * FROM " + table + " ORDER BY a') TO 's3://" + bucket + "/u/'" + ROLE + keyOption() + " GZIP MANIFEST PARALLEL OFF");

        final String[] lines = unzip(get("u/000.gz")).split("\n");
        assertEquals(1000, lines.length);
        assertEquals("1|value 1", lines[0]);
        assertEquals("1000|value 1000", lines[999]);
        assertTrue(new String(get("u/manifest"), StandardCharsets.UTF_8).contains("s3://" + bucket + "/u/000.gz"));
        assertEquals(Set.of("x-amz-key", "x-amz-iv", "x-amz-matdesc"), cluster.s3().headObject(request -> request.bucket(bucket).key("u/000.gz")).metadata().keySet());
    }

    @Test
    void copyReadsWhatAwsWrites() throws SQLException, IOException {
        put("c/data", zip("1|one\n2|two\n"));
        put("c/empty", zip(""));
        put("c/manifest", ("{\"entries\":[{\"url\":\"s3://" + bucket + "/c/data\",\"mandatory\":true},{\"url\":\"s3://" + bucket + "/c/empty\"}]}").getBytes(StandardCharsets.UTF_8));
        Rows.execute(connection, "COPY " + table + " FROM 's3://" + bucket + "/c/manifest'" + ROLE + keyOption() + " GZIP MANIFEST");

        assertEquals(List.of(List.of("1", "one"), List.of("2", "two")), Rows.of(connection, "SELECT * FROM " + table + " ORDER BY a"));
    }

    @Test
    void manifestMayBePlain() throws SQLException, IOException {
        put("p/data", zip("1|one\n"));
        cluster.s3().putObject(request -> request.bucket(bucket).key("p/manifest"),
                RequestBody.fromString("{\"entries\":[{\"url\":\"s3://" + bucket + "/p/data\",\"mandatory\":true}]}"));
        Rows.execute(connection, "COPY " + table + " FROM 's3://" + bucket + "/p/manifest'" + ROLE + keyOption() + " GZIP MANIFEST");

        assertEquals(1, Rows.count(connection, table));
    }

    @Test
    void plainDataIsRefused() throws SQLException {
        cluster.s3().putObject(request -> request.bucket(bucket).key("plain/data"), RequestBody.fromString("1|one\n"));

        assertThrows(SQLException.class, () -> Rows.execute(connection, "COPY " + table + " FROM 's3://" + bucket + "/plain/'" + ROLE + keyOption()));
        assertEquals(0, Rows.count(connection, table));
    }

    private String keyOption() {
        return " MASTER_SYMMETRIC_KEY '" + Base64.getEncoder().encodeToString(key) + "' ENCRYPTED";
    }

    @SuppressWarnings("deprecation")
    private AmazonS3 encryptionClient() {
        final AccessKey root = cluster.cloud().iam().rootKey();
        return AmazonS3EncryptionClient.encryptionBuilder()
                .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(root.accessKeyId(), root.secretAccessKey())))
                .withEndpointConfiguration(new AwsClientBuilder.EndpointConfiguration(cluster.cloud().s3().endpoint().toString(), Cloud.REGION))
                .withPathStyleAccessEnabled(true)
                .withCryptoConfiguration(new CryptoConfiguration(CryptoMode.EncryptionOnly))
                .withEncryptionMaterials(new StaticEncryptionMaterialsProvider(new EncryptionMaterials(new SecretKeySpec(key, "AES"))))
                .build();
    }

    private byte[] get(final String name) throws IOException {
        try (S3Object object = aws.getObject(bucket, name)) {
            return object.getObjectContent().readAllBytes();
        }
    }

    private void put(final String name, final byte[] content) {
        final ObjectMetadata metadata = new ObjectMetadata();
        metadata.setContentLength(content.length);
        aws.putObject(bucket, name, new ByteArrayInputStream(content), metadata);
    }

    private static byte[] zip(final String text) throws IOException {
        final ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream output = new GZIPOutputStream(zipped)) {
            output.write(text.getBytes(StandardCharsets.UTF_8));
        }

        return zipped.toByteArray();
    }

    private static String unzip(final byte[] zipped) throws IOException {
        try (InputStream input = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
