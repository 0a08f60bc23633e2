package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The sandbox's refusals as S3Proxy throws them, and the other way round.
 */
public final class Refusals {

    private static final int INTERNAL_ERROR = 500;

    private Refusals() {
    }

    public static S3Exception toS3(final CloudException refusal) {
        return (S3Exception) S3Exception.builder()
                .statusCode(refusal.status())
                .awsErrorDetails(AwsErrorDetails.builder().serviceName("S3").errorCode(refusal.code()).errorMessage(refusal.getMessage()).build())
                .message(refusal.getMessage())
                .cause(refusal)
                .build();
    }

    /**
     * @throws S3Exception unless the condition holds
     */
    static void unless(final boolean condition, final String code, final int status, final String message) {
        if (!condition) {
            throw toS3(new CloudException(code, status, message));
        }
    }

    public static CloudException toCloud(final AwsServiceException refusal) {
        if (refusal.getCause() instanceof final CloudException original) {
            return original;
        }

        final String code = S3Exceptions.errorCode(refusal);
        final String message = refusal.awsErrorDetails() == null ? refusal.getMessage() : refusal.awsErrorDetails().errorMessage();
        final CloudException cloud = new CloudException(code == null ? codeOf(refusal.statusCode()) : code, refusal.statusCode(), message);
        cloud.initCause(refusal);
        return cloud;
    }

    /** The store reports some failures by their status alone. */
    static String codeOf(final int status) {
        return switch (status) {
            case 400, 422 -> "BadDigest";
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            case 405 -> "MethodNotAllowed";
            case 412 -> "PreconditionFailed";
            case 416 -> "InvalidRange";
            case 501 -> "NotImplemented";
            default -> status < INTERNAL_ERROR ? "InvalidRequest" : "InternalError";
        };
    }
}
