package io.github.unloadcopy.cli;

import io.github.unloadcopy.staging.S3Failures;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;

import java.util.Optional;

/**
 * Whether a bucket is there and in the Region.
 *
 * @param aws clients of the Region
 */
record BucketCheck(AwsClients aws) {
    /** S3 sends it with the refusal of a request to the wrong Region as well (S3 API Reference, "HeadBucket"). */
    private static final String REGION_HEADER = "x-amz-bucket-region";

    /**
     * Asks for a bucket.
     *
     * @param location place in the bucket
     * @param subject what is there, for messages
     * @return what was found
     * @throws CliException when the bucket is missing or in another Region
     * @throws StagingException when S3 refuses, or cannot be reached
     */
    String check(final S3Location location, final String subject) throws CliException, StagingException {
        final String bucket = location.bucket();

        try {
            final String region = aws.s3().headBucket(request -> request.bucket(bucket)).bucketRegion();
            requireHere(bucket, subject, Optional.ofNullable(region));
            return "%s is in %s".formatted(bucket, aws.region().id());
        } catch (final NoSuchBucketException e) {
            throw new CliException(ExitStatus.CHECK_FAILED, "There is no bucket %s: correct %s, or create the bucket in %s".formatted(bucket, subject, aws.region().id()), e);
        } catch (final AwsServiceException e) {
            requireHere(bucket, subject, region(e));
            throw S3Failures.wrap("HeadBucket", "s3:ListBucket", new S3Location(bucket, ""), e);
        } catch (final SdkException e) {
            throw S3Failures.wrap("HeadBucket", "s3:ListBucket", new S3Location(bucket, ""), e);
        }
    }

    private void requireHere(final String bucket, final String subject, final Optional<String> region) throws CliException {
        if (region.isPresent() && !region.get().equals(aws.region().id())) {
            throw new CliException(ExitStatus.CHECK_FAILED, "Bucket %s of %s is in %s, but the Region given is %s: configuration, KMS key and staged data have to be in one Region"
                    .formatted(bucket, subject, region.get(), aws.region().id()));
        }
    }

    private static Optional<String> region(final AwsServiceException failure) {
        return failure.awsErrorDetails() == null || failure.awsErrorDetails().sdkHttpResponse() == null
                ? Optional.empty() : failure.awsErrorDetails().sdkHttpResponse().firstMatchingHeader(REGION_HEADER);
    }
}
