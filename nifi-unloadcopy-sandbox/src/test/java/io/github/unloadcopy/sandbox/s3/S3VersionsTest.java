package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What "How S3 Versioning works" of the Amazon S3 User Guide says. */
class S3VersionsTest {

    private static Cloud cloud;
    private static S3Client client;

    private String bucket;

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
        bucket = "versions-" + UUID.randomUUID();
        client.createBucket(request -> request.bucket(bucket));
    }

    @Test
    void bucketKeepsNoVersionsBeforeItIsAskedTo() {
        assertNull(client.getBucketVersioning(request -> request.bucket(bucket)).status());
        assertNull(put("a", "one"));
        assertNull(client.headObject(request -> request.bucket(bucket).key("a")).versionId());

        turn(BucketVersioningStatus.ENABLED);
        assertEquals(BucketVersioningStatus.ENABLED, client.getBucketVersioning(request -> request.bucket(bucket)).status());
        assertEquals("null", client.headObject(request -> request.bucket(bucket).key("a")).versionId());
    }

    @Test
    void everyVersionCanBeRead() {
        turn(BucketVersioningStatus.ENABLED);
        final String first = put("a", "one");
        final String second = put("a", "two");

        assertNotEquals(first, second);
        assertEquals("two", read("a", null));
        assertEquals("one", read("a", first));
        assertEquals("two", read("a", second));
        assertEquals(3, client.headObject(request -> request.bucket(bucket).key("a").versionId(first)).contentLength());
    }

    @Test
    void deletionPutsAMarkerThatCanBeTakenAway() {
        turn(BucketVersioningStatus.ENABLED);
        final String first = put("a", "one");
        final DeleteObjectResponse deleted = client.deleteObject(request -> request.bucket(bucket).key("a"));

        assertTrue(deleted.deleteMarker());
        final NoSuchKeyException refusal = assertThrows(NoSuchKeyException.class, () -> read("a", null));
        assertEquals("true", refusal.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("x-amz-delete-marker").orElseThrow());
        assertRefused("MethodNotAllowed", 405, () -> read("a", deleted.versionId()));
        assertEquals("one", read("a", first));
        assertEquals(List.of(), keys());

        assertTrue(client.deleteObject(request -> request.bucket(bucket).key("a").versionId(deleted.versionId())).deleteMarker());
        assertEquals("one", read("a", null));
    }

    @Test
    void whatIsNotThereGetsAMarkerAsWell() {
        turn(BucketVersioningStatus.ENABLED);

        assertTrue(client.deleteObject(request -> request.bucket(bucket).key("nobody")).deleteMarker());
        assertEquals("nobody", client.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers().getFirst().key());
    }

    @Test
    void deletingAVersionIsForGood() {
        turn(BucketVersioningStatus.ENABLED);
        final String first = put("a", "one");
        final String second = put("a", "two");
        client.deleteObject(request -> request.bucket(bucket).key("a").versionId(second));

        assertEquals("one", read("a", null));
        assertRefused("NoSuchVersion", 404, () -> read("a", second));
        client.deleteObject(request -> request.bucket(bucket).key("a").versionId(second));
        client.deleteObject(request -> request.bucket(bucket).key("a").versionId(first));
        assertThrows(NoSuchKeyException.class, () -> read("a", null));
        assertRefused("InvalidArgument", 400, () -> read("a", "no such id"));
    }

    @Test
    void suspendedBucketHasOneNullVersion() {
        turn(BucketVersioningStatus.ENABLED);
        final String kept = put("a", "one");
        turn(BucketVersioningStatus.SUSPENDED);
        assertEquals("null", put("a", "two"));
        assertEquals("null", put("a", "three"));

        assertEquals(List.of("null", kept), client.listObjectVersions(request -> request.bucket(bucket)).versions().stream().map(ObjectVersion::versionId).toList());
        assertEquals("null", client.deleteObject(request -> request.bucket(bucket).key("a")).versionId());
        final ListObjectVersionsResponse left = client.listObjectVersions(request -> request.bucket(bucket));
        assertEquals(List.of(kept), left.versions().stream().map(ObjectVersion::versionId).toList());
        assertEquals(List.of("null"), left.deleteMarkers().stream().map(DeleteMarkerEntry::versionId).toList());
        assertEquals("one", read("a", kept));
    }

    @Test
    void versionsAreListedByKeyAndNewestFirst() {
        turn(BucketVersioningStatus.ENABLED);
        final String oldest = put("b", "1");
        final String newest = put("b", "2");
        final String other = put("a", "1");
        client.deleteObject(request -> request.bucket(bucket).key("c"));

        final ListObjectVersionsResponse all = client.listObjectVersions(request -> request.bucket(bucket));
        assertEquals(List.of(other, newest, oldest), all.versions().stream().map(ObjectVersion::versionId).toList());
        assertEquals(List.of(true, true, false), all.versions().stream().map(ObjectVersion::isLatest).toList());
        assertTrue(all.deleteMarkers().getFirst().isLatest());

        final List<String> pages = new ArrayList<>();
        for (final ListObjectVersionsResponse page : client.listObjectVersionsPaginator(request -> request.bucket(bucket).maxKeys(1))) {
            page.versions().forEach(version -> pages.add(version.versionId()));
            page.deleteMarkers().forEach(marker -> pages.add(marker.key()));
        }

        assertEquals(List.of(other, newest, oldest, "c"), pages);
    }

    @Test
    void moreThanAThousandVersionsComeInPages() throws IOException {
        turn(BucketVersioningStatus.ENABLED);
        for (int number = 0; number < 1_003; number++) {
            cloud.s3().objects().create(cloud.iam().rootKey().principal(), bucket, number % 2 == 0 ? "even" : "odd", Map.of(), new Encryption.SseS3()).close();
        }

        final ListObjectVersionsResponse first = client.listObjectVersions(request -> request.bucket(bucket));
        assertTrue(first.isTruncated());
        assertEquals(1_000, first.versions().size());
        assertEquals(1_003, client.listObjectVersionsPaginator(request -> request.bucket(bucket)).versions().stream().map(ObjectVersion::versionId).distinct().count());
    }

    @Test
    void versionsAreRolledUp() {
        turn(BucketVersioningStatus.ENABLED);
        put("run/1", "x");
        put("run/2", "x");
        put("top", "x");

        final ListObjectVersionsResponse listed = client.listObjectVersions(request -> request.bucket(bucket).delimiter("/"));
        assertEquals(List.of("run/"), listed.commonPrefixes().stream().map(prefix -> prefix.prefix()).toList());
        assertEquals(List.of("top"), listed.versions().stream().map(ObjectVersion::key).toList());
    }

    @Test
    void manyVersionsGoInOneRequest() {
        turn(BucketVersioningStatus.ENABLED);
        final String one = put("a", "1");
        final String two = put("a", "2");
        put("b", "1");

        final DeleteObjectsResponse answer = client.deleteObjects(request -> request.bucket(bucket).delete(delete -> delete.objects(
                ObjectIdentifier.builder().key("a").versionId(one).build(), ObjectIdentifier.builder().key("a").versionId(two).build(), ObjectIdentifier.builder().key("b").build())));
        assertEquals(List.of("a", "a", "b"), answer.deleted().stream().map(DeletedObject::key).toList());
        assertEquals(one, answer.deleted().getFirst().versionId());
        assertTrue(answer.deleted().getLast().deleteMarker());
        assertFalse(client.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers().isEmpty());
        assertEquals(1, client.listObjectVersions(request -> request.bucket(bucket)).versions().size());
    }

    @Test
    void oldVersionIsRestoredByACopy() {
        turn(BucketVersioningStatus.ENABLED);
        final String first = put("a", "one");
        put("a", "two");
        client.copyObject(request -> request.sourceBucket(bucket).sourceKey("a").sourceVersionId(first).destinationBucket(bucket).destinationKey("a"));

        assertEquals("one", read("a", null));
        assertEquals(3, client.listObjectVersions(request -> request.bucket(bucket)).versions().size());
    }

    @Test
    void bucketWithVersionsOnlyIsNotEmpty() {
        turn(BucketVersioningStatus.ENABLED);
        put("a", "one");
        client.deleteObject(request -> request.bucket(bucket).key("a"));

        assertRefused("BucketNotEmpty", 409, () -> client.deleteBucket(request -> request.bucket(bucket)));
    }

    private void turn(final BucketVersioningStatus status) {
        client.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(configuration -> configuration.status(status)));
    }

    private String put(final String key, final String content) {
        return client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(content)).versionId();
    }

    private String read(final String key, final String versionId) {
        return client.getObjectAsBytes(request -> request.bucket(bucket).key(key).versionId(versionId)).asUtf8String();
    }

    private List<String> keys() {
        return client.listObjectsV2(request -> request.bucket(bucket)).contents().stream().map(S3Object::key).toList();
    }

    private static void assertRefused(final String code, final int status, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
    }
}
