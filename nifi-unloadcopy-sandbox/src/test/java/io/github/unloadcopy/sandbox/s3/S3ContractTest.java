package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.InvalidObjectStateException;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What clients of the AWS SDK rely on: the types of exceptions, codes, pages, checksums, conditions and URLs. */
class S3ContractTest {

    private static final RequestBody CONTENT = RequestBody.fromString("hello");
    private static final int PART_BYTES = 5 * 1024 * 1024;

    private static Cloud cloud;
    private static S3Client client;

    private final String bucket = "contract-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        client = cloud.s3Client();
    }

    @AfterAll
    static void stop() {
        client.close();
        cloud.close();
    }

    @BeforeEach
    void createBucket() {
        client.createBucket(request -> request.bucket(bucket));
    }

    @Test
    void exceptionsHaveTheirTypes() {
        assertThrows(NoSuchKeyException.class, () -> client.getObject(request -> request.bucket(bucket).key("nobody")));
        assertThrows(NoSuchKeyException.class, () -> client.headObject(request -> request.bucket(bucket).key("nobody")));
        assertThrows(NoSuchBucketException.class, () -> client.putObject(request -> request.bucket("nobody-here").key("a"), CONTENT));
        assertThrows(NoSuchBucketException.class, () -> client.listObjectsV2(request -> request.bucket("nobody-here")));
        assertThrows(NoSuchBucketException.class, () -> client.headBucket(request -> request.bucket("nobody-here")));
        assertThrows(NoSuchUploadException.class, () -> client.abortMultipartUpload(request -> request.bucket(bucket).key("a").uploadId("nobody")));
        assertRefused("KeyTooLongError", 400, () -> client.putObject(request -> request.bucket(bucket).key("k".repeat(1_025)), CONTENT));
        assertRefused("NoSuchVersion", 404, () -> client.getObject(request -> request.bucket(bucket).key("a").versionId("0".repeat(32))));
        client.putObject(request -> request.bucket(bucket).key("a"), CONTENT);
        assertRefused("BucketNotEmpty", 409, () -> client.deleteBucket(request -> request.bucket(bucket)));
        assertRefused("AccessControlListNotSupported", 400, () -> client.putBucketAcl(request -> request.bucket(bucket).acl(BucketCannedACL.PUBLIC_READ)));
    }

    @Test
    void bucketsAreCreatedTwiceInTheUnitedStatesOnly() {
        client.putObject(request -> request.bucket(bucket).key("a"), CONTENT);
        client.createBucket(request -> request.bucket(bucket));
        assertEquals(1, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());
        assertEquals("us-east-1", client.headBucket(request -> request.bucket(bucket)).bucketRegion());
        assertRefused("BucketAlreadyOwnedByYou", 409, () -> client.createBucket(request -> request.bucket(bucket).createBucketConfiguration(where -> where.locationConstraint("eu-central-1"))));

        final String elsewhere = bucket + "-eu";
        client.createBucket(request -> request.bucket(elsewhere).createBucketConfiguration(where -> where.locationConstraint("eu-central-1")));
        assertRefused("BucketAlreadyOwnedByYou", 409, () -> client.createBucket(request -> request.bucket(elsewhere).createBucketConfiguration(where -> where.locationConstraint("eu-central-1"))));
        assertRefused("BucketAlreadyOwnedByYou", 409, () -> client.createBucket(request -> request.bucket(elsewhere)));
        assertThrows(BucketAlreadyOwnedByYouException.class, () -> client.createBucket(request -> request.bucket(elsewhere)));
    }

    @Test
    void whatIsArchivedIsNotAtHand() {
        client.putObject(request -> request.bucket(bucket).key("a").storageClass(StorageClass.GLACIER), CONTENT);

        assertThrows(InvalidObjectStateException.class, () -> client.getObject(request -> request.bucket(bucket).key("a")));
        assertEquals(StorageClass.GLACIER, client.headObject(request -> request.bucket(bucket).key("a")).storageClass());
        assertEquals("GLACIER", client.listObjectsV2(request -> request.bucket(bucket)).contents().getFirst().storageClassAsString());
    }

    @Test
    void whatWouldBeIgnoredIsRefusedByName() {
        assertTrue(assertRefused("NotImplemented", 501, () -> client.putObject(request -> request.bucket(bucket).key("a").tagging("run=7"), CONTENT)).getMessage().contains("x-amz-tagging"));
        assertRefused("NotImplemented", 501, () -> client.putObject(request -> request.bucket(bucket).key("a").grantRead("id=somebody"), CONTENT));
        assertRefused("AccessDenied", 403, () -> client.putObject(request -> request.bucket(bucket).key("a").expectedBucketOwner("111111111111"), CONTENT));
        client.putObject(request -> request.bucket(bucket).key("a").expectedBucketOwner("000000000000"), CONTENT);
        assertRefused("NotImplemented", 501, () -> client.getObjectTagging(request -> request.bucket(bucket).key("a")));
    }

    @Test
    void deletingWhatIsNotThereSucceeds() {
        assertNull(client.deleteObject(request -> request.bucket(bucket).key("nobody")).deleteMarker());
        assertEquals("nobody", client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(ObjectIdentifier.builder().key("nobody").build()))).deleted().getFirst().key());
    }

    @Test
    void pagesGoOnWhereTheLastOneEnded() {
        for (final String key : List.of("a/1", "a/2", "b", "c/1", "d")) {
            client.putObject(request -> request.bucket(bucket).key(key), CONTENT);
        }

        final ListObjectsV2Response first = client.listObjectsV2(request -> request.bucket(bucket).delimiter("/").maxKeys(2));
        assertEquals(2, first.keyCount());
        assertTrue(first.isTruncated());
        final ListObjectsV2Response second = client.listObjectsV2(request -> request.bucket(bucket).delimiter("/").maxKeys(2).continuationToken(first.nextContinuationToken()));
        assertEquals(List.of("c/"), second.commonPrefixes().stream().map(prefix -> prefix.prefix()).toList());
        assertEquals(List.of("d"), second.contents().stream().map(S3Object::key).toList());
        assertEquals(List.of("c/1", "d"), client.listObjectsV2(request -> request.bucket(bucket).startAfter("b")).contents().stream().map(S3Object::key).toList());
        assertRefused("InvalidArgument", 400, () -> client.listObjectsV2(request -> request.bucket(bucket).continuationToken("!")));

        final ListObjectsResponse old = client.listObjects(request -> request.bucket(bucket).delimiter("/").maxKeys(1));
        assertEquals("a/", old.nextMarker());
        assertEquals(List.of("b"), client.listObjects(request -> request.bucket(bucket).delimiter("/").maxKeys(1).marker("a/")).contents().stream().map(S3Object::key).toList());
    }

    @ParameterizedTest
    @EnumSource(value = ChecksumAlgorithm.class, names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
    void checksumOfTheClientsChoiceIsKept(final ChecksumAlgorithm algorithm) {
        client.putObject(request -> request.bucket(bucket).key("a").checksumAlgorithm(algorithm), CONTENT);

        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("a").checksumMode(ChecksumMode.ENABLED)).asUtf8String());
    }

    @Test
    void checksumThatCameWithTheRequestIsAnsweredWhenItIsAskedFor() {
        client.putObject(request -> request.bucket(bucket).key("a").checksumCRC32("NhCmhg=="), CONTENT);

        assertEquals("NhCmhg==", client.headObject(request -> request.bucket(bucket).key("a").checksumMode(ChecksumMode.ENABLED)).checksumCRC32());
        assertNull(client.headObject(request -> request.bucket(bucket).key("a")).checksumCRC32());
        assertRefused("BadDigest", 400, () -> client.putObject(request -> request.bucket(bucket).key("b").checksumCRC32("AAAAAA=="), CONTENT));
        assertThrows(NoSuchKeyException.class, () -> client.headObject(request -> request.bucket(bucket).key("b")));
    }

    @Test
    void damagedContentIsRefused() {
        assertRefused("BadDigest", 400, () -> client.putObject(request -> request.bucket(bucket).key("a").contentMD5("1B2M2Y8AsgTpgAmY7PhCfg=="), CONTENT));
        assertThrows(NoSuchKeyException.class, () -> client.headObject(request -> request.bucket(bucket).key("a")));
    }

    @Test
    void writesMayHaveConditions() {
        final String eTag = client.putObject(request -> request.bucket(bucket).key("a").ifNoneMatch("*"), CONTENT).eTag();
        assertRefused("PreconditionFailed", 412, () -> client.putObject(request -> request.bucket(bucket).key("a").ifNoneMatch("*"), CONTENT));
        assertRefused("PreconditionFailed", 412, () -> client.putObject(request -> request.bucket(bucket).key("a").ifMatch("\"other\""), CONTENT));
        assertThrows(NoSuchKeyException.class, () -> client.putObject(request -> request.bucket(bucket).key("nobody").ifMatch(eTag), CONTENT));
        client.putObject(request -> request.bucket(bucket).key("a").ifMatch(eTag), RequestBody.fromString("other"));

        assertRefused("PreconditionFailed", 412, () -> client.deleteObject(request -> request.bucket(bucket).key("a").ifMatch(eTag)));
        assertEquals("other", client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asUtf8String());
    }

    @Test
    void readsMayHaveConditions() {
        final String eTag = client.putObject(request -> request.bucket(bucket).key("a"), CONTENT).eTag();

        assertEquals(304, assertThrows(S3Exception.class, () -> client.getObject(request -> request.bucket(bucket).key("a").ifNoneMatch(eTag))).statusCode());
        assertRefused("PreconditionFailed", 412, () -> client.getObject(request -> request.bucket(bucket).key("a").ifMatch("\"other\"")));
        assertEquals("hello", client.getObjectAsBytes(request -> request.bucket(bucket).key("a").ifMatch(eTag)).asUtf8String());
    }

    @Test
    void headersComeBack() {
        client.putObject(request -> request.bucket(bucket).key("a").contentType("text/csv").contentEncoding("gzip").contentLanguage("de").contentDisposition("attachment")
                .cacheControl("no-store"), CONTENT);

        final GetObjectResponse answer = client.getObject(request -> request.bucket(bucket).key("a")).response();
        assertEquals(List.of("text/csv", "gzip", "de", "attachment", "no-store"),
                List.of(answer.contentType(), answer.contentEncoding(), answer.contentLanguage(), answer.contentDisposition(), answer.cacheControl()));
        assertNotNull(answer.lastModified());
    }

    @Test
    void partsMustFitTogether() {
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a")).uploadId();
        final CompletedPart first = part(upload, 1, PART_BYTES - 1);
        final CompletedPart second = part(upload, 2, 10);

        assertRefused("EntityTooSmall", 400, () -> complete(upload, first, second));
        assertRefused("InvalidPart", 400, () -> complete(upload, second.toBuilder().eTag("\"other\"").build()));
        assertRefused("InvalidPart", 400, () -> complete(upload, CompletedPart.builder().partNumber(3).eTag(second.eTag()).build()));
        assertRefused("InvalidArgument", 400, () -> part(upload, 10_001, 1));
        assertThrows(NoSuchKeyException.class, () -> client.headObject(request -> request.bucket(bucket).key("a")));
        complete(upload, second);
        assertEquals(10, client.headObject(request -> request.bucket(bucket).key("a")).contentLength());
        assertThrows(NoSuchUploadException.class, () -> client.listParts(request -> request.bucket(bucket).key("a").uploadId(upload)));
    }

    @Test
    void attributesTellHowManyPartsThereWere() {
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a")).uploadId();
        complete(upload, part(upload, 1, PART_BYTES), part(upload, 2, 10));
        client.putObject(request -> request.bucket(bucket).key("whole"), CONTENT);

        final GetObjectAttributesResponse attributes = client.getObjectAttributes(
                request -> request.bucket(bucket).key("a").objectAttributes(ObjectAttributes.OBJECT_PARTS, ObjectAttributes.OBJECT_SIZE));
        assertEquals(PART_BYTES + 10L, attributes.objectSize());
        assertEquals(2, attributes.objectParts().totalPartsCount());
        assertFalse(attributes.objectParts().isTruncated());
        assertNull(client.getObjectAttributes(request -> request.bucket(bucket).key("a").objectAttributes(ObjectAttributes.OBJECT_SIZE)).objectParts());
        assertNull(client.getObjectAttributes(request -> request.bucket(bucket).key("whole").objectAttributes(ObjectAttributes.OBJECT_PARTS)).objectParts());
        assertThrows(NoSuchKeyException.class, () -> client.getObjectAttributes(request -> request.bucket(bucket).key("nobody").objectAttributes(ObjectAttributes.OBJECT_PARTS)));
    }

    @Test
    void uploadsAreListedUntilTheyEnd() {
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a/b")).uploadId();
        client.createMultipartUpload(request -> request.bucket(bucket).key("c"));
        part("a/b", upload, 1, 5);
        part("a/b", upload, 1, 7);
        part("a/b", upload, 2, 9);

        assertEquals(List.of("a/b", "c"), client.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream().map(MultipartUpload::key).toList());
        assertEquals(List.of(7L, 9L), client.listParts(request -> request.bucket(bucket).key("a/b").uploadId(upload)).parts().stream().map(Part::size).toList());
        assertEquals(0, client.listObjectsV2(request -> request.bucket(bucket)).keyCount());
        client.abortMultipartUpload(request -> request.bucket(bucket).key("a/b").uploadId(upload));
        assertEquals(List.of("c"), client.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream().map(MultipartUpload::key).toList());
        assertThrows(NoSuchUploadException.class, () -> part("a/b", upload, 3, 1));
    }

    @Test
    void partsMayBeCopied() {
        client.putObject(request -> request.bucket(bucket).key("source"), CONTENT);
        final String upload = client.createMultipartUpload(request -> request.bucket(bucket).key("a")).uploadId();
        final String eTag = client.uploadPartCopy(request -> request.sourceBucket(bucket).sourceKey("source").copySourceRange("bytes=1-3")
                .destinationBucket(bucket).destinationKey("a").uploadId(upload).partNumber(1)).copyPartResult().eTag();
        complete(upload, CompletedPart.builder().partNumber(1).eTag(eTag).build());

        assertEquals("ell", client.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asUtf8String());
    }

    @Test
    void urlsAreSignedInAdvance() throws IOException, InterruptedException {
        client.putObject(request -> request.bucket(bucket).key("a b/c"), CONTENT);
        try (S3Presigner presigner = S3Presigner.builder().endpointOverride(cloud.s3().endpoint()).region(Region.US_EAST_1)
                .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(StaticCredentialsProvider.create(Cloud.credentials(cloud.iam().rootKey()))).build()) {
            final URL url = presigner.presignGetObject(presign -> presign.signatureDuration(Duration.ofMinutes(1)).getObjectRequest(request -> request.bucket(bucket).key("a b/c"))).url();
            assertEquals("hello", fetch(url.toString()).body());

            final HttpResponse<String> altered = fetch(url.toString().replace("/c?", "/d?"));
            assertEquals(403, altered.statusCode());
            assertTrue(altered.body().contains("<Code>SignatureDoesNotMatch</Code>"), altered::body);
            final HttpResponse<String> expired = fetch(url.toString().replaceAll("X-Amz-Date=\\d{8}T", "X-Amz-Date=20200101T"));
            assertEquals(403, expired.statusCode());
            assertTrue(expired.body().contains("<Code>AccessDenied</Code>"), expired::body);
            assertTrue(expired.body().contains("expired"), expired::body);
        }
    }

    @Test
    void clientWithoutChecksumsIsServed() {
        try (S3Client plain = S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(cloud.s3().endpoint()).region(Region.US_EAST_1).forcePathStyle(true)
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .credentialsProvider(StaticCredentialsProvider.create(Cloud.credentials(cloud.iam().rootKey()))).build()) {
            final byte[] content = new byte[300_000];
            plain.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromBytes(content));
            assertArrayEquals(content, plain.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asByteArray());
        }
    }

    private CompletedPart part(final String upload, final int number, final int length) {
        return part("a", upload, number, length);
    }

    private CompletedPart part(final String key, final String upload, final int number, final int length) {
        return CompletedPart.builder().partNumber(number)
                .eTag(client.uploadPart(request -> request.bucket(bucket).key(key).uploadId(upload).partNumber(number), RequestBody.fromBytes(new byte[length])).eTag())
                .build();
    }

    private void complete(final String upload, final CompletedPart... parts) {
        client.completeMultipartUpload(request -> request.bucket(bucket).key("a").uploadId(upload).multipartUpload(completed -> completed.parts(parts)));
    }

    private static HttpResponse<String> fetch(final String url) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static S3Exception assertRefused(final String code, final int status, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
        return refusal;
    }
}
