package io.github.unloadcopy.sandbox.cloud;

/**
 * How S3 encrypts an object at rest.
 */
public sealed interface Encryption {

    /** With a key that S3 manages. */
    record SseS3() implements Encryption {
    }

    /**
     * Under a KMS key.
     *
     * @param keyId key id, key ARN, alias name or alias ARN
     */
    record SseKms(String keyId) implements Encryption {
    }
}
