package io.github.unloadcopy.staging;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lists what is stored below a prefix: every version of it, or the objects where versions cannot be listed and there are none. */
final class StagedObjects {
    /** Answers of stores that look like S3 but do not know an operation. */
    static final Set<String> UNKNOWN_OPERATION = Set.of("NotImplemented", "MethodNotAllowed", "501", "405");
    /** Version id of objects that were stored while versioning was off or suspended. */
    private static final String NULL_VERSION = "null";

    private final S3Client s3;
    private final S3Location prefix;
    private boolean byVersion = true;

    /**
     * One thing to delete.
     *
     * @param key key of the object
     * @param version id of the version; null for the object itself
     * @param data whether it holds data; a delete marker does not
     * @param size bytes of data
     */
    record Item(String key, String version, boolean data, long size) {
        ObjectIdentifier identifier() {
            return ObjectIdentifier.builder().key(key).versionId(version).build();
        }
    }

    StagedObjects(final S3Client s3, final S3Location prefix) {
        this.s3 = s3;
        this.prefix = prefix;
    }

    /** Whether {@link #first()} found versions rather than objects. */
    boolean byVersion() {
        return byVersion;
    }

    /**
     * Lists from the beginning.
     *
     * @return the first items, at most 1,000; empty when nothing is left below the prefix
     * @throws StagingException when listing is refused, or versions exist that may not be listed
     */
    List<Item> first() throws StagingException {
        if (byVersion) {
            try {
                return firstVersions();
            } catch (final SdkException e) {
                if (!S3Failures.isAccessDenied(e) && !UNKNOWN_OPERATION.contains(S3Failures.code(e))) {
                    throw S3Failures.wrap("ListObjectVersions", "s3:ListBucketVersions", prefix, e);
                }

                byVersion = false;
            }
        }

        final List<Item> objects;

        try {
            objects = firstObjects();
        } catch (final SdkException e) {
            throw S3Failures.wrap("ListObjectsV2", "s3:ListBucket", prefix, e);
        }

        if (!objects.isEmpty()) {
            requireNoVersions(objects.getFirst().key());
        }

        return objects;
    }

    /** What to say when a plain delete hides an object instead of deleting it. */
    static StagingException onlyHidden(final S3Location prefix) {
        return new StagingException(("The bucket of %s keeps versions, so a plain delete would only hide the staged data. "
                + "Allow s3:ListBucketVersions on the bucket and s3:DeleteObjectVersion on its objects, and purge again").formatted(prefix));
    }

    private List<Item> firstVersions() {
        final List<Item> items = new ArrayList<>();
        String keyMarker = null;
        String versionMarker = null;
        boolean more = true;

        // A page may be empty and still not the last.
        while (more && items.isEmpty()) {
            final String fromKey = keyMarker;
            final String fromVersion = versionMarker;
            final ListObjectVersionsResponse page = s3.listObjectVersions(request -> request.bucket(prefix.bucket()).prefix(prefix.key()).keyMarker(fromKey).versionIdMarker(fromVersion));
            page.versions().forEach(version -> items.add(new Item(version.key(), versionToName(version), true, version.size())));
            page.deleteMarkers().forEach(marker -> items.add(new Item(marker.key(), marker.versionId(), false, 0)));
            keyMarker = page.nextKeyMarker();
            versionMarker = page.nextVersionIdMarker();
            more = Boolean.TRUE.equals(page.isTruncated());
        }

        return items;
    }

    /**
     * Deleting by version id needs s3:DeleteObjectVersion even where there are no versions, so the only version of an object that has none is deleted as the object. Should the bucket
     * keep versions now, this version is not the latest any more in the next listing, and is deleted by its id.
     */
    private static String versionToName(final ObjectVersion version) {
        return NULL_VERSION.equals(version.versionId()) && Boolean.TRUE.equals(version.isLatest()) ? null : version.versionId();
    }

    private List<Item> firstObjects() {
        final List<Item> items = new ArrayList<>();
        String token = null;
        boolean more = true;

        while (more && items.isEmpty()) {
            final String from = token;
            final ListObjectsV2Response page = s3.listObjectsV2(request -> request.bucket(prefix.bucket()).prefix(prefix.key()).continuationToken(from));
            page.contents().forEach(object -> items.add(new Item(object.key(), null, true, object.size())));
            token = page.nextContinuationToken();
            more = Boolean.TRUE.equals(page.isTruncated());
        }

        return items;
    }

    /** Looks at one object: in a bucket with versioning it has a version id. */
    private void requireNoVersions(final String key) throws StagingException {
        final HeadObjectResponse head;

        try {
            head = s3.headObject(request -> request.bucket(prefix.bucket()).key(key));
        } catch (final SdkException e) {
            throw new StagingException(("Whether the bucket of %s keeps versions cannot be found out: listing versions and reading %s are both refused (%s). "
                    + "Allow s3:ListBucketVersions on the bucket, or s3:GetObject on its objects").formatted(prefix, key, S3Failures.code(e)), e);
        }

        if (head.versionId() != null && !head.versionId().equals(NULL_VERSION)) {
            throw onlyHidden(prefix);
        }
    }
}
