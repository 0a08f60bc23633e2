package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.IOException;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A bucket answers in its own Region only. */
class S3RegionsTest {

    private static Cloud cloud;
    private static S3Client american;
    private static S3Client irish;

    private final String bucket = "regions-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        american = cloud.s3Client();
        irish = cloud.s3Client(Cloud.credentials(cloud.iam().rootKey()), "eu-west-1");
    }

    @AfterAll
    static void stop() {
        american.close();
        irish.close();
        cloud.close();
    }

    @Test
    void requestSignedForAnotherRegionIsSentAway() {
        irish.createBucket(request -> request.bucket(bucket));

        for (final Executable call : new Executable[] {
            () -> american.getObjectAsBytes(request -> request.bucket(bucket).key("a")),
            () -> american.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("hello")),
            () -> american.listObjectsV2(request -> request.bucket(bucket)),
            () -> american.deleteBucket(request -> request.bucket(bucket))}) {
            assertEquals("eu-west-1", region(assertRefused("PermanentRedirect", 301, call)));
        }

        final S3Exception head = assertThrows(S3Exception.class, () -> american.headBucket(request -> request.bucket(bucket)));
        assertEquals(301, head.statusCode());
        assertEquals("eu-west-1", region(head));
    }

    @Test
    void clientThatFollowsFindsTheBucket() {
        irish.createBucket(request -> request.bucket(bucket));
        irish.putObject(request -> request.bucket(bucket).key("a"), RequestBody.fromString("hello"));
        try (S3Client follower = S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(cloud.s3().endpoint()).region(Region.US_EAST_1).forcePathStyle(true)
                .crossRegionAccessEnabled(true).credentialsProvider(StaticCredentialsProvider.create(Cloud.credentials(cloud.iam().rootKey()))).build()) {
            assertEquals("hello", follower.getObjectAsBytes(request -> request.bucket(bucket).key("a")).asUtf8String());
        }
    }

    @Test
    void placeMustFitTheEndpoint() {
        final S3Exception refusal = assertRefused("IllegalLocationConstraintException", 400,
                () -> irish.createBucket(request -> request.bucket(bucket).createBucketConfiguration(configuration -> configuration.locationConstraint("eu-central-1"))));
        assertTrue(refusal.getMessage().contains("The eu-central-1 location constraint is incompatible for the region specific endpoint this request was sent to."), refusal::getMessage);

        american.createBucket(request -> request.bucket(bucket).createBucketConfiguration(configuration -> configuration.locationConstraint("eu-central-1")));
        assertEquals("eu-central-1", cloud.s3().objects().bucketRegion(bucket));
    }

    @Test
    void noRegionOfThatName() {
        try (S3Client lost = cloud.s3Client(Cloud.credentials(cloud.iam().rootKey()), "mars")) {
            final S3Exception refusal = assertRefused("AuthorizationHeaderMalformed", 400, lost::listBuckets);
            assertTrue(refusal.getMessage().contains("the region 'mars' is wrong; expecting 'us-east-1'"), refusal::getMessage);
        }
    }

    private static String region(final S3Exception refusal) {
        return refusal.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("x-amz-bucket-region").orElseThrow();
    }

    private static S3Exception assertRefused(final String code, final int status, final Executable call) {
        final S3Exception refusal = assertThrows(S3Exception.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
        return refusal;
    }
}
