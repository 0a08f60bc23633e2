package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class S3ServerTest {

    private static final RequestBody CONTENT = RequestBody.fromString("id,name\n1,one\n");

    private static Cloud cloud;
    private static S3Client client;
    private static KmsClient kms;

    private String bucket;

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
    void createBucket() {
        bucket = "staging-" + UUID.randomUUID();
        client.createBucket(request -> request.bucket(bucket));
    }

    @Test
    void objectComesBackWithItsMetadata() {
        client.putObject(request -> request.bucket(bucket).key("run=1/2026-11-22_10:00:00-a b+c/part.gz").metadata(Map.of("x-amz-iv", "abc")), CONTENT);

        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("run=1/2026-11-22_10:00:00-a b+c/part.gz"));
        assertEquals(Map.of("x-amz-iv", "abc"), head.metadata());
        assertEquals(14, head.contentLength());
        assertEquals("id,name\n1,one\n", client.getObjectAsBytes(request -> request.bucket(bucket).key("run=1/2026-11-22_10:00:00-a b+c/part.gz")).asUtf8String());
    }

    @Test
    void strangersAreRefused() {
        final AccessKey root = cloud.iam().rootKey();
        try (S3Client wrong = cloud.s3Client(AwsBasicCredentials.create(root.accessKeyId(), "wrong"), Cloud.REGION);
                S3Client unknown = cloud.s3Client(AwsBasicCredentials.create("AKIANOBODY", "wrong"), Cloud.REGION);
                S3Client anonymous = S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(cloud.s3().endpoint()).region(Region.US_EAST_1).forcePathStyle(true)
                        .credentialsProvider(AnonymousCredentialsProvider.create()).build()) {
            assertRefused("SignatureDoesNotMatch", 403, () -> wrong.listObjectsV2(request -> request.bucket(bucket)));
            assertRefused("SignatureDoesNotMatch", 403, () -> wrong.putObject(request -> request.bucket(bucket).key("a"), CONTENT));
            assertRefused("InvalidAccessKeyId", 403, () -> unknown.listObjectsV2(request -> request.bucket(bucket)));
            assertRefused("AccessDenied", 403, () -> anonymous.listObjectsV2(request -> request.bucket(bucket)));
            assertRefused("AccessDenied", 403, () -> anonymous.putObject(request -> request.bucket(bucket).key("a"), CONTENT));
        }
    }

    @Test
    void sessionHasWhatItsRoleHas() {
        client.putObject(request -> request.bucket(bucket).key("a"), CONTENT);
        try (S3Client reader = cloud.s3Client(Cloud.credentials(cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ofMinutes(15))), Cloud.REGION)) {
            assertEquals(1, reader.listObjectsV2(request -> request.bucket(bucket)).keyCount());
            final S3Exception refusal = assertRefused("AccessDenied", 403, () -> reader.putObject(request -> request.bucket(bucket).key("b"), CONTENT));
            assertTrue(refusal.getMessage().contains("User: arn:aws:sts::000000000000:assumed-role/ReadOnly/test is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::"
                    + bucket + "/b\""), refusal::getMessage);
            assertRefused("AccessDenied", 403, () -> reader.deleteObject(request -> request.bucket(bucket).key("a")));
            assertEquals("AccessDenied", reader.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(List.of(identifier("a"))))).errors().getFirst().code());
        }
    }

    @Test
    void sessionNeedsItsOwnLivingToken() {
        final AccessKey living = cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ofMinutes(15));
        try (S3Client forger = cloud.s3Client(AwsSessionCredentials.create(living.accessKeyId(), living.secretAccessKey(), "forged"), Cloud.REGION);
                S3Client late = cloud.s3Client(Cloud.credentials(cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ZERO)), Cloud.REGION)) {
            assertRefused("InvalidToken", 400, () -> forger.listObjectsV2(request -> request.bucket(bucket)));
            assertRefused("ExpiredToken", 400, () -> late.listObjectsV2(request -> request.bucket(bucket)));
        }
    }

    @Test
    void moreThanAThousandKeysComeInPagesAndGoInTwoRequests() {
        IntStream.range(0, 1_001).parallel().forEach(number -> client.putObject(request -> request.bucket(bucket).key("run/%04d".formatted(number)), CONTENT));

        assertTrue(client.listObjectsV2(request -> request.bucket(bucket)).isTruncated());
        final List<String> keys = client.listObjectsV2Paginator(request -> request.bucket(bucket).prefix("run/")).contents().stream().map(S3Object::key).toList();
        assertEquals(IntStream.range(0, 1_001).mapToObj("run/%04d"::formatted).toList(), keys);

        final List<ObjectIdentifier> all = keys.stream().map(S3ServerTest::identifier).toList();
        assertRefused("MalformedXML", 400, () -> client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(all))));
        assertEquals(1_000, client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(all.subList(0, 1_000)))).deleted().size());
        assertEquals("run/1000", client.listObjectsV2(request -> request.bucket(bucket)).contents().getFirst().key());
    }

    @Test
    void sseKmsNamesItsKeyByArn() {
        final String arn = kms.describeKey(request -> request.keyId(KeyRing.UTILITY_ALIAS)).keyMetadata().arn();

        assertEquals(arn, client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS), CONTENT).ssekmsKeyId());
        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("a"));
        assertEquals(ServerSideEncryption.AWS_KMS, head.serverSideEncryption());
        assertEquals(arn, head.ssekmsKeyId());
        assertEquals(ServerSideEncryption.AWS_KMS, client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).response().serverSideEncryption());
    }

    @Test
    void otherObjectsAreEncryptedByS3() {
        client.putObject(request -> request.bucket(bucket).key("a"), CONTENT);

        final HeadObjectResponse head = client.headObject(request -> request.bucket(bucket).key("a"));
        assertEquals(ServerSideEncryption.AES256, head.serverSideEncryption());
        assertNull(head.ssekmsKeyId());
    }

    @Test
    void sseKmsWithoutAKeyTakesThatOfS3() {
        final String arn = client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS), CONTENT).ssekmsKeyId();

        assertEquals(kms.describeKey(request -> request.keyId("alias/aws/s3")).keyMetadata().arn(), arn);
    }

    @Test
    void sseKmsNeedsAKeyThatWorks() {
        final String key = kms.createKey().keyMetadata().keyId();
        client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key), CONTENT);
        kms.disableKey(request -> request.keyId(key));

        assertRefused("KMS.DisabledException", 400, () -> client.putObject(request -> request.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key), CONTENT));
        assertRefused("KMS.DisabledException", 400, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("a")));
        assertRefused("KMS.NotFoundException", 400,
                () -> client.putObject(request -> request.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId("alias/nobody"), CONTENT));
        assertRefused("KMS.DisabledException", 400,
                () -> client.createMultipartUpload(request -> request.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(key)));
        assertEquals(1, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());
        kms.enableKey(request -> request.keyId(key));
        assertEquals(14, client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asByteArray().length);
    }

    @Test
    void sseKmsNeedsPermissionForTheKey() {
        client.putObject(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS), CONTENT);
        try (S3Client noKms = cloud.s3Client(Cloud.credentials(cloud.iam().startSession(Role.NO_KMS.arn(), "test", Duration.ofMinutes(15))), Cloud.REGION)) {
            final S3Exception refusal = assertRefused("AccessDenied", 403, () -> noKms.getObjectAsBytes(request -> request.bucket(bucket).key("a")));
            assertTrue(refusal.getMessage().contains("kms:Decrypt"), refusal::getMessage);
            assertRefused("AccessDenied", 403,
                    () -> noKms.putObject(request -> request.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS), CONTENT));
        }
    }

    @Test
    void bucketsDefaultEncryptionApplies() {
        final ServerSideEncryptionRule rule = ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(byDefault -> byDefault.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(KeyRing.UTILITY_ALIAS))
                .build();
        client.putBucketEncryption(request -> request.bucket(bucket).serverSideEncryptionConfiguration(configuration -> configuration.rules(List.of(rule))));

        assertEquals(kms.describeKey(request -> request.keyId(KeyRing.UTILITY_ALIAS)).keyMetadata().arn(), client.putObject(request -> request.bucket(bucket).key("a"), CONTENT).ssekmsKeyId());
    }

    @Test
    void bucketHasItsRegion() {
        final String irish = "irish-" + UUID.randomUUID();
        client.createBucket(request -> request.bucket(irish).createBucketConfiguration(configuration -> configuration.locationConstraint("eu-west-1")));

        assertEquals("eu-west-1", client.getBucketLocation(request -> request.bucket(irish)).locationConstraintAsString());
        assertEquals("", client.getBucketLocation(request -> request.bucket(bucket)).locationConstraintAsString());
        assertEquals("us-east-1", client.headBucket(request -> request.bucket(bucket)).bucketRegion());
        assertEquals("eu-west-1", cloud.s3().objects().bucketRegion(irish));
        assertEquals("us-east-1", cloud.s3().objects().bucketRegion(bucket));
        try (S3Client local = cloud.s3Client(Cloud.credentials(cloud.iam().rootKey()), "eu-west-1")) {
            assertEquals("eu-west-1", local.headBucket(request -> request.bucket(irish)).bucketRegion());
            local.putObject(request -> request.bucket(irish).key("a"), CONTENT);
            final S3Exception refusal = assertRefused("PermanentRedirect", 301, () -> client.getObjectAsBytes(request -> request.bucket(irish).key("a")));
            assertEquals("eu-west-1", refusal.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region").orElseThrow());
            local.deleteObject(request -> request.bucket(irish).key("a"));
            local.deleteBucket(request -> request.bucket(irish));
        }

        client.createBucket(request -> request.bucket(irish));
        assertEquals("us-east-1", client.headBucket(request -> request.bucket(irish)).bucketRegion());
    }

    @Test
    void clientOfAnotherRegionCreatesItsBucketThere() {
        final String japanese = "japanese-" + UUID.randomUUID();
        try (S3Client local = cloud.s3Client(Cloud.credentials(cloud.iam().rootKey()), "ap-northeast-1")) {
            local.createBucket(request -> request.bucket(japanese));
            assertEquals("ap-northeast-1", local.headBucket(request -> request.bucket(japanese)).bucketRegion());
        }
    }

    @Test
    void placesThatDoNotExistAreRefused() {
        assertRefused("InvalidLocationConstraint", 400,
                () -> client.createBucket(request -> request.bucket("nowhere-" + UUID.randomUUID()).createBucketConfiguration(configuration -> configuration.locationConstraint("the moon"))));
        assertRefused("NoSuchBucket", 404, () -> client.getBucketLocation(request -> request.bucket("nobody-" + UUID.randomUUID())));
        assertThrows(NoSuchBucketException.class, () -> client.headBucket(request -> request.bucket("nobody-" + UUID.randomUUID())));
        assertThrows(NoSuchKeyException.class, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("nobody")));
        assertThrows(NoSuchKeyException.class, () -> client.headObject(request -> request.bucket(bucket).key("nobody")));
    }

    @Test
    void versionsAreKept() {
        client.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(configuration -> configuration.status(BucketVersioningStatus.ENABLED)));
        client.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("one"));
        client.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("two"));
        client.deleteObject(request -> request.bucket(bucket).key("a"));

        assertEquals(0, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());
        assertEquals(2, client.listObjectVersions(request -> request.bucket(bucket)).versions().size());
        assertEquals(1, client.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers().size());
    }

    @Test
    void objectsComeInParts() {
        final String arn = kms.describeKey(request -> request.keyId(KeyRing.UTILITY_ALIAS)).keyMetadata().arn();
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(arn)).uploadId();
        final int mebibyte = 1024 * 1024;
        final List<CompletedPart> parts = IntStream.of(1, 2)
                .mapToObj(number -> CompletedPart.builder().partNumber(number).eTag(client.uploadPart(
                        request -> request.bucket(bucket).key("a").uploadId(upload).partNumber(number), RequestBody.fromBytes(new byte[5 * mebibyte])).eTag()).build())
                .toList();
        assertEquals(0, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());

        client.completeMultipartUpload(request -> request.bucket(bucket).key("a").uploadId(upload).multipartUpload(completed -> completed.parts(parts)));
        assertEquals(10L * mebibyte, client.headObject(request -> request.bucket(bucket).key("a")).contentLength());
        assertEquals(arn, client.headObject(request -> request.bucket(bucket).key("a")).ssekmsKeyId());
    }

    @Test
    void callsAreCounted() {
        final long before = cloud.calls().counts().get("s3").getOrDefault("PutObject", 0L);
        client.putObject(request -> request.bucket(bucket).key("a"), CONTENT);

        assertEquals(before + 1, cloud.calls().counts().get("s3").get("PutObject"));
        assertFalse(cloud.calls().counts().get("s3").containsKey("Unknown"));
    }

    private static ObjectIdentifier identifier(final String key) {
        return ObjectIdentifier.builder().key(key).build();
    }

    private static S3Exception assertRefused(final String code, final int status, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
        return refusal;
    }
}
