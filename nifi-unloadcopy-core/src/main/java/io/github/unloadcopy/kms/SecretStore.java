package io.github.unloadcopy.kms;

import java.util.Map;

/** What turns ciphertext into secrets. */
public interface SecretStore {
    /**
     * Decrypts one value.
     *
     * @param ciphertextBase64 ciphertext, base64 on one line
     * @param encryptionContext the very pairs it was encrypted with; empty for values of the original utility
     * @return the secret; the caller closes it
     * @throws KmsSecretException when KMS refuses or cannot be reached
     */
    Secret decrypt(String ciphertextBase64, Map<String, String> encryptionContext) throws KmsSecretException;

    /**
     * Makes a new 256 bit key.
     *
     * @param keyId key id, key ARN, alias name or alias ARN
     * @param encryptionContext pairs that must be told again to unwrap the key; they show in CloudTrail
     * @return the key, plain and wrapped; the caller closes it
     * @throws KmsSecretException when KMS refuses or cannot be reached
     */
    DataKey generateDataKey(String keyId, Map<String, String> encryptionContext) throws KmsSecretException;

    /**
     * Finds the ARN of a key that can be used now.
     *
     * @param keyId key id, key ARN, alias name or alias ARN
     * @return ARN of the key
     * @throws KmsSecretException when there is no such key, when it is disabled or about to be deleted, or when KMS cannot be reached
     */
    String keyArn(String keyId) throws KmsSecretException;
}
