package io.github.unloadcopy.services;

import io.github.unloadcopy.kms.DataKey;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;
import software.amazon.awssdk.regions.Region;

import java.util.Map;

/**
 * The only place where ciphertext becomes plaintext: decrypts secrets and generates data keys under one AWS KMS key, in one Region.
 * It is an AWS credentials provider too, so that other AWS components can act as the same principal.
 */
public interface KmsCredentialsService extends AwsCredentialsProviderService {

    /** The Region of the KMS key, and so of the configuration and of the staged data. */
    Region getRegion();

    /**
     * Finds the ARN of the configured KMS key and checks that it is enabled.
     *
     * @throws KmsSecretException when the key is missing, disabled or not visible to the service's credentials
     */
    String getKeyArn() throws KmsSecretException;

    /**
     * Decrypts a value, or takes it from memory when it has been decrypted before.
     *
     * @param ciphertext a KMS CiphertextBlob in base64
     * @param encryptionContext the context that it was encrypted with; empty for values of the Redshift Unload/Copy Utility
     * @return a copy that the caller closes
     * @throws KmsSecretException naming the KMS call that failed and what to mend
     */
    Secret decrypt(String ciphertext, Map<String, String> encryptionContext) throws KmsSecretException;

    /**
     * Generates an AES-256 data key under the configured KMS key.
     *
     * @param encryptionContext non-secret values, which CloudTrail shows; decrypting the wrapped key needs the same
     * @return the key in both forms, which the caller closes
     * @throws KmsSecretException naming the KMS call that failed and what to mend
     */
    DataKey generateDataKey(Map<String, String> encryptionContext) throws KmsSecretException;
}
