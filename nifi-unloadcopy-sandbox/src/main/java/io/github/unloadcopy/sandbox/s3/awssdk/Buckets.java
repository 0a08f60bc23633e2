package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.gaul.s3proxy.blobstore.S3Exceptions;

import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;

/**
 * The buckets of the account, and where each is.
 */
public final class Buckets {

    private static final String UNITED_STATES = "us-east-1";
    private static final Pattern REGION = Pattern.compile("[a-z]{2,3}(-[a-z]+)+-\\d+");
    private static final int NOT_FOUND = 404;
    private static final int BAD_REQUEST = 400;

    private final String homeRegion;
    private final Clock clock;
    private final Map<String, Bucket> bucketsByName = new ConcurrentSkipListMap<>();

    /**
     * @param homeRegion the Region of buckets that are created without one
     */
    public Buckets(final String homeRegion, final Clock clock) {
        this.homeRegion = homeRegion;
        this.clock = clock;
    }

    public boolean exists(final String bucket) {
        return bucketsByName.containsKey(bucket);
    }

    /**
     * @throws CloudException NoSuchBucket
     */
    public String regionOf(final String bucket) {
        final Bucket found = bucketsByName.get(bucket);
        if (found == null) {
            throw new CloudException("NoSuchBucket", NOT_FOUND, "The specified bucket does not exist");
        }

        return found.region();
    }

    /** How many parts an object came in; 0 for one that came whole, or is not there. */
    public int partsOf(final String bucket, final String key) {
        final Bucket found = bucketsByName.get(bucket);
        return found == null ? 0 : found.current(key).filter(version -> version.body().eTag().indexOf('-') > 0).map(version -> version.body().segments().size()).orElse(0);
    }

    /** Whether a name could be a Region's. */
    public static boolean isRegion(final String name) {
        return REGION.matcher(name).matches();
    }

    /**
     * Checks a Region that a bucket is to be created in.
     *
     * @param constraint CreateBucket's LocationConstraint, null or empty when there is none
     * @param endpoint the Region of the endpoint that was asked, null when the request does not say
     * @return the Region
     * @throws CloudException InvalidLocationConstraint, also for us-east-1, which S3 takes by leaving the constraint out only; IllegalLocationConstraintException at another Region's endpoint
     */
    public String regionFor(final String constraint, final String endpoint) {
        if (constraint == null || constraint.isEmpty()) {
            if (endpoint != null && !endpoint.equals(UNITED_STATES)) {
                throw new CloudException("IllegalLocationConstraintException", BAD_REQUEST,
                        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.");
            }

            return endpoint == null ? homeRegion : endpoint;
        }

        if (constraint.equals(UNITED_STATES) || !constraint.equals("EU") && !isRegion(constraint)) {
            throw new CloudException("InvalidLocationConstraint", BAD_REQUEST, "The specified location-constraint is not valid: " + constraint);
        }

        final String region = constraint.equals("EU") ? "eu-west-1" : constraint;
        if (endpoint != null && !endpoint.equals(UNITED_STATES) && !endpoint.equals(region)) {
            throw new CloudException("IllegalLocationConstraintException", BAD_REQUEST,
                    "The " + constraint + " location constraint is incompatible for the region specific endpoint this request was sent to.");
        }

        return region;
    }

    /**
     * Says where a bucket that has just been created is.
     *
     * @throws CloudException NoSuchBucket
     */
    public void created(final String bucket, final String region) {
        find(bucket).moveTo(region);
    }

    /**
     * @throws software.amazon.awssdk.services.s3.model.NoSuchBucketException when there is none
     */
    Bucket find(final String name) {
        final Bucket bucket = bucketsByName.get(name);
        if (bucket == null) {
            throw S3Exceptions.noSuchBucket(name, "The specified bucket does not exist");
        }

        return bucket;
    }

    Collection<Bucket> all() {
        return bucketsByName.values();
    }

    /**
     * Creates a bucket. Doing so again succeeds in us-east-1 and is refused elsewhere: CreateBucket, error BucketAlreadyOwnedByYou, Amazon S3 API Reference.
     *
     * @throws software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException when it is there, and not in us-east-1
     */
    void create(final String name) {
        final Bucket existing = bucketsByName.putIfAbsent(name, new Bucket(name, homeRegion, clock));
        if (existing != null && !existing.region().equals(UNITED_STATES)) {
            throw S3Exceptions.bucketAlreadyOwnedByYou(name);
        }
    }

    /**
     * @throws software.amazon.awssdk.services.s3.model.S3Exception NoSuchBucket or BucketNotEmpty
     */
    void delete(final String name) {
        if (!find(name).isEmpty()) {
            throw S3Exceptions.bucketNotEmpty(name);
        }

        bucketsByName.remove(name);
    }
}
