package io.github.unloadcopy.staging;

/**
 * A place in S3. The case of the key is kept: S3 tells "A" from "a".
 *
 * @param bucket name of the bucket
 * @param key key or prefix, without a leading slash; empty for the whole bucket
 */
public record S3Location(String bucket, String key) {
    public static S3Location parse(final String uri) {
        throw new UnsupportedOperationException();
    }

    public S3Location resolve(final String relative) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key;
    }
}
