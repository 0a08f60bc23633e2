package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.gaul.s3proxy.blobstore.S3Exceptions;

import java.util.Optional;

/**
 * What must hold for a write to happen ("How to prevent object overwrites with conditional writes", Amazon S3 User Guide).
 *
 * @param eTag what the object must be, null for anything
 * @param mustBeNew whether there must be no object yet
 * @param mustExist whether a missing object is refused where {@code eTag} is given
 */
record WriteCondition(String eTag, boolean mustBeNew, boolean mustExist) {

    static final WriteCondition NONE = new WriteCondition(null, false, false);

    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    static WriteCondition ofPut(final String ifMatch, final String ifNoneMatch) {
        if (ifNoneMatch != null && !ifNoneMatch.equals("*")) {
            throw Refusals.toS3(new CloudException("NotImplemented", NOT_IMPLEMENTED, "A header you provided implies functionality that is not implemented: If-None-Match takes * only."));
        }

        return new WriteCondition(ifMatch, ifNoneMatch != null, true);
    }

    static WriteCondition ofDelete(final String ifMatch) {
        return new WriteCondition(ifMatch, false, false);
    }

    void check(final String bucket, final String key, final Optional<StoredVersion> current) {
        if (eTag != null && mustExist && current.isEmpty()) {
            throw S3Exceptions.noSuchKey(bucket, key, "The specified key does not exist.");
        }

        final boolean matches = eTag == null || current.isEmpty() || matches(eTag, current.get().body().eTag());
        if (!matches || mustBeNew && current.isPresent()) {
            throw Refusals.toS3(new CloudException("PreconditionFailed", PRECONDITION_FAILED, "At least one of the pre-conditions you specified did not hold"));
        }
    }

    /** Whether a header names an ETag, which may be in quotes. */
    static boolean matches(final String header, final String eTag) {
        return header.equals("*") || header.replace("\"", "").equals(eTag);
    }
}
