package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.iam.Iam;

/**
 * What one principal may do in S3.
 */
record Access(Iam iam, Principal principal) {

    private static final String ARN = "arn:aws:s3:::";

    static String arnOf(final String bucket) {
        return ARN + bucket;
    }

    static String arnOf(final String bucket, final String key) {
        return ARN + bucket + "/" + key;
    }

    /**
     * @throws software.amazon.awssdk.services.s3.model.S3Exception AccessDenied, ExpiredToken or InvalidAccessKeyId
     */
    void require(final String action, final String resource) {
        try {
            iam.require(principal, action, resource);
        } catch (final CloudException e) {
            throw Refusals.toS3(e);
        }
    }

    boolean allows(final String action, final String resource) {
        return iam.allows(principal, action, resource);
    }
}
