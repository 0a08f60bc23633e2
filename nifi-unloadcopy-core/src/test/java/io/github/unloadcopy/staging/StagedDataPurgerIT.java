package io.github.unloadcopy.staging;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.redshift.TableName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagedDataPurgerIT {
    private static final Duration NO_PAUSE = Duration.ofMillis(1);

    private final SandboxSession sandbox = SandboxSession.get();
    private final S3Client s3 = sandbox.s3();
    private final StagingPrefix prefix = prefix(SandboxSession.BUCKET);

    @Test
    void deletesEverythingBelowThePrefixAndNothingElse() throws StagingException {
        IntStream.range(0, 2500).parallel().forEach(index -> put(prefix.location().resolve("%04d_part_00".formatted(index)), "x".repeat(index % 7)));
        final S3Location sibling = S3Location.parse(prefix.location().toString().replaceFirst("/$", "2/0000_part_00"));
        final S3Location other = prefix.location().parent().resolve("dev.public.other/manifest");
        put(sibling, "sibling");
        put(other, "other");

        final PurgeResult result = new StagedDataPurger(s3).purge(prefix);

        assertEquals(deleted(2500, IntStream.range(0, 2500).map(index -> index % 7).sum()), result);
        assertEquals(List.of(sibling.key(), other.key()), keys(prefix.location().parent()));
        assertEquals(deleted(0, 0), new StagedDataPurger(s3).purge(prefix));
    }

    @Test
    void deletesEveryVersionAndMarker() throws StagingException {
        final String bucket = "versioned-" + UUID.randomUUID();
        final StagingPrefix versioned = prefix(bucket);
        s3.createBucket(request -> request.bucket(bucket));
        put(versioned.location().resolve("before"), "12345");
        s3.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        put(versioned.location().resolve("before"), "123");
        put(versioned.location().resolve("twice"), "1");
        put(versioned.location().resolve("twice"), "22");
        put(versioned.location().resolve("hidden"), "4444");
        s3.deleteObject(request -> request.bucket(bucket).key(versioned.location().resolve("hidden").key()));
        put(S3Location.parse("s3://" + bucket + "/kept"), "kept");

        final PurgeResult result = new StagedDataPurger(s3).purge(versioned);

        assertEquals(deleted(5, 15), result);
        final ListObjectVersionsResponse left = s3.listObjectVersions(request -> request.bucket(bucket));
        assertEquals(List.of("kept"), left.versions().stream().map(version -> version.key()).toList());
        assertTrue(left.deleteMarkers().isEmpty(), left.deleteMarkers().toString());
    }

    @Test
    void abortsTheUploadsThatNobodyFinished() throws StagingException {
        final S3Location sibling = S3Location.parse(prefix.location().toString().replaceFirst("/$", "2/0000_part_00"));
        put(prefix.location().resolve("manifest"), "123");
        begin(prefix.location().resolve("0000_part_00"), "x");
        begin(prefix.location().resolve("0000_part_00"), "again");
        begin(prefix.location().resolve("0001_part_00"), "");
        begin(sibling, "sibling");

        assertEquals(new PurgeResult(1, 3, 3, List.of()), new StagedDataPurger(s3).purge(prefix));
        assertEquals(List.of(sibling.key()), uploads(prefix.location().parent()));
        assertEquals(deleted(0, 0), new StagedDataPurger(s3).purge(prefix));
    }

    @Test
    void abortsMoreUploadsThanOneListingGives() throws StagingException {
        IntStream.range(0, 5).forEach(index -> begin(prefix.location().resolve("part" + index), "x"));
        final S3Client brief = Intercepted.of(S3Client.class, s3, (method, arguments, real) -> method.equals("listMultipartUploads")
                ? s3.listMultipartUploads(((ListMultipartUploadsRequest) arguments[0]).toBuilder().maxUploads(2).build()) : real.proceed());

        assertEquals(new PurgeResult(0, 0, 5, List.of()), new StagedDataPurger(brief).purge(prefix));
        assertEquals(List.of(), uploads(prefix.location()));
    }

    @Test
    void uploadsThatMayNotBeListedAreAWarning() throws Exception {
        put(prefix.location().resolve("manifest"), "123");
        begin(prefix.location().resolve("0000_part_00"), "x");

        try (S3Client limited = sandbox.s3As("list", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:AbortMultipartUpload")) {
            final PurgeResult result = new StagedDataPurger(limited).purge(prefix);

            assertEquals(new PurgeResult(1, 3, 0, result.notes()), result);
            assertEquals(1, result.notes().size());
            assertTrue(result.notes().getFirst().contains(prefix.location().toString()) && result.notes().getFirst().contains("(AccessDenied): allow s3:ListBucketMultipartUploads on the bucket"),
                    result.notes().toString());
        }

        assertEquals(List.of(), keys(prefix.location()));
    }

    @Test
    void anUploadThatMayNotBeAbortedIsAFailureOnceTheObjectsAreGone() throws Exception {
        put(prefix.location().resolve("manifest"), "123");
        begin(prefix.location().resolve("0000_part_00"), "x");

        try (S3Client limited = sandbox.s3As("abort", "s3:ListBucket", "s3:ListBucketVersions", "s3:DeleteObject", "s3:ListBucketMultipartUploads")) {
            final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(limited).purge(prefix));

            assertTrue(failure.getMessage().startsWith("S3 AbortMultipartUpload on %s failed: AccessDenied".formatted(prefix.location().resolve("0000_part_00"))), failure.getMessage());
            assertTrue(failure.getMessage().contains("Allow s3:AbortMultipartUpload on it"), failure.getMessage());
        }

        assertEquals(List.of(), keys(prefix.location()));
        assertEquals(new PurgeResult(0, 0, 1, List.of()), new StagedDataPurger(s3).purge(prefix));
    }

    @Test
    void doesNotTakeAnUploadThatComesBackForGone() {
        begin(prefix.location().resolve("0000_part_00"), "x");
        final S3Client lying = Intercepted.of(S3Client.class, s3,
                (method, arguments, real) -> method.equals("abortMultipartUpload") ? AbortMultipartUploadResponse.builder().build() : real.proceed());

        final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(lying, NO_PAUSE).purge(prefix));

        assertTrue(failure.getMessage().contains("is not empty: the upload of " + prefix.location().key() + "0000_part_00 is still there"), failure.getMessage());
    }

    @Test
    void anUploadThatEndedMeanwhileIsNoFailure() throws StagingException {
        begin(prefix.location().resolve("0000_part_00"), "x");
        final S3Client slower = Intercepted.of(S3Client.class, s3, (method, arguments, real) -> {
            if (method.equals("abortMultipartUpload")) {
                real.proceed();
            }

            return real.proceed();
        });

        assertEquals(deleted(0, 0), new StagedDataPurger(slower, NO_PAUSE).purge(prefix));
    }

    @Test
    void worksWithoutThePermissionToListVersionsWhereThereAreNone() throws StagingException {
        put(prefix.location().resolve("0000_part_00"), "123");

        assertEquals(deleted(1, 3), new StagedDataPurger(withoutVersions()).purge(prefix));
        assertEquals(List.of(), keys(prefix.location()));
    }

    @Test
    void refusesToHideDataInsteadOfDeletingIt() {
        final String bucket = "versioned-" + UUID.randomUUID();
        final StagingPrefix versioned = prefix(bucket);
        s3.createBucket(request -> request.bucket(bucket));
        s3.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        put(versioned.location().resolve("0000_part_00"), "123");

        for (int attempt = 0; attempt < 2; attempt++) {
            final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(withoutVersions()).purge(versioned));
            assertTrue(failure.getMessage().contains("s3:ListBucketVersions") && failure.getMessage().contains("s3:DeleteObjectVersion"), failure.getMessage());
            assertEquals(1, keys(versioned.location()).size());
        }
    }

    @Test
    void triesAgainWhenSingleKeysAreRefusedForNow() throws StagingException {
        IntStream.range(0, 5).forEach(index -> put(prefix.location().resolve("part" + index), "12"));
        final AtomicInteger calls = new AtomicInteger();
        final List<Integer> sizes = new ArrayList<>();
        final S3Client slow = deleting((request, real) -> {
            final List<ObjectIdentifier> identifiers = request.delete().objects();
            sizes.add(identifiers.size());

            if (calls.incrementAndGet() > 2) {
                return real.proceed();
            }

            final List<S3Error> errors = identifiers.stream().skip(1).map(identifier -> S3Error.builder().key(identifier.key()).code("SlowDown").message("no").build()).toList();
            s3.deleteObjects(request.toBuilder().delete(delete -> delete.objects(identifiers.getFirst())).build());
            return DeleteObjectsResponse.builder().errors(errors).build();
        });

        assertEquals(deleted(5, 10), new StagedDataPurger(slow, NO_PAUSE).purge(prefix));
        assertEquals(List.of(5, 4, 3), sizes);
        assertEquals(List.of(), keys(prefix.location()));
    }

    @Test
    void givesUpWhenSingleKeysStayRefused() {
        IntStream.range(0, 5).forEach(index -> put(prefix.location().resolve("part" + index), "12"));
        final AtomicInteger calls = new AtomicInteger();

        for (final String code : List.of("InternalError", "AccessDenied")) {
            calls.set(0);
            final S3Client refusing = deleting((request, real) -> {
                calls.incrementAndGet();
                return DeleteObjectsResponse.builder().errors(request.delete().objects().stream().map(identifier -> S3Error.builder().key(identifier.key()).code(code).message("no").build()).toList())
                        .build();
            });

            final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(refusing, NO_PAUSE).purge(prefix));

            assertTrue(failure.getMessage().startsWith("S3 DeleteObjects on %s failed for 5 object(s): %spart0, ".formatted(prefix.location(), prefix.location().key())), failure.getMessage());
            assertTrue(failure.getMessage().contains(" and 2 more: %s (no). ".formatted(code)), failure.getMessage());
            assertEquals(code.equals("AccessDenied") ? 1 : 6, calls.get());
        }
    }

    @Test
    void doesNotTakeAnUndeletedObjectForDeleted() {
        put(prefix.location().resolve("part"), "12");
        final S3Client lying = deleting((request, real) -> DeleteObjectsResponse.builder().build());

        final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(lying, NO_PAUSE).purge(prefix));

        assertTrue(failure.getMessage().contains("is not empty: " + prefix.location().key() + "part is still there"), failure.getMessage());
    }

    @Test
    void namesTheBucketThatIsMissing() {
        final StagingPrefix missing = prefix("missing-" + UUID.randomUUID());

        final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(s3).purge(missing));

        assertTrue(failure.getMessage().contains("NoSuchBucket") && failure.getMessage().contains(missing.location().toString()), failure.getMessage());
    }

    @Test
    void saysThatTheCredentialsAreWrong() {
        try (S3Client wrong = sandbox.s3("wrong")) {
            final StagingException failure = assertThrows(StagingException.class, () -> new StagedDataPurger(wrong).purge(prefix));

            assertTrue(failure.getMessage().contains("SignatureDoesNotMatch") && failure.getMessage().contains("Check the access key"), failure.getMessage());
        }
    }

    /** Without uploads. */
    private static PurgeResult deleted(final long objects, final long bytes) {
        return new PurgeResult(objects, bytes, 0, List.of());
    }

    private static StagingPrefix prefix(final String bucket) {
        return StagingPrefix.of(S3Location.parse("s3://" + bucket + "/purge"), Instant.now(), UUID.randomUUID().toString(), "dev", new TableName("public", "orders"));
    }

    private S3Client withoutVersions() {
        return Intercepted.of(S3Client.class, s3, (method, arguments, real) -> {
            if (method.equals("listObjectVersions")) {
                throw S3Exception.builder().statusCode(403).awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").errorMessage("Access Denied").build()).build();
            }

            return real.proceed();
        });
    }

    private S3Client deleting(final Deletion deletion) {
        return Intercepted.of(S3Client.class, s3, (method, arguments, real) -> method.equals("deleteObjects") ? deletion.delete((DeleteObjectsRequest) arguments[0], real) : real.proceed());
    }

    private void put(final S3Location location, final String content) {
        s3.putObject(request -> request.bucket(location.bucket()).key(location.key()), RequestBody.fromString(content));
    }

    /** An upload that stays unfinished, with one part unless that is empty. */
    private void begin(final S3Location location, final String part) {
        final String upload = s3.createMultipartUpload(request -> request.bucket(location.bucket()).key(location.key())).uploadId();

        if (!part.isEmpty()) {
            s3.uploadPart(request -> request.bucket(location.bucket()).key(location.key()).uploadId(upload).partNumber(1), RequestBody.fromString(part));
        }
    }

    private List<String> uploads(final S3Location location) {
        return s3.listMultipartUploads(request -> request.bucket(location.bucket()).prefix(location.key())).uploads().stream().map(MultipartUpload::key).toList();
    }

    private List<String> keys(final S3Location location) {
        return s3.listObjectsV2Paginator(request -> request.bucket(location.bucket()).prefix(location.key())).contents().stream().map(S3Object::key).toList();
    }

    /** Stands in for DeleteObjects. */
    @FunctionalInterface
    private interface Deletion {
        Object delete(DeleteObjectsRequest request, Intercepted.RealCall real) throws Exception;
    }
}
