package io.github.unloadcopy.config;

/** As whom a cluster reaches the staging bucket. */
public sealed interface StagingAuthorization {
    /**
     * A role that the cluster may assume.
     *
     * @param arn ARN of the role, or several separated by commas: a chain
     */
    record Role(String arn) implements StagingAuthorization {
    }

    /**
     * An access key, both parts encrypted with KMS, base64.
     *
     * @param accessKeyIdCiphertext encrypted access key id
     * @param secretAccessKeyCiphertext encrypted secret access key
     */
    record AccessKey(String accessKeyIdCiphertext, String secretAccessKeyCiphertext) implements StagingAuthorization {
    }
}
