package io.github.unloadcopy.staging;

import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what the SDK's exceptions mean for a place in S3. */
public final class S3Failures {
    private S3Failures() {
    }

    /** Error code of S3; the HTTP status where an answer has none, as those to HEAD; empty when there was no answer. */
    static String code(final SdkException exception) {
        if (!(exception instanceof AwsServiceException answer)) {
            return "";
        }

        return answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null ? String.valueOf(answer.statusCode()) : answer.awsErrorDetails().errorCode();
    }

    static boolean isAccessDenied(final SdkException exception) {
        return exception instanceof AwsServiceException answer && answer.statusCode() == 403;
    }

    /**
     * Wraps a failure.
     *
     * @param operation what failed, such as ListObjectsV2
     * @param action IAM action that it needs
     * @param location place in S3
     * @param cause what the SDK threw
     * @return the exception to throw
     */
    public static StagingException wrap(final String operation, final String action, final S3Location location, final SdkException cause) {
        if (cause instanceof AwsServiceException answer) {
            final String code = code(cause);
            final String detail = answer.awsErrorDetails() == null || answer.awsErrorDetails().errorMessage() == null ? "" : " (" + answer.awsErrorDetails().errorMessage() + ")";
            return new StagingException("S3 %s on %s failed: %s%s. %s".formatted(operation, location, code, detail, remedy(code, action, location)), cause);
        }

        return new StagingException(("S3 %s on %s got no answer: %s. Check that the network, the proxy and a VPC endpoint let HTTPS through to S3, that the endpoint override is right, "
                + "and that credentials are configured").formatted(operation, location, cause.getMessage()), cause);
    }

    /** What to do about an error code. */
    static String remedy(final String code, final String action, final S3Location location) {
        return switch (code) {
            case "AccessDenied", "403", "Forbidden" ->
                    "Allow %s on it, in the IAM policy of the credentials in use and in the bucket's policy; for SSE-KMS objects allow kms:Decrypt on the key too".formatted(action);
            case "NoSuchBucket" -> "Check the name of bucket %s in the staging path, and the credentials' account".formatted(location.bucket());
            case "NoSuchKey", "404" -> "Check that the object was written, and not purged already";
            case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301", "307" ->
                    "Bucket %s is in another Region: set the Region of the staging bucket".formatted(location.bucket());
            case "InvalidAccessKeyId", "SignatureDoesNotMatch" -> "Check the access key: its id, its secret and whether it was deactivated";
            case "ExpiredToken", "InvalidToken" -> "The session's credentials have expired or are wrong: renew them";
            case "RequestTimeTooSkewed" -> "Set the clock of this machine";
            case "SlowDown", "503", "500", "InternalError", "ServiceUnavailable", "RequestTimeout" -> "S3 is overloaded or has a problem of its own: try again later";
            case "KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException" -> "The KMS key of the object cannot be used: enable it";
            case "ObjectLocked", "InvalidObjectState" -> "Object Lock or a storage class keeps the object: change the bucket's settings, or another staging path";
            default -> "Look the error code up in the Amazon S3 API Reference, \"Error responses\"";
        };
    }
}
