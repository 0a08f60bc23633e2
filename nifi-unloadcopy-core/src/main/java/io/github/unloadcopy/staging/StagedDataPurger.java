package io.github.unloadcopy.staging;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeletedObject;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deletes what one run staged for one table, and proves it gone.
 * <p>
 * Needs s3:ListBucket and s3:DeleteObject. In a bucket with versioning a plain delete only hides an object, so there every version and delete marker is deleted by its id, which needs
 * s3:ListBucketVersions and s3:DeleteObjectVersion. Versions are asked for first; where that is not allowed, one object is looked at (s3:GetObject) before any is deleted, and a
 * versioned bucket is refused with the permissions to grant, since data that is only hidden would pass for gone from then on.
 * <p>
 * Unfinished multipart uploads are aborted too, which needs s3:ListBucketMultipartUploads and s3:AbortMultipartUpload. Where they may not be listed, objects are purged all the same and the result
 * has a note: there are rarely any. Where one is known and may not be aborted, objects are purged and then the purge fails, since staged data is left.
 */
public final class StagedDataPurger {
    private static final int ATTEMPTS = 6;
    private static final int NAMED_FAILURES = 3;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Set<String> TRANSIENT = Set.of("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted");

    private final S3Client s3;
    private final Backoff backoff;

    /**
     * A purger.
     *
     * @param s3 client that reaches the bucket; the caller closes it
     */
    public StagedDataPurger(final S3Client s3) {
        this(s3, FIRST_PAUSE);
    }

    StagedDataPurger(final S3Client s3, final Duration firstPause) {
        this.s3 = s3;
        this.backoff = new Backoff(firstPause);
    }

    /**
     * Deletes everything below a prefix. Purging twice is harmless: an empty prefix succeeds.
     *
     * @param prefix where one run staged one table
     * @return what was deleted
     * @throws StagingException when anything is left, naming the first keys and what to mend
     */
    public PurgeResult purge(final StagingPrefix prefix) throws StagingException {
        // Before the objects: an upload that is finished meanwhile becomes one.
        final UnfinishedUploads uploads = new UnfinishedUploads(s3, prefix.location(), backoff);
        uploads.abort();
        final StagedObjects staged = new StagedObjects(s3, prefix.location());
        long objects = 0;
        long bytes = 0;
        int stalls = 0;
        Set<StagedObjects.Item> deleted = Set.of();

        // Every listing starts at the beginning, so the one that finds nothing is the proof.
        for (List<StagedObjects.Item> items = staged.first(); !items.isEmpty(); items = staged.first()) {
            if (items.stream().anyMatch(deleted::contains)) {
                stalls++;

                if (stalls == ATTEMPTS) {
                    throw new StagingException("%s is not empty: %s is still there, or again, after %d deletions. Stop what still writes there (an UNLOAD that was canceled?) and purge again"
                            .formatted(prefix.location(), items.getFirst().key(), stalls));
                }

                backoff.pause(prefix.location(), stalls);
            }

            delete(prefix.location(), items, staged.byVersion());
            deleted = Set.copyOf(items);

            for (final StagedObjects.Item item : items) {
                objects += item.data() ? 1 : 0;
                bytes += item.size();
            }
        }

        uploads.requireNoneLeft();
        return new PurgeResult(objects, bytes, uploads.aborted(), uploads.note().stream().toList());
    }

    /** Takes at most 1,000 items, the most that DeleteObjects takes and that a listing gives. */
    private void delete(final S3Location prefix, final List<StagedObjects.Item> items, final boolean versioned) throws StagingException {
        List<ObjectIdentifier> remaining = items.stream().map(StagedObjects.Item::identifier).toList();

        for (int attempt = 1; !remaining.isEmpty(); attempt++) {
            final List<S3Error> errors = deleteOnce(prefix, remaining, versioned);
            final List<S3Error> lasting = errors.stream().filter(error -> !TRANSIENT.contains(error.code())).toList();

            if (!lasting.isEmpty() || attempt == ATTEMPTS && !errors.isEmpty()) {
                throw refused(prefix, lasting.isEmpty() ? errors : lasting, versioned);
            }

            remaining = errors.stream().map(error -> ObjectIdentifier.builder().key(error.key()).versionId(blankToNull(error.versionId())).build()).toList();

            if (!remaining.isEmpty()) {
                backoff.pause(prefix, attempt);
            }
        }
    }

    private List<S3Error> deleteOnce(final S3Location prefix, final List<ObjectIdentifier> identifiers, final boolean versioned) throws StagingException {
        final DeleteObjectsResponse response;

        try {
            response = s3.deleteObjects(request -> request.bucket(prefix.bucket()).delete(delete -> delete.objects(identifiers)));
        } catch (final SdkException e) {
            throw S3Failures.wrap("DeleteObjects", action(versioned), prefix, e);
        }

        if (!versioned && response.deleted().stream().map(DeletedObject::deleteMarker).anyMatch(Boolean.TRUE::equals)) {
            throw StagedObjects.onlyHidden(prefix);
        }

        return response.errors();
    }

    private static StagingException refused(final S3Location prefix, final List<S3Error> errors, final boolean versioned) {
        final S3Error first = errors.getFirst();
        final String keys = errors.stream().limit(NAMED_FAILURES).map(S3Error::key).collect(Collectors.joining(", "));
        final String more = errors.size() > NAMED_FAILURES ? " and %d more".formatted(errors.size() - NAMED_FAILURES) : "";
        final String detail = first.message() == null || first.message().isBlank() ? "" : " (" + first.message().strip() + ")";
        return new StagingException("S3 DeleteObjects on %s failed for %d object(s): %s%s: %s%s. %s".formatted(
                prefix, errors.size(), keys, more, first.code(), detail, S3Failures.remedy(first.code(), action(versioned), prefix)));
    }

    private static String action(final boolean versioned) {
        return versioned ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
    }

    private static String blankToNull(final String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
