package io.github.unloadcopy.kms;

/**
 * A key to encrypt data with.
 *
 * @param plaintext the key itself, 32 bytes
 * @param wrapped the same key encrypted under the KMS key, base64: what may be kept
 */
public record DataKey(Secret plaintext, String wrapped) implements AutoCloseable {
    /** Wipes the plaintext. */
    @Override
    public void close() {
        plaintext.close();
    }
}
