package io.github.unloadcopy.sandbox.faults;

import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DependencyTimeoutException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What S3's and KMS's real clients make of each fault. */
class CloudFaultsTest {

    private static final int LONG = 100_000;

    private static Cloud cloud;
    private static S3Client retrying;
    private static S3Client hasty;
    private static KmsClient kms;
    private String bucket;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        retrying = cloud.s3Client();
        hasty = S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(cloud.s3().endpoint()).region(Region.of(Cloud.REGION)).forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(Cloud.credentials(cloud.iam().rootKey())))
                .overrideConfiguration(override -> override.retryStrategy(RetryMode.STANDARD).retryStrategy(strategy -> strategy.maxAttempts(1))).build();
        kms = cloud.kmsClient();
    }

    @AfterAll
    static void stop() {
        retrying.close();
        hasty.close();
        kms.close();
        cloud.close();
    }

    @BeforeEach
    void fill() {
        bucket = "faults-" + UUID.randomUUID();
        retrying.createBucket(request -> request.bucket(bucket));
        put("run/1", "content");
    }

    @AfterEach
    void clear() {
        cloud.faults().clear();
    }

    @Test
    void slowDownIsRetriedByTheClient() {
        add(Match.s3("GetObject").on(bucket + "/run/*"), Chance.times(2), Effect.error("SlowDown"));

        assertEquals("content", get(retrying, "run/1"));
        assertEquals(3, matched());
    }

    @Test
    void errorsHaveTheirStatusAndWords() {
        add(Match.s3("PutObject"), Chance.times(1), Effect.error("InternalError"));
        final S3Exception internal = assertThrows(S3Exception.class, () -> hasty.putObject(request -> request.bucket(bucket).key("new"), RequestBody.fromString("text")));
        assertEquals(500, internal.statusCode());
        assertEquals("InternalError", internal.awsErrorDetails().errorCode());
        assertEquals(List.of("run/1"), keys());

        add(Match.s3("ListObjectsV2").on(bucket + "/run/"), Chance.times(1), Effect.error("SlowDown"));
        final S3Exception slowDown = assertThrows(S3Exception.class, () -> hasty.listObjectsV2(request -> request.bucket(bucket).prefix("run/")));
        assertEquals(503, slowDown.statusCode());
        assertEquals("Please reduce your request rate.", slowDown.awsErrorDetails().errorMessage());
    }

    @Test
    void otherCallersAndKeysAreSpared() {
        add(Match.s3("GetObject").by(Match.CLUSTERS), null, Effect.error("SlowDown"));
        add(Match.s3("GetObject").on(bucket + "/other/*"), null, Effect.error("SlowDown"));

        assertEquals("content", get(hasty, "run/1"));
    }

    @Test
    void downloadIsTruncated() {
        put("long", "x".repeat(LONG));
        add(Match.s3("GetObject"), Chance.times(1), Effect.cutAfterBytes(50_000));

        assertThrows(SdkClientException.class, () -> get(hasty, "long"));
        assertEquals(LONG, get(hasty, "long").length());
    }

    @Test
    void connectionIsDroppedBeforeAndAfter() {
        add(Match.s3("PutObject"), Chance.times(1), Effect.drop());
        assertThrows(SdkClientException.class, () -> hasty.putObject(request -> request.bucket(bucket).key("before"), RequestBody.fromString("text")));
        assertEquals(List.of("run/1"), keys());

        cloud.faults().clear();
        add(Match.s3("PutObject"), Chance.times(1), Effect.dropAnswer());
        assertThrows(SdkClientException.class, () -> hasty.putObject(request -> request.bucket(bucket).key("after"), RequestBody.fromString("text")));
        assertEquals(List.of("after", "run/1"), keys());
    }

    @Test
    void slowAnswersArriveWhole() {
        put("long", "x".repeat(LONG));
        add(Match.s3("GetObject"), null, Effect.latency(Duration.ofMillis(20)));
        add(Match.s3("GetObject"), null, Effect.bandwidth(2_000_000));

        assertEquals(LONG, get(hasty, "long").length());
        assertEquals(List.of(1L, 1L), cloud.faults().list().stream().map(FaultStatus::injected).toList());
    }

    @Test
    void completionFailsWithStatus200() {
        final String upload = hasty.createMultipartUpload(request -> request.bucket(bucket).key("parts")).uploadId();
        final String tag = hasty.uploadPart(request -> request.bucket(bucket).key("parts").uploadId(upload).partNumber(1), RequestBody.fromString("part")).eTag();
        add(Match.s3("CompleteMultipartUpload"), Chance.times(1), Effect.errorInBody("InternalError"));

        final S3Exception failure = assertThrows(S3Exception.class, () -> complete(upload, tag));
        assertEquals("InternalError", failure.awsErrorDetails().errorCode());
        assertEquals(List.of("run/1"), keys());
        complete(upload, tag);
        assertEquals(List.of("parts", "run/1"), keys());
    }

    @Test
    void someKeysAreNotDeleted() {
        put("run/2", "content");
        put("run/3", "content");
        add(Match.s3("DeleteObjects").on(bucket + "/run/2"), null, Effect.keyErrors("InternalError"));

        final DeleteObjectsResponse response = hasty.deleteObjects(request -> request.bucket(bucket).delete(Delete.builder().objects(
                List.of("run/1", "run/2", "run/3").stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList()).build()));
        assertEquals(List.of("run/1", "run/3"), response.deleted().stream().map(deleted -> deleted.key()).sorted().toList());
        assertEquals("run/2", response.errors().getFirst().key());
        assertEquals("InternalError", response.errors().getFirst().code());
        assertEquals(List.of("run/2"), keys());
    }

    @Test
    void kmsThrottlingIsRetriedByTheClient() {
        final String key = kms.createKey().keyMetadata().arn();
        add(Match.kms("GetKeyRotationStatus"), Chance.times(2), Effect.error("ThrottlingException"));

        assertFalse(kms.getKeyRotationStatus(request -> request.keyId(key)).keyRotationEnabled());
        assertEquals(3, matched());
    }

    @Test
    void kmsFailsForOneKeyOnly() {
        final String first = kms.createKey().keyMetadata().arn();
        final String second = kms.createKey().keyMetadata().arn();
        final SdkBytes sealed = kms.encrypt(request -> request.keyId(first).plaintext(SdkBytes.fromUtf8String("text"))).ciphertextBlob();
        add(Match.kms("Decrypt").on(second), null, Effect.error("AccessDeniedException"));
        assertEquals("text", kms.decrypt(request -> request.ciphertextBlob(sealed)).plaintext().asUtf8String());

        add(Match.kms("Decrypt").on(first), null, Effect.error("AccessDeniedException"));
        final KmsException denied = assertThrows(KmsException.class, () -> kms.decrypt(request -> request.ciphertextBlob(sealed)));
        assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
        assertEquals(400, denied.statusCode());
    }

    @Test
    void kmsIsOutOfOrder() {
        add(Match.kms("ListAliases"), null, Effect.error("DependencyTimeoutException"));
        final DependencyTimeoutException failure = assertThrows(DependencyTimeoutException.class, () -> kms.listAliases());
        assertEquals(503, failure.statusCode());
        cloud.faults().clear();
        add(Match.kms("ListAliases"), Chance.times(1), Effect.drop());
        assertTrue(kms.listAliases().hasAliases());
        assertEquals(2, matched());
    }

    private static void add(final Match match, final Chance chance, final Effect effect) {
        cloud.faults().add(new FaultRule(match, chance, effect));
    }

    private static long matched() {
        return cloud.faults().list().getLast().matched();
    }

    private void put(final String key, final String text) {
        retrying.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(text));
    }

    private String get(final S3Client client, final String key) {
        return client.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String();
    }

    private void complete(final String upload, final String tag) {
        hasty.completeMultipartUpload(request -> request.bucket(bucket).key("parts").uploadId(upload)
                .multipartUpload(parts -> parts.parts(CompletedPart.builder().partNumber(1).eTag(tag).build())));
    }

    private List<String> keys() {
        return hasty.listObjectsV2(request -> request.bucket(bucket)).contents().stream().map(S3Object::key).toList();
    }
}
