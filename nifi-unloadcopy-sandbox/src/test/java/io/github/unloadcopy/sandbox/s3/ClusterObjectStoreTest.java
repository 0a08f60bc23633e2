package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ClusterObjectStoreTest {

    private static Cloud cloud;
    private static ObjectStore store;
    private static S3Client client;
    private static Principal owner;

    private String bucket;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        store = cloud.s3().objects();
        client = cloud.s3Client();
        owner = as(Role.REDSHIFT_UNLOAD_COPY);
    }

    @AfterAll
    static void stop() {
        client.close();
        cloud.close();
    }

    @BeforeEach
    void createBucket() {
        bucket = "staging-" + UUID.randomUUID();
        client.createBucket(request -> request.bucket(bucket));
    }

    @Test
    void objectAppearsWhenTheWriterIsClosed() throws IOException {
        try (ObjectWriter writer = store.create(owner, bucket, "run/0000_part_00", Map.of("x-amz-iv", "abc"), new Encryption.SseKms(KeyRing.UTILITY_ALIAS))) {
            writer.write("1|one\n".getBytes(StandardCharsets.UTF_8));
            assertEquals(List.of(), store.list(owner, bucket, "run/"));
        }

        assertEquals(List.of(new ObjectSummary("run/0000_part_00", 6)), store.list(owner, bucket, "run/"));
        try (StoredObject object = store.open(owner, bucket, "run/0000_part_00")) {
            assertEquals(6, object.size());
            assertEquals(Map.of("x-amz-iv", "abc"), object.userMetadata());
            assertEquals("1|one\n", new String(object.content().readAllBytes(), StandardCharsets.UTF_8));
        }

        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("run/0000_part_00"));
        assertEquals(ServerSideEncryption.AWS_KMS, head.serverSideEncryption());
        try (KmsClient kms = cloud.kmsClient()) {
            assertEquals(kms.describeKey(request -> request.keyId(KeyRing.UTILITY_ALIAS)).keyMetadata().arn(), head.ssekmsKeyId());
        }
    }

    @Test
    void abortedObjectNeverAppears() throws IOException {
        try (ObjectWriter writer = store.create(owner, bucket, "run/a", Map.of(), new Encryption.SseS3())) {
            writer.write(1);
            writer.abort();
        }

        assertEquals(List.of(), store.list(owner, bucket, ""));
    }

    @Test
    void listHasEveryKeyInOrder() throws IOException {
        for (final int number : IntStream.range(0, 1_100).toArray()) {
            store.create(owner, bucket, "run/%04d".formatted(1_099 - number), Map.of(), new Encryption.SseS3()).close();
        }

        store.create(owner, bucket, "runner", Map.of(), new Encryption.SseS3()).close();
        assertEquals(IntStream.range(0, 1_100).mapToObj("run/%04d"::formatted).toList(), store.list(owner, bucket, "run/").stream().map(ObjectSummary::key).toList());
        assertEquals(1_101, store.list(owner, bucket, "run").size());
    }

    @Test
    void deletingTwiceSucceeds() throws IOException {
        store.create(owner, bucket, "a", Map.of(), new Encryption.SseS3()).close();
        store.delete(owner, bucket, "a");
        store.delete(owner, bucket, "a");

        assertEquals(List.of(), store.list(owner, bucket, ""));
    }

    @Test
    void whatIsMissingIsSaid() {
        assertRefused("NoSuchBucket", 404, () -> store.bucketRegion("nobody"));
        assertRefused("NoSuchBucket", 404, () -> store.list(owner, "nobody", ""));
        assertRefused("NoSuchBucket", 404, () -> store.open(owner, "nobody", "a"));
        assertRefused("NoSuchBucket", 404, () -> store.create(owner, "nobody", "a", Map.of(), new Encryption.SseS3()));
        assertRefused("NoSuchBucket", 404, () -> store.delete(owner, "nobody", "a"));
        assertRefused("NoSuchKey", 404, () -> store.open(owner, bucket, "nobody"));
        assertRefused("KMS.NotFoundException", 400, () -> store.create(owner, bucket, "a", Map.of(), new Encryption.SseKms("alias/nobody")));
    }

    @Test
    void rolesAreKeptToTheirPermissions() throws IOException {
        store.create(owner, bucket, "plain", Map.of(), new Encryption.SseS3()).close();
        store.create(owner, bucket, "secret", Map.of(), new Encryption.SseKms(KeyRing.UTILITY_ALIAS)).close();

        store.open(as(Role.READ_ONLY), bucket, "secret").close();
        assertRefused("AccessDenied", 403, () -> store.create(as(Role.READ_ONLY), bucket, "a", Map.of(), new Encryption.SseS3()));
        assertRefused("AccessDenied", 403, () -> store.delete(as(Role.READ_ONLY), bucket, "plain"));
        store.open(as(Role.NO_KMS), bucket, "plain").close();
        assertRefused("AccessDenied", 403, () -> store.open(as(Role.NO_KMS), bucket, "secret"));
        assertRefused("AccessDenied", 403, () -> store.create(as(Role.NO_KMS), bucket, "a", Map.of(), new Encryption.SseKms(KeyRing.UTILITY_ALIAS)));
        assertRefused("AccessDenied", 403, () -> store.list(as(Role.NOTHING), bucket, ""));
        assertRefused("AccessDenied", 403, () -> store.open(as(Role.NOTHING), bucket, "plain"));
    }

    @Test
    void keyThatIsDisabledMeanwhileKeepsTheObjectOut() throws IOException {
        try (KmsClient kms = cloud.kmsClient()) {
            final String key = kms.createKey().keyMetadata().keyId();
            final ObjectWriter writer = store.create(owner, bucket, "a", Map.of(), new Encryption.SseKms(key));
            writer.write(1);
            kms.disableKey(request -> request.keyId(key));

            assertRefused("KMS.DisabledException", 400, writer::close);
            assertEquals(List.of(), store.list(owner, bucket, ""));
        }
    }

    private static Principal as(final Role role) {
        return cloud.iam().assumeRoles(List.of(role.arn()));
    }

    private static void assertRefused(final String code, final int status, final Executable call) {
        final CloudException refusal = assertThrows(CloudException.class, call);
        assertEquals(code, refusal.code());
        assertEquals(status, refusal.status());
    }
}
