package io.github.unloadcopy.kms;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;

import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Secrets and data keys of AWS KMS. Needs kms:Decrypt, kms:GenerateDataKey and kms:DescribeKey for the operations of its interface. */
public final class KmsSecretStore implements SecretStore {
    private final KmsClient kms;
    private final String region;

    /**
     * A store over one Region's KMS.
     *
     * @param kms client of that Region; the caller closes it
     * @param region the Region's name, for messages
     */
    public KmsSecretStore(final KmsClient kms, final String region) {
        this.kms = kms;
        this.region = region;
    }

    @Override
    public Secret decrypt(final String ciphertextBase64, final Map<String, String> encryptionContext) throws KmsSecretException {
        return open(ciphertextBase64, encryptionContext).plaintext();
    }

    /**
     * Decrypts one value, and tells under which key it was encrypted.
     *
     * @param ciphertextBase64 ciphertext, base64 on one line
     * @param encryptionContext the very pairs it was encrypted with; empty for values of the original utility
     * @return secret and key; the caller closes it
     * @throws KmsSecretException when KMS refuses or cannot be reached
     */
    public DecryptedValue open(final String ciphertextBase64, final Map<String, String> encryptionContext) throws KmsSecretException {
        final byte[] ciphertext = decode(ciphertextBase64);
        final DecryptResponse response;

        try {
            response = kms.decrypt(request -> request.ciphertextBlob(SdkBytes.fromByteArray(ciphertext)).encryptionContext(encryptionContext));
        } catch (final SdkException e) {
            throw KmsFailures.wrap("Decrypt", region, null, e);
        }

        return new DecryptedValue(take(response.plaintext()), response.keyId());
    }

    /**
     * Encrypts one value without encryption context, as the original utility does. Needs kms:Encrypt.
     *
     * @param keyId key id, key ARN, alias name or alias ARN
     * @param plaintext 1 to 4,096 bytes
     * @return ciphertext, base64 on one line
     * @throws KmsSecretException when KMS refuses or cannot be reached
     */
    public String encrypt(final String keyId, final Secret plaintext) throws KmsSecretException {
        final byte[] bytes = plaintext.bytes();

        try {
            return Base64.getEncoder().encodeToString(kms.encrypt(request -> request.keyId(keyId).plaintext(SdkBytes.fromByteArrayUnsafe(bytes))).ciphertextBlob().asByteArray());
        } catch (final SdkException e) {
            throw KmsFailures.wrap("Encrypt", region, keyId, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    @Override
    public DataKey generateDataKey(final String keyId, final Map<String, String> encryptionContext) throws KmsSecretException {
        final GenerateDataKeyResponse response;

        try {
            response = kms.generateDataKey(request -> request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(encryptionContext));
        } catch (final SdkException e) {
            throw KmsFailures.wrap("GenerateDataKey", region, keyId, e);
        }

        return new DataKey(take(response.plaintext()), Base64.getEncoder().encodeToString(response.ciphertextBlob().asByteArray()));
    }

    @Override
    public String keyArn(final String keyId) throws KmsSecretException {
        final KeyMetadata key;

        try {
            key = kms.describeKey(request -> request.keyId(keyId)).keyMetadata();
        } catch (final SdkException e) {
            throw KmsFailures.wrap("DescribeKey", region, keyId, e);
        }

        if (key.keyState() != null && key.keyState() != KeyState.ENABLED) {
            throw new KmsSecretException("KMS DescribeKey in %s: the key %s cannot be used, its state is %s: %s"
                    .formatted(region, keyId, key.keyStateAsString(), remedy(key.keyState())), "KeyState." + key.keyStateAsString(), null);
        }

        return key.arn();
    }

    private byte[] decode(final String ciphertextBase64) throws KmsSecretException {
        try {
            if (ciphertextBase64 != null && !ciphertextBase64.isBlank()) {
                return Base64.getDecoder().decode(ciphertextBase64.strip());
            }
        } catch (final IllegalArgumentException e) {
            // The decoder's message would quote a character of the value.
            throw notBase64("is not base64");
        }

        throw notBase64("is empty");
    }

    private KmsSecretException notBase64(final String problem) {
        return new KmsSecretException("KMS Decrypt in %s was not called: the value %s. Put in the CiphertextBlob of KMS Encrypt, in base64 on one line".formatted(region, problem), "NotBase64", null);
    }

    /** Moves the plaintext out of the answer, and wipes it there. */
    private static Secret take(final SdkBytes plaintext) {
        final byte[] bytes = plaintext.asByteArrayUnsafe();

        try {
            return Secret.of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static String remedy(final KeyState state) {
        return switch (state) {
            case DISABLED -> "enable it (kms:EnableKey) or name another key";
            case PENDING_DELETION, PENDING_REPLICA_DELETION -> "cancel its deletion (kms:CancelKeyDeletion) and enable it, or name another key";
            case PENDING_IMPORT -> "import its key material, or name another key";
            case UNAVAILABLE -> "reconnect its custom key store, or name another key";
            default -> "wait until it is enabled, or name another key";
        };
    }
}
