package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * What an object is encrypted with at rest.
 *
 * @param keyArn the KMS key, null for a key of S3
 * @param dataKey the object's own key, sealed under the KMS key; null for a key of S3
 * @param bucketKey whether one data key is to serve the whole bucket: then the bucket is the encryption context, not the object
 */
record Sealing(ServerSideEncryption algorithm, String keyArn, byte[] dataKey, boolean bucketKey) {

    static final Sealing OF_S3 = new Sealing(ServerSideEncryption.AES256, null, null, false);

    boolean isUnderKms() {
        return keyArn != null;
    }

    /** What the answers say: nothing where S3's own key is used. */
    Boolean reportedBucketKey() {
        return bucketKey ? Boolean.TRUE : null;
    }

    @Override
    public String toString() {
        return "Sealing[" + algorithm + (keyArn == null ? "" : ", " + keyArn) + "]";
    }
}
