package io.github.unloadcopy.sandbox.kms;

import java.time.Instant;

/**
 * Another name of a key.
 *
 * @param name with its {@code alias/}
 */
record Alias(String name, String arn, String keyId, Instant creationDate) {
}
