package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;

/** How staged data is encrypted. It always is. */
public sealed interface DataEncryption {
    /**
     * By S3 under a KMS key.
     *
     * @param keyArn ARN of the KMS key
     */
    record SseKms(String keyArn) implements DataEncryption {
    }

    /**
     * By the cluster under a key that S3 never sees. Amazon retired this on 2026-04-30.
     *
     * @param masterKey 32 bytes
     */
    record ClientSide(Secret masterKey) implements DataEncryption {
    }
}
