package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What outlives a sandbox that keeps its data: a clean stop, and being killed. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KeptDataIT {

    private static final String KEY = "alias/kept";

    @TempDir
    private Path folder;

    @Test
    void dataOutlivesStopAndKill() throws Exception {
        final SandboxEndpoints first;
        final SdkBytes sealed;
        try (SandboxProcess sandbox = start()) {
            first = sandbox.endpoints();
            sealed = fill(first);
            final IOException refused = assertThrows(IOException.class, this::start);
            assertTrue(refused.getMessage().contains("Another sandbox uses the data folder"), refused::getMessage);
        }

        assertSecretsAreForTheOwnerOnly();
        try (SandboxProcess sandbox = start()) {
            assertSameAccess(first, sandbox.endpoints());
            check(sandbox.endpoints(), sealed, 1);
            run(sandbox.endpoints(), "INSERT INTO kept VALUES (2)");
            try (S3Client s3 = s3(sandbox.endpoints()); KmsClient kms = kms(sandbox.endpoints())) {
                s3.deleteObject(request -> request.bucket("kept").key("gone"));
                kms.disableKey(request -> request.keyId(kms.describeKey(describe -> describe.keyId(KEY)).keyMetadata().keyId()));
            }

            ProcessHandle.of(sandbox.pid()).orElseThrow().destroyForcibly();
        }

        try (SandboxProcess sandbox = start()) {
            assertSameAccess(first, sandbox.endpoints());
            try (S3Client s3 = s3(sandbox.endpoints()); KmsClient kms = kms(sandbox.endpoints())) {
                assertEquals(List.of("a/b/ü+ %", "sealed"), s3.listObjectsV2(request -> request.bucket("kept")).contents().stream().map(S3Object::key).sorted().toList());
                assertFalse(kms.describeKey(request -> request.keyId(KEY)).keyMetadata().enabled());
                kms.enableKey(request -> request.keyId(kms.describeKey(describe -> describe.keyId(KEY)).keyMetadata().keyId()));
            }

            check(sandbox.endpoints(), sealed, 2);
        }
    }

    @Test
    void foldersOfOthersAreLeftAlone() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/precious"), "mine");

        final IOException refused = assertThrows(IOException.class, this::start);
        assertTrue(refused.getMessage().contains("holds something that is not a sandbox's"), refused::getMessage);
        assertEquals("mine", Files.readString(folder.resolve("data/precious")));
    }

    private SandboxProcess start() throws IOException {
        return SandboxProcess.start(SandboxProcess.Settings.defaults().withMaximumHeap("512m").withTemporaryFolder(folder.resolve("tmp")).withArguments("--data=" + folder.resolve("data")));
    }

    private static SdkBytes fill(final SandboxEndpoints endpoints) throws SQLException {
        try (S3Client s3 = s3(endpoints); KmsClient kms = kms(endpoints)) {
            final String key = kms.createKey(request -> request.description("kept")).keyMetadata().keyId();
            kms.createAlias(request -> request.aliasName(KEY).targetKeyId(key));
            s3.createBucket(request -> request.bucket("kept"));
            s3.createBucket(request -> request.bucket("kept-empty").createBucketConfiguration(where -> where.locationConstraint("eu-central-1")));
            s3.putObject(request -> request.bucket("kept").key("a/b/ü+ %").contentType("text/x-kept").metadata(Map.of("who", "me")), RequestBody.fromString("text"));
            s3.putObject(request -> request.bucket("kept").key("gone"), RequestBody.fromString("text"));
            s3.putObject(request -> request.bucket("kept").key("sealed").serverSideEncryption("aws:kms").ssekmsKeyId(KEY), RequestBody.fromString("secret"));
            run(endpoints, "CREATE TABLE kept (id INTEGER)", "INSERT INTO kept VALUES (1)",
                    "UNLOAD ('SELECT * FROM kept') TO 's3://kept-empty/unloaded/' IAM_ROLE '" + endpoints.iamRole() + "' PARALLEL OFF REGION 'eu-central-1'");
            return kms.encrypt(request -> request.keyId(KEY).plaintext(SdkBytes.fromUtf8String("plain"))).ciphertextBlob();
        }
    }

    private static void check(final SandboxEndpoints endpoints, final SdkBytes sealed, final int rows) throws SQLException {
        try (S3Client s3 = s3(endpoints); KmsClient kms = kms(endpoints)) {
            assertEquals("plain", kms.decrypt(request -> request.ciphertextBlob(sealed)).plaintext().asUtf8String());
            assertEquals("eu-central-1", s3.getBucketLocation(request -> request.bucket("kept-empty")).locationConstraintAsString());
            final GetObjectResponse object = s3.getObjectAsBytes(request -> request.bucket("kept").key("a/b/ü+ %")).response();
            assertEquals("text/x-kept", object.contentType());
            assertEquals(Map.of("who", "me"), object.metadata());
            assertEquals("secret", s3.getObjectAsBytes(request -> request.bucket("kept").key("sealed")).asUtf8String());
            assertEquals("aws:kms", s3.headObject(request -> request.bucket("kept").key("sealed")).serverSideEncryptionAsString());
        }

        try (Connection connection = connect(endpoints); Statement statement = connection.createStatement(); ResultSet count = statement.executeQuery("SELECT count(*) FROM kept")) {
            count.next();
            assertEquals(rows, count.getInt(1));
            connection.setAutoCommit(false);
            statement.execute("COPY kept FROM 's3://kept-empty/unloaded/' IAM_ROLE '" + endpoints.iamRole() + "' REGION 'eu-central-1'");
            connection.rollback();
        }
    }

    private static void assertSameAccess(final SandboxEndpoints expected, final SandboxEndpoints actual) {
        assertEquals(expected.accessKeyId(), actual.accessKeyId());
        assertEquals(expected.secretAccessKey(), actual.secretAccessKey());
        assertEquals(expected.caFile(), actual.caFile());
        assertEquals(expected.cluster("source").password(), actual.cluster("source").password());
        assertEquals(expected.cluster("target").password(), actual.cluster("target").password());
    }

    private void assertSecretsAreForTheOwnerOnly() throws IOException {
        final Path data = folder.resolve("data");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
        for (final String name : List.of("secrets.json", "kms-keys.json", "certificates.p12")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(name))), name);
        }

        try (Stream<Path> objects = Files.walk(data.resolve("s3"))) {
            for (final Path object : objects.filter(Files::isRegularFile).toList()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(object)), object::toString);
            }
        }
    }

    private static void run(final SandboxEndpoints endpoints, final String... statements) throws SQLException {
        try (Connection connection = connect(endpoints); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Connection connect(final SandboxEndpoints endpoints) throws SQLException {
        final SandboxEndpoints.Cluster cluster = endpoints.cluster("source");
        return DriverManager.getConnection(cluster.jdbcUrl(endpoints.caFile()), cluster.user(), cluster.password());
    }

    private static S3Client s3(final SandboxEndpoints endpoints) {
        return S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(URI.create(endpoints.s3().endpoint())).region(Region.of(endpoints.region())).forcePathStyle(true)
                .credentialsProvider(credentials(endpoints)).build();
    }

    private static KmsClient kms(final SandboxEndpoints endpoints) {
        return KmsClient.builder().httpClient(Apache5HttpClient.create()).endpointOverride(URI.create(endpoints.kms().endpoint())).region(Region.of(endpoints.region()))
                .credentialsProvider(credentials(endpoints)).build();
    }

    private static StaticCredentialsProvider credentials(final SandboxEndpoints endpoints) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(endpoints.accessKeyId(), endpoints.secretAccessKey()));
    }
}
