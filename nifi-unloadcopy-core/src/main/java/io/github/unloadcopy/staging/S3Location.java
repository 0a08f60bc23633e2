package io.github.unloadcopy.staging;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A place in S3. The case of the key is kept: S3 tells "A" from "a".
 *
 * @param bucket name of the bucket
 * @param key key or prefix, without the slash that follows the bucket; empty for the whole bucket
 */
public record S3Location(String bucket, String key) {
    private static final String SCHEME = "s3://";
    /** Wider than what S3 allows for new buckets: the first ones in us-east-1 have capitals, underscores and up to 255 characters. */
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
    private static final int LONGEST_KEY = 1024;

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException naming the part that S3 would not take
     */
    public S3Location {
        if (bucket == null || !BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException("\"%s\" is no name of an S3 bucket: 3 to 255 letters, digits, dots, hyphens or underscores".formatted(bucket));
        }

        if (key == null) {
            throw new IllegalArgumentException("The key in bucket %s is missing".formatted(bucket));
        }

        if (key.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("The key in bucket %s holds a control character".formatted(bucket));
        }

        final int length = key.getBytes(StandardCharsets.UTF_8).length;

        if (length > LONGEST_KEY) {
            throw new IllegalArgumentException("The key in bucket %s has %d bytes; S3 takes at most %d".formatted(bucket, length, LONGEST_KEY));
        }
    }

    /**
     * Reads a location.
     *
     * @param uri s3://bucket/key; s3://bucket alone is the whole bucket
     * @return the location
     * @throws IllegalArgumentException naming what is wrong
     */
    public static S3Location parse(final String uri) {
        if (uri == null || uri.isBlank()) {
            throw new IllegalArgumentException("The S3 location is empty; expected s3://bucket/path");
        }

        if (!uri.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new IllegalArgumentException("\"%s\" does not begin with s3://; expected s3://bucket/path".formatted(uri));
        }

        final String rest = uri.substring(SCHEME.length());
        final int slash = rest.indexOf('/');

        return slash < 0 ? new S3Location(rest, "") : new S3Location(rest.substring(0, slash), rest.substring(slash + 1));
    }

    /**
     * A place below this one.
     *
     * @param relative key, relative to this one as a folder
     * @return both joined by exactly one slash
     */
    public S3Location resolve(final String relative) {
        return new S3Location(bucket, folderKey() + relative);
    }

    /** The folder that this key is in; the bucket itself when the key has no slash. */
    public S3Location parent() {
        final int slash = key.lastIndexOf('/', key.length() - 2);
        return new S3Location(bucket, key.substring(0, slash + 1));
    }

    /**
     * Whether another place is below this one, taken as a folder.
     *
     * @param other the other place
     * @return true when it is in the same bucket and its key goes on after this folder
     */
    public boolean contains(final S3Location other) {
        final String folder = folderKey();
        return bucket.equals(other.bucket) && other.key.startsWith(folder) && other.key.length() > folder.length();
    }

    private String folderKey() {
        return key.isEmpty() || key.endsWith("/") ? key : key + "/";
    }

    @Override
    public String toString() {
        return SCHEME + bucket + "/" + key;
    }
}
