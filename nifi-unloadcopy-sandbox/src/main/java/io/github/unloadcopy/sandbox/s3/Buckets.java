package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.gaul.s3proxy.blobstore.BlobStore;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Where each bucket is, which the store itself does not know.
 */
final class Buckets {

    private static final Pattern REGION = Pattern.compile("[a-z]{2,3}(-[a-z]+)+-\\d+");
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final BlobStore store;
    private final String homeRegion;
    private final Map<String, String> regions = new ConcurrentHashMap<>();

    /**
     * @param homeRegion the Region of buckets that are created without one
     */
    Buckets(final BlobStore store, final String homeRegion) {
        this.store = store;
        this.homeRegion = homeRegion;
    }

    boolean exists(final String bucket) {
        return store.containerExists(bucket);
    }

    /**
     * @throws CloudException NoSuchBucket
     */
    String regionOf(final String bucket) {
        if (!exists(bucket)) {
            throw new CloudException("NoSuchBucket", NOT_FOUND, "The specified bucket does not exist");
        }

        return regions.getOrDefault(bucket, homeRegion);
    }

    /**
     * Checks a Region that a bucket is to be created in.
     *
     * @param constraint CreateBucket's LocationConstraint, null or empty when there is none
     * @return the Region
     * @throws CloudException InvalidLocationConstraint; also for us-east-1, which S3 takes by leaving the constraint out only
     */
    String regionFor(final String constraint) {
        if (constraint == null || constraint.isEmpty()) {
            return homeRegion;
        }

        if (constraint.equals("EU")) {
            return "eu-west-1";
        }

        if (constraint.equals("us-east-1") || !REGION.matcher(constraint).matches()) {
            throw new CloudException("InvalidLocationConstraint", BAD_REQUEST, "The specified location-constraint is not valid: " + constraint);
        }

        return constraint;
    }

    void created(final String bucket, final String region) {
        regions.put(bucket, region);
    }

    void deleted(final String bucket) {
        regions.remove(bucket);
    }
}
