package io.github.unloadcopy.kms;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
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

/** Secrets and data keys of AWS KMS. Needs kms:Decrypt, kms:GenerateDataKey and kms:DescribeKey for its three operations. */
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
        final byte[] ciphertext = decode(ciphertextBase64);
        final DecryptResponse response;

        try {
            response = kms.decrypt(request -> request.ciphertextBlob(SdkBytes.fromByteArray(ciphertext)).encryptionContext(encryptionContext));
        } catch (final SdkException e) {
            throw failure("Decrypt", null, e);
        }

        return take(response.plaintext());
    }

    @Override
    public DataKey generateDataKey(final String keyId, final Map<String, String> encryptionContext) throws KmsSecretException {
        final GenerateDataKeyResponse response;

        try {
            response = kms.generateDataKey(request -> request.keyId(keyId).keySpec(DataKeySpec.AES_256).encryptionContext(encryptionContext));
        } catch (final SdkException e) {
            throw failure("GenerateDataKey", keyId, e);
        }

        return new DataKey(take(response.plaintext()), Base64.getEncoder().encodeToString(response.ciphertextBlob().asByteArray()));
    }

    @Override
    public String keyArn(final String keyId) throws KmsSecretException {
        final KeyMetadata key;

        try {
            key = kms.describeKey(request -> request.keyId(keyId)).keyMetadata();
        } catch (final SdkException e) {
            throw failure("DescribeKey", keyId, e);
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

    private KmsSecretException failure(final String operation, final String keyId, final SdkException cause) {
        final String key = keyId == null ? "" : ", key " + keyId;

        if (cause instanceof AwsServiceException answer) {
            final String code = answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null ? "HTTP " + answer.statusCode() : answer.awsErrorDetails().errorCode();
            final String detail = answer.awsErrorDetails() == null || answer.awsErrorDetails().errorMessage() == null ? "" : " (" + answer.awsErrorDetails().errorMessage().strip() + ")";
            return new KmsSecretException("KMS %s in %s%s failed: %s%s. %s".formatted(operation, region, key, code, detail, remedy(operation, code)), code, cause);
        }

        final boolean credentials = String.valueOf(cause.getMessage()).contains("credentials");
        final String remedy = credentials
                ? "Give AWS credentials: configure the credentials service, the environment or the instance's role"
                : "Check that the network, the proxy and a VPC endpoint let HTTPS through to the KMS endpoint of that Region, that the endpoint override is right, and that its certificate is trusted";
        return new KmsSecretException("KMS %s in %s%s got no answer: %s. %s".formatted(operation, region, key, cause.getMessage(), remedy), credentials ? "NoCredentials" : "Unreachable", cause);
    }

    private String remedy(final KeyState state) {
        return switch (state) {
            case DISABLED -> "enable it (kms:EnableKey) or name another key";
            case PENDING_DELETION, PENDING_REPLICA_DELETION -> "cancel its deletion (kms:CancelKeyDeletion) and enable it, or name another key";
            case PENDING_IMPORT -> "import its key material, or name another key";
            case UNAVAILABLE -> "reconnect its custom key store, or name another key";
            default -> "wait until it is enabled, or name another key";
        };
    }

    private String remedy(final String operation, final String code) {
        return switch (code) {
            case "InvalidCiphertextException" -> "The value was not encrypted by a key of this account in %s, was cut or changed on the way, or belongs to another encryption context: "
                    .formatted(region) + "encrypt it again with a key of %s (wrong Region?) and paste it on one line".formatted(region);
            case "IncorrectKeyException" -> "The value was encrypted under another key: encrypt it again under the key that is configured";
            case "AccessDeniedException" -> "Allow kms:%s on the key, in the IAM policy of the credentials in use and in the key's policy".formatted(operation);
            case "DisabledException" -> "Enable the key (kms:EnableKey), or encrypt the value again under another one";
            case "KMSInvalidStateException" ->
                    "The key is not in a state to be used, probably about to be deleted: cancel its deletion and enable it, or encrypt the value again under another one";
            case "NotFoundException" -> "Check the key's id, ARN or alias, and that it exists in %s: keys and aliases belong to one Region".formatted(region);
            case "InvalidKeyUsageException", "InvalidGrantTokenException" -> "Use a symmetric key for encryption and decryption";
            case "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException" ->
                    "AWS has a problem of its own: try again later";
            case "ThrottlingException", "Throttling", "LimitExceededException", "RequestLimitExceeded" ->
                    "Too many KMS requests in this account: try again later, or raise the quota of %s".formatted(operation);
            case "UnrecognizedClientException", "InvalidClientTokenId", "MissingAuthenticationTokenException", "IncompleteSignature", "InvalidSignatureException", "SignatureDoesNotMatch" ->
                    "The AWS credentials are wrong or for another endpoint: check access key, secret and session token, and the clock of this machine";
            case "ExpiredTokenException", "ExpiredToken", "RequestExpired" -> "The session's credentials have expired: renew them, and check the clock of this machine";
            case "ValidationException" -> "Check the key's id and the value: KMS could not read the request";
            default -> "Look the error code up in the AWS KMS API Reference, operation %s".formatted(operation);
        };
    }
}
