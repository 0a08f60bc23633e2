package io.github.unloadcopy.staging;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The multipart uploads below a prefix that nobody finished or aborted, as an UNLOAD leaves them that was cut off. No listing of objects shows their parts, which are stored and billed all the
 * same (Amazon S3 User Guide, "Aborting a multipart upload"). For one purge.
 */
final class UnfinishedUploads {
    private static final String LIST = "s3:ListBucketMultipartUploads";
    private static final String ABORT = "s3:AbortMultipartUpload";
    private static final int ATTEMPTS = 6;

    private final S3Client s3;
    private final S3Location prefix;
    private final Backoff backoff;
    private final Set<String> aborted = new HashSet<>();
    private String note;
    private StagingException refusal;

    UnfinishedUploads(final S3Client s3, final S3Location prefix, final Backoff backoff) {
        this.s3 = s3;
        this.prefix = prefix;
        this.backoff = backoff;
    }

    /**
     * Aborts all of them, until a listing finds none: parts that were on their way may need a second time.
     *
     * @throws StagingException when S3 fails, or uploads keep coming back; not when S3 refuses
     */
    void abort() throws StagingException {
        int stalls = 0;

        for (List<MultipartUpload> uploads = first(); !uploads.isEmpty() && refusal == null; uploads = first()) {
            if (uploads.stream().anyMatch(upload -> aborted.contains(upload.uploadId()))) {
                stalls++;

                if (stalls == ATTEMPTS) {
                    throw new StagingException(("%s is not empty: the upload of %s is still there after it was aborted %d times. "
                            + "Stop what still writes there (an UNLOAD that was canceled?) and purge again").formatted(prefix, uploads.getFirst().key(), stalls));
                }

                backoff.pause(prefix, stalls);
            }

            for (final MultipartUpload upload : uploads) {
                abort(upload);
            }
        }
    }

    /** Number of uploads aborted. */
    long aborted() {
        return aborted.size();
    }

    /** Why they could not be looked for, and what to mend. */
    Optional<String> note() {
        return Optional.ofNullable(note);
    }

    /**
     * The last word of a purge.
     *
     * @throws StagingException when an upload is known that may not be aborted
     */
    void requireNoneLeft() throws StagingException {
        if (refusal != null) {
            throw refusal;
        }
    }

    private void abort(final MultipartUpload upload) throws StagingException {
        try {
            s3.abortMultipartUpload(request -> request.bucket(prefix.bucket()).key(upload.key()).uploadId(upload.uploadId()));
            aborted.add(upload.uploadId());
        } catch (final NoSuchUploadException e) {
            // It ended meanwhile: as an object, which is deleted next, or aborted by somebody else.
        } catch (final SdkException e) {
            final StagingException failure = S3Failures.wrap("AbortMultipartUpload", ABORT, new S3Location(prefix.bucket(), upload.key()), e);

            if (!S3Failures.isAccessDenied(e)) {
                throw failure;
            }

            refusal = failure;
        }
    }

    /** Lists from the beginning: at most 1,000 uploads; empty when there are none below the prefix, or they may not be listed. */
    private List<MultipartUpload> first() throws StagingException {
        final List<MultipartUpload> uploads = new ArrayList<>();
        String keyMarker = null;
        String uploadMarker = null;
        boolean more = true;

        // A page may be empty and still not the last.
        while (more && uploads.isEmpty()) {
            final String fromKey = keyMarker;
            final String fromUpload = uploadMarker;

            try {
                final ListMultipartUploadsResponse page = s3.listMultipartUploads(request -> request.bucket(prefix.bucket()).prefix(prefix.key()).keyMarker(fromKey).uploadIdMarker(fromUpload));
                uploads.addAll(page.uploads());
                keyMarker = page.nextKeyMarker();
                uploadMarker = page.nextUploadIdMarker();
                more = Boolean.TRUE.equals(page.isTruncated());
            } catch (final SdkException e) {
                if (!S3Failures.isAccessDenied(e) && !StagedObjects.UNKNOWN_OPERATION.contains(S3Failures.code(e))) {
                    throw S3Failures.wrap("ListMultipartUploads", LIST, prefix, e);
                }

                note = ("Whether %s has unfinished multipart uploads, whose parts are stored and billed, could not be looked up (%s): allow %s on the bucket and %s on its objects, "
                        + "or give the bucket a lifecycle rule that aborts incomplete uploads").formatted(prefix, S3Failures.code(e), LIST, ABORT);
                return List.of();
            }
        }

        return uploads;
    }
}
