package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** "Using server-side encryption with AWS KMS keys" of the Amazon S3 User Guide, as its clients see it. */
class S3EncryptionTest {

    private static final int PART_BYTES = 5 * 1024 * 1024;
    private static final String MD5_OF_HELLO = "\"5d41402abc4b2a76b9719d911017c592\"";

    private static Cloud cloud;
    private static S3Client client;
    private static KmsClient kms;

    private final String bucket = "encryption-" + UUID.randomUUID();
    private String key;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        client = cloud.s3Client();
        kms = cloud.kmsClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        kms.close();
        cloud.close();
    }

    @BeforeEach
    void createBucketAndKey() {
        client.createBucket(request -> request.bucket(bucket));
        key = kms.createKey().keyMetadata().arn();
    }

    @Test
    void eTagIsTheMd5OnlyWithoutAKmsKey() {
        assertEquals(MD5_OF_HELLO, client.putObject(request -> request.bucket(bucket).key("plain"), RequestBody.fromString("hello")).eTag());
        final String eTag = client.putObject(underKey("secret"), RequestBody.fromString("hello")).eTag();

        assertNotEquals(MD5_OF_HELLO, eTag);
        assertEquals(eTag, client.headObject(request -> request.bucket(bucket).key("secret")).eTag());
        assertEquals(5, client.headObject(request -> request.bucket(bucket).key("secret")).contentLength());
        assertNotEquals(eTag, client.putObject(underKey("secret"), RequestBody.fromString("hello")).eTag());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 15", "1, 1", "15, 17", "16, 31", "17, 4000", "65535, 65537", "100000, 199999", "199999, 199999"})
    void rangesAreOfThePlaintext(final int first, final int last) {
        final byte[] content = content(200_000);
        client.putObject(underKey("a"), RequestBody.fromBytes(content));

        assertArrayEquals(Arrays.copyOfRange(content, first, last + 1), client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=" + first + "-" + last)).asByteArray());
    }

    @Test
    void rangesMayBeOpen() {
        final byte[] content = content(1_000);
        client.putObject(underKey("a"), RequestBody.fromBytes(content));

        final GetObjectResponse head = client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=990-5000")).response();
        assertEquals("bytes 990-999/1000", head.contentRange());
        assertEquals(10, head.contentLength());
        assertArrayEquals(Arrays.copyOfRange(content, 993, 1_000), client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=-7")).asByteArray());
        assertArrayEquals(Arrays.copyOfRange(content, 5, 1_000), client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=5-")).asByteArray());
        assertRefused("InvalidRange", 416, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=1000-1001")));
    }

    @Test
    void partsAreReadAsOneObject() {
        final byte[] content = content(2 * PART_BYTES + 100);
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key)).uploadId();
        final List<CompletedPart> parts = IntStream.rangeClosed(1, 3).mapToObj(number -> CompletedPart.builder().partNumber(number).eTag(client.uploadPart(
                request -> request.bucket(bucket).key("a").uploadId(upload).partNumber(number),
                RequestBody.fromBytes(Arrays.copyOfRange(content, (number - 1) * PART_BYTES, Math.min(content.length, number * PART_BYTES)))).eTag()).build()).toList();
        client.completeMultipartUpload(request -> request.bucket(bucket).key("a").uploadId(upload).multipartUpload(completed -> completed.parts(parts)));

        assertArrayEquals(content, client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asByteArray());
        assertArrayEquals(Arrays.copyOfRange(content, PART_BYTES - 3, PART_BYTES + 4),
                client.getObjectAsBytes(request -> request.bucket(bucket).key("a").range("bytes=" + (PART_BYTES - 3) + "-" + (PART_BYTES + 3))).asByteArray());
        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("a"));
        assertEquals(content.length, head.contentLength());
        assertEquals(key, head.ssekmsKeyId());
        assertTrue(head.eTag().endsWith("-3\""));
    }

    @Test
    void copyIsEncryptedAsItIsAskedTo() {
        client.putObject(request -> request.bucket(bucket).key("plain").metadata(Map.of("made", "here")), RequestBody.fromString("hello"));
        final CopyObjectResponse copied = client.copyObject(request -> request.sourceBucket(bucket).sourceKey("plain").destinationBucket(bucket).destinationKey("secret")
                .serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key));
        assertEquals(key, copied.ssekmsKeyId());
        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("secret")).asUtf8String());
        assertEquals("here", client.headObject(request -> request.bucket(bucket).key("secret")).metadata().get("made"));

        client.copyObject(request -> request.sourceBucket(bucket).sourceKey("secret").destinationBucket(bucket).destinationKey("plain again"));
        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("plain again"));
        assertEquals(ServerSideEncryption.AES256, head.serverSideEncryption());
        assertNull(head.ssekmsKeyId());
        assertEquals(MD5_OF_HELLO, head.eTag());
    }

    @Test
    void copyOntoItselfMustChangeSomething() {
        client.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("hello"));

        assertRefused("InvalidRequest", 400, () -> client.copyObject(request -> request.sourceBucket(bucket).sourceKey("a").destinationBucket(bucket).destinationKey("a")));
        client.copyObject(request -> request.sourceBucket(bucket).sourceKey("a").destinationBucket(bucket).destinationKey("a").metadataDirective(MetadataDirective.REPLACE).contentType("text/csv"));
        assertEquals("text/csv", client.headObject(request -> request.bucket(bucket).key("a")).contentType());
    }

    @Test
    void disabledKeyLocksItsObjectsAndNoOthers() {
        client.putObject(underKey("secret"), RequestBody.fromString("hello"));
        client.putObject(request -> request.bucket(bucket).key("plain"), RequestBody.fromString("hello"));
        kms.disableKey(request -> request.keyId(key));

        assertRefused("KMS.DisabledException", 400, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("secret")));
        assertRefused("KMS.DisabledException", 400, () -> client.copyObject(request -> request.sourceBucket(bucket).sourceKey("secret").destinationBucket(bucket).destinationKey("copy")));
        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("plain")).asUtf8String());
        assertEquals(5, client.headObject(request -> request.bucket(bucket).key("secret")).contentLength());
        client.deleteObject(request -> request.bucket(bucket).key("secret"));
    }

    @Test
    void keyPendingDeletionLocksItsObjectsUntilItIsBack() {
        client.putObject(underKey("secret"), RequestBody.fromString("hello"));
        kms.scheduleKeyDeletion(request -> request.keyId(key).pendingWindowInDays(7));
        assertRefused("KMS.KMSInvalidStateException", 400, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("secret")));

        kms.cancelKeyDeletion(request -> request.keyId(key));
        kms.enableKey(request -> request.keyId(key));
        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("secret")).asUtf8String());
    }

    @Test
    void bucketHasADefaultThatCanBeChangedAndTakenBack() {
        assertEquals(ServerSideEncryption.AES256, byDefault().sseAlgorithm());
        final ServerSideEncryptionRule rule = ServerSideEncryptionRule.builder().bucketKeyEnabled(true)
                .applyServerSideEncryptionByDefault(wanted -> wanted.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(key)).build();
        client.putBucketEncryption(request -> request.bucket(bucket).serverSideEncryptionConfiguration(configuration -> configuration.rules(List.of(rule))));
        assertEquals(key, byDefault().kmsMasterKeyID());

        client.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("hello"));
        assertEquals(key, client.headObject(request -> request.bucket(bucket).key("a")).ssekmsKeyId());
        assertTrue(client.headObject(request -> request.bucket(bucket).key("a")).bucketKeyEnabled());
        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asUtf8String());
        assertNull(client.putObject(request -> request.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AES256), RequestBody.fromString("hello")).ssekmsKeyId());

        client.deleteBucketEncryption(request -> request.bucket(bucket));
        assertEquals(ServerSideEncryption.AES256, byDefault().sseAlgorithm());
    }

    @Test
    void keyOfS3NeedsNoPermissionInKms() {
        cloud.iam().putRole("OnlyS3", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}");
        try (S3Client session = cloud.s3Client(Cloud.credentials(cloud.iam().startSession("arn:aws:iam::000000000000:role/OnlyS3", "me", Duration.ofHours(1))), Cloud.REGION)) {
            session.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS), RequestBody.fromString("hello"));
            assertEquals("hello", session.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asUtf8String());
        }
    }

    @Test
    void whatTheSandboxHasNotIsRefusedByName() {
        final byte[] customerKey = content(32);
        final String encoded = Base64.getEncoder().encodeToString(customerKey);
        assertTrue(assertRefused("NotImplemented", 501, () -> client.putObject(request -> request.bucket(bucket).key("a").sseCustomerAlgorithm("AES256").sseCustomerKey(encoded)
                .sseCustomerKeyMD5("1B2M2Y8AsgTpgAmY7PhCfg=="), RequestBody.fromString("hello"))).getMessage().contains("SSE-C"));
        assertTrue(assertRefused("NotImplemented", 501, () -> client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE),
                RequestBody.fromString("hello"))).getMessage().contains("aws:kms:dsse"));
        assertRefused("NotImplemented", 501, () -> client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsEncryptionContext("e30="),
                RequestBody.fromString("hello")));
        assertRefused("InvalidArgument", 400, () -> client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AES256).ssekmsKeyId(key),
                RequestBody.fromString("hello")));
    }

    @Test
    void keyOfAnotherRegionIsNotFound() {
        assertRefused("KMS.NotFoundException", 400, () -> client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS)
                .ssekmsKeyId(key.replace("us-east-1", "eu-west-1")), RequestBody.fromString("hello")));
    }

    private PutObjectRequest underKey(final String name) {
        return PutObjectRequest.builder().bucket(bucket).key(name).serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key).build();
    }

    private ServerSideEncryptionByDefault byDefault() {
        return client.getBucketEncryption(request -> request.bucket(bucket)).serverSideEncryptionConfiguration().rules().getFirst().applyServerSideEncryptionByDefault();
    }

    private static byte[] content(final int length) {
        final byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static S3Exception assertRefused(final String code, final int status, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
        return refusal;
    }
}
