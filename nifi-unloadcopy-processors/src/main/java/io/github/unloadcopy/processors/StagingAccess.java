package io.github.unloadcopy.processors;

import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.Authorization;
import io.github.unloadcopy.services.KmsCredentialsService;

import java.util.Map;

/**
 * What a cluster presents to S3, for as long as a statement needs it; closing it wipes decrypted access keys.
 */
final class StagingAccess implements AutoCloseable {

    private final Authorization authorization;

    private StagingAccess(final Authorization authorization) {
        this.authorization = authorization;
    }

    /**
     * Reads the role or the access key from the properties of a FlowFile.
     *
     * @throws InvalidFlowFileException when there is neither
     * @throws KmsSecretException when the access key does not decrypt
     */
    static StagingAccess of(final FlowFileProperties properties, final KmsCredentialsService kms) throws InvalidFlowFileException, KmsSecretException {
        final String roleArn = properties.optional(CommonProperties.IAM_ROLE_ARN);

        if (roleArn != null) {
            return new StagingAccess(new Authorization.Role(roleArn));
        }

        final String accessKeyId = properties.optional(CommonProperties.ACCESS_KEY_ID_CIPHERTEXT);
        final String secretAccessKey = properties.optional(CommonProperties.SECRET_ACCESS_KEY_CIPHERTEXT);

        if (accessKeyId == null || secretAccessKey == null) {
            throw new InvalidFlowFileException("The cluster has nothing to reach S3 with: set %s, or both %s and %s".formatted(
                    CommonProperties.IAM_ROLE_ARN.getName(), CommonProperties.ACCESS_KEY_ID_CIPHERTEXT.getName(), CommonProperties.SECRET_ACCESS_KEY_CIPHERTEXT.getName()));
        }

        final Secret decryptedId = kms.decrypt(accessKeyId, Map.of());

        try {
            return new StagingAccess(new Authorization.AccessKey(decryptedId, kms.decrypt(secretAccessKey, Map.of())));
        } catch (final KmsSecretException e) {
            decryptedId.close();
            throw e;
        }
    }

    Authorization authorization() {
        return authorization;
    }

    @Override
    public void close() {
        if (authorization instanceof final Authorization.AccessKey accessKey) {
            accessKey.accessKeyId().close();
            accessKey.secretAccessKey().close();
        }
    }
}
