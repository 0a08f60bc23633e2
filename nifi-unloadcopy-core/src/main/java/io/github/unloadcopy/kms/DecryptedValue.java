package io.github.unloadcopy.kms;

/**
 * A decrypted value, and what it was encrypted with.
 *
 * @param plaintext the value
 * @param keyArn ARN of the key
 */
public record DecryptedValue(Secret plaintext, String keyArn) implements AutoCloseable {
    /** Wipes the plaintext. */
    @Override
    public void close() {
        plaintext.close();
    }
}
