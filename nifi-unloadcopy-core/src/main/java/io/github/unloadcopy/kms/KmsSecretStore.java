package io.github.unloadcopy.kms;

import software.amazon.awssdk.services.kms.KmsClient;

import java.util.Map;

/** Secrets and data keys of AWS KMS. */
public final class KmsSecretStore implements SecretStore {
    private final KmsClient kms;
    private final String region;

    public KmsSecretStore(final KmsClient kms, final String region) {
        this.kms = kms;
        this.region = region;
    }

    @Override
    public Secret decrypt(final String ciphertextBase64, final Map<String, String> encryptionContext) throws KmsSecretException {
        throw new UnsupportedOperationException(region + kms.serviceName());
    }

    @Override
    public DataKey generateDataKey(final String keyId, final Map<String, String> encryptionContext) throws KmsSecretException {
        throw new UnsupportedOperationException();
    }

    @Override
    public String keyArn(final String keyId) throws KmsSecretException {
        throw new UnsupportedOperationException();
    }
}
