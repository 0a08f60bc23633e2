package io.github.unloadcopy.kms;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what the SDK's exceptions mean for keys and secrets. */
public final class KmsFailures {
    private KmsFailures() {
    }

    /**
     * Wraps a failure.
     *
     * @param operation what failed, such as Decrypt
     * @param region name of the Region
     * @param keyId key that the request named; null when it named none
     * @param cause what the SDK threw
     * @return the exception to throw
     */
    public static KmsSecretException wrap(final String operation, final String region, final String keyId, final SdkException cause) {
        final String key = keyId == null ? "" : ", key " + keyId;

        if (cause instanceof AwsServiceException answer) {
            final String code = answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null ? "HTTP " + answer.statusCode() : answer.awsErrorDetails().errorCode();
            final String detail = answer.awsErrorDetails() == null || answer.awsErrorDetails().errorMessage() == null ? "" : " (" + answer.awsErrorDetails().errorMessage().strip() + ")";
            return new KmsSecretException("KMS %s in %s%s failed: %s%s. %s".formatted(operation, region, key, code, detail, remedy(operation, region, code)), code, cause);
        }

        final boolean credentials = String.valueOf(cause.getMessage()).contains("credentials");
        final String remedy = credentials
                ? "Give AWS credentials: configure the credentials service, the environment or the instance's role"
                : "Check that the network, the proxy and a VPC endpoint let HTTPS through to the KMS endpoint of that Region, that the endpoint override is right, and that its certificate is trusted";
        return new KmsSecretException("KMS %s in %s%s got no answer: %s. %s".formatted(operation, region, key, cause.getMessage(), remedy), credentials ? "NoCredentials" : "Unreachable", cause);
    }

    private static String remedy(final String operation, final String region, final String code) {
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
            case "UnknownOperationException", "UnsupportedOperationException" -> "This KMS, or this kind of key, cannot do it: do without it, or use another key";
            case "ValidationException" -> "Check the key's id and the value: KMS could not read the request";
            default -> "Look the error code up in the AWS KMS API Reference, operation %s".formatted(operation);
        };
    }
}
