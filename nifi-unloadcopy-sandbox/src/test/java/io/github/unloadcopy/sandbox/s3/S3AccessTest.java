package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each action needs its own permission ("Required permissions for Amazon S3 API operations", Amazon S3 User Guide). */
class S3AccessTest {

    private static final RequestBody CONTENT = RequestBody.fromString("hello");

    private static Cloud cloud;
    private static S3Client owner;

    private final String bucket = "access-" + UUID.randomUUID();
    private final String user = "user-" + UUID.randomUUID();
    private S3Client client;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        owner = cloud.s3Client();
    }

    @AfterAll
    static void stop() {
        owner.close();
        cloud.close();
    }

    @BeforeEach
    void createUser() {
        owner.createBucket(request -> request.bucket(bucket));
        owner.putObject(request -> request.bucket(bucket).key("in/a"), CONTENT);
        owner.putObject(request -> request.bucket(bucket).key("out/a"), CONTENT);
        cloud.iam().putUser(user, "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}");
        client = cloud.s3Client(Cloud.credentials(cloud.iam().createAccessKey(user)), Cloud.REGION);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void readingOnePrefix() {
        allow("s3:GetObject", "/in/*");

        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("in/a")).asUtf8String());
        assertEquals(5, client.headObject(request -> request.bucket(bucket).key("in/a")).contentLength());
        assertDenied("s3:GetObject", bucket + "/out/a", () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("out/a")));
        assertDenied("s3:PutObject", bucket + "/in/a", () -> client.putObject(request -> request.bucket(bucket).key("in/a"), CONTENT));
        assertDenied("s3:DeleteObject", bucket + "/in/a", () -> client.deleteObject(request -> request.bucket(bucket).key("in/a")));
        assertDenied("s3:ListBucket", bucket, () -> client.listObjectsV2(request -> request.bucket(bucket)));
        assertDenied("s3:ListAllMyBuckets", null, () -> client.listBuckets());
    }

    @Test
    void whoMayNotListDoesNotLearnWhatIsMissing() {
        allow("s3:GetObject", "/*");
        assertDenied("s3:ListBucket", bucket, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/nobody")));

        allow("s3:*", "*");
        assertThrows(NoSuchKeyException.class, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/nobody")));
    }

    @Test
    void writingWithoutReading() {
        allow("s3:PutObject", "/in/*");

        client.putObject(request -> request.bucket(bucket).key("in/b"), CONTENT);
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("in/c")).uploadId();
        final String eTag = client.uploadPart(request -> request.bucket(bucket).key("in/c").uploadId(upload).partNumber(1), CONTENT).eTag();
        assertDenied("s3:AbortMultipartUpload", bucket + "/in/c", () -> client.abortMultipartUpload(request -> request.bucket(bucket).key("in/c").uploadId(upload)));
        assertDenied("s3:ListBucketMultipartUploads", bucket, () -> client.listMultipartUploads(request -> request.bucket(bucket)));
        client.completeMultipartUpload(request -> request.bucket(bucket).key("in/c").uploadId(upload)
                .multipartUpload(completed -> completed.parts(CompletedPart.builder().partNumber(1).eTag(eTag).build())));
        assertDenied("s3:GetObject", bucket + "/in/b", () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/b")));
        assertDenied("s3:GetObject", bucket + "/in/b", () -> client.copyObject(request -> request.sourceBucket(bucket).sourceKey("in/b").destinationBucket(bucket).destinationKey("in/d")));
    }

    @Test
    void deletingManyTellsOfEachKey() {
        allow("s3:DeleteObject", "/in/*");

        final DeleteObjectsResponse answer = client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(identifier("in/a"), identifier("out/a"), identifier("in/nobody"))));
        assertEquals(2, answer.deleted().size());
        assertEquals(List.of("out/a"), answer.errors().stream().map(S3Error::key).toList());
        assertEquals("AccessDenied", answer.errors().getFirst().code());

        final DeleteObjectsResponse quiet = client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.quiet(true).objects(identifier("in/b"), identifier("out/a"))));
        assertEquals(List.of(), quiet.deleted());
        assertEquals(List.of("out/a"), quiet.errors().stream().map(S3Error::key).toList());
        assertEquals("hello", owner.getObjectAsBytes(request -> request.bucket(bucket).key("out/a")).asUtf8String());
    }

    @Test
    void versionsHavePermissionsOfTheirOwn() {
        owner.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(configuration -> configuration.status(BucketVersioningStatus.ENABLED)));
        final String version = owner.putObject(request -> request.bucket(bucket).key("in/a"), CONTENT).versionId();
        allow("s3:DeleteObject\",\"s3:GetObject", "/*");

        assertDenied("s3:GetObjectVersion", bucket + "/in/a", () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/a").versionId(version)));
        assertDenied("s3:DeleteObjectVersion", bucket + "/in/a", () -> client.deleteObject(request -> request.bucket(bucket).key("in/a").versionId(version)));
        assertDenied("s3:ListBucketVersions", bucket, () -> client.listObjectVersions(request -> request.bucket(bucket)));
        client.deleteObject(request -> request.bucket(bucket).key("in/a"));
    }

    @Test
    void kmsKeyNeedsItsOwnPermissions() {
        owner.putObject(request -> request.bucket(bucket).key("in/secret").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS), CONTENT);
        allow("s3:*", "*");
        final S3Exception refusal = assertThrows(S3Exception.class, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/secret")));
        assertTrue(refusal.getMessage().contains("is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:"), refusal::getMessage);

        cloud.iam().putUser(user, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"s3:*\",\"kms:GenerateDataKey\"],\"Resource\":\"*\"}}");
        client.putObject(request -> request.bucket(bucket).key("in/secret").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS), CONTENT);
        assertEquals("AccessDenied", assertThrows(S3Exception.class, () -> client.getObjectAsBytes(request -> request.bucket(bucket).key("in/secret"))).awsErrorDetails().errorCode());
        final String upload = client.createMultipartUpload(
                request -> request.bucket(bucket).key("in/b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KeyRing.UTILITY_ALIAS)).uploadId();
        assertThrows(S3Exception.class, () -> client.uploadPart(request -> request.bucket(bucket).key("in/b").uploadId(upload).partNumber(1), CONTENT));
    }

    private void allow(final String action, final String where) {
        cloud.iam().putUser(user, "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"%s\"],\"Resource\":\"arn:aws:s3:::%s%s\"}}".formatted(action, bucket, where));
    }

    private void assertDenied(final String action, final String resource, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals("AccessDenied", refusal.awsErrorDetails().errorCode());
        assertEquals(403, refusal.statusCode());
        final String expected = "User: arn:aws:iam::000000000000:user/" + user + " is not authorized to perform: " + action + " on resource: \""
                + (resource == null ? "*" : "arn:aws:s3:::" + resource) + "\" because no identity-based policy allows the " + action + " action";
        assertTrue(refusal.getMessage().contains(expected), refusal::getMessage);
    }

    private static ObjectIdentifier identifier(final String key) {
        return ObjectIdentifier.builder().key(key).build();
    }
}
