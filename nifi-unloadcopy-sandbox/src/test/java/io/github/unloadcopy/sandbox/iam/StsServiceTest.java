package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.Cloud;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StsServiceTest {

    private static final String ASSUMER = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"arn:aws:iam::000000000000:role/ReadOnly\"}}";

    private static Cloud cloud;
    private static AwsCredentials mary;
    private static StsClient client;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        cloud.iam().putUser("mary", ASSUMER);
        mary = Cloud.credentials(cloud.iam().createAccessKey("mary"));
        client = stsClient(mary);
    }

    @AfterAll
    static void stop() {
        client.close();
        cloud.close();
    }

    @Test
    void callerIsWhoeverSigns() {
        assertEquals("arn:aws:iam::000000000000:user/mary", client.getCallerIdentity().arn());
        assertEquals("000000000000", client.getCallerIdentity().account());
        try (StsClient root = stsClient(Cloud.credentials(cloud.iam().rootKey()))) {
            assertEquals("arn:aws:iam::000000000000:root", root.getCallerIdentity().arn());
        }
    }

    @Test
    void roleIsAssumedAndHasItsPermissions() {
        final AssumeRoleResponse answer = client.assumeRole(request -> request.roleArn(Role.READ_ONLY.arn()).roleSessionName("night-run").durationSeconds(900));

        assertEquals("arn:aws:sts::000000000000:assumed-role/ReadOnly/night-run", answer.assumedRoleUser().arn());
        assertTrue(answer.credentials().expiration().isBefore(Instant.now().plus(Duration.ofSeconds(901))));
        try (StsClient session = stsClient(credentials(answer.credentials())); S3Client s3 = cloud.s3Client(credentials(answer.credentials()), Cloud.REGION)) {
            assertEquals("arn:aws:sts::000000000000:assumed-role/ReadOnly/night-run", session.getCallerIdentity().arn());
            assertEquals("AccessDenied", assertThrows(S3Exception.class, () -> s3.createBucket(request -> request.bucket("new"))).awsErrorDetails().errorCode());
        }
    }

    @Test
    void roleIsRefusedToWhoMayNotAssumeIt() {
        final StsException refusal = assertRefused("AccessDenied", 403, () -> client.assumeRole(request -> request.roleArn(Role.NOTHING.arn()).roleSessionName("me")));
        assertTrue(refusal.getMessage().contains("User: arn:aws:iam::000000000000:user/mary is not authorized to perform: sts:AssumeRole on resource: " + Role.NOTHING.arn()), refusal::getMessage);
        assertRefused("AccessDenied", 403, () -> client.assumeRole(request -> request.roleArn("arn:aws:iam::000000000000:role/Nobody").roleSessionName("me")));
        try (StsClient root = stsClient(Cloud.credentials(cloud.iam().rootKey()))) {
            assertTrue(assertRefused("AccessDenied", 403, () -> root.assumeRole(request -> request.roleArn(Role.NOTHING.arn()).roleSessionName("me"))).getMessage().contains("root accounts"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {899, 3_601, 43_201})
    void sessionsHaveTheLengthThatTheRoleAllows(final int seconds) {
        assertRefused("ValidationError", 400, () -> client.assumeRole(request -> request.roleArn(Role.READ_ONLY.arn()).roleSessionName("me").durationSeconds(seconds)));
    }

    @Test
    void chainedSessionsLastAnHourAtMost() {
        cloud.iam().putRole(new Role("Long", Role.READ_ONLY.statements(), Role.READ_ONLY.trust(), Duration.ofHours(12)));
        final AccessKey session = cloud.iam().startSession(Role.REDSHIFT_UNLOAD_COPY.arn(), "me", Duration.ofHours(1));
        try (StsClient chained = stsClient(Cloud.credentials(session))) {
            chained.assumeRole(request -> request.roleArn("arn:aws:iam::000000000000:role/Long").roleSessionName("me").durationSeconds(3_600));
            final StsException refusal = assertRefused("ValidationError", 400,
                    () -> chained.assumeRole(request -> request.roleArn("arn:aws:iam::000000000000:role/Long").roleSessionName("me").durationSeconds(3_601)));
            assertTrue(refusal.getMessage().contains("1 hour session limit"), refusal::getMessage);
        }
    }

    @Test
    void sessionTokenIsForTheSameUser() {
        final Credentials credentials = client.getSessionToken(request -> request.durationSeconds(900)).credentials();
        try (StsClient session = stsClient(credentials(credentials))) {
            assertEquals("arn:aws:iam::000000000000:user/mary", session.getCallerIdentity().arn());
            assertRefused("AccessDenied", 403, session::getSessionToken);
        }

        assertRefused("ValidationError", 400, () -> client.getSessionToken(request -> request.durationSeconds(129_601)));
    }

    @Test
    void everyServiceRefusesASessionThatHasEnded() {
        final Credentials credentials = client.assumeRole(request -> request.roleArn(Role.READ_ONLY.arn()).roleSessionName("me")).credentials();
        cloud.iam().expireSession(credentials.accessKeyId(), Instant.now());
        try (StsClient sts = stsClient(credentials(credentials)); KmsClient kms = cloud.kmsClient(credentials(credentials), Cloud.REGION);
                S3Client s3 = cloud.s3Client(credentials(credentials), Cloud.REGION)) {
            assertRefused("ExpiredToken", 403, sts::getCallerIdentity);
            assertEquals("ExpiredTokenException", assertThrows(KmsException.class, kms::listKeys).awsErrorDetails().errorCode());
            assertEquals("ExpiredToken", assertThrows(S3Exception.class, s3::listBuckets).awsErrorDetails().errorCode());
        }
    }

    @Test
    void strangersAreRefused() {
        try (StsClient unknown = stsClient(AwsBasicCredentials.create("AKIANOBODY", "wrong")); StsClient wrong = stsClient(AwsBasicCredentials.create(mary.accessKeyId(), "wrong"));
                StsClient forged = stsClient(AwsSessionCredentials.create(mary.accessKeyId(), mary.secretAccessKey(), "forged"))) {
            assertRefused("InvalidClientTokenId", 403, unknown::getCallerIdentity);
            assertRefused("SignatureDoesNotMatch", 403, wrong::getCallerIdentity);
            assertRefused("InvalidClientTokenId", 403, forged::getCallerIdentity);
        }
    }

    @Test
    void whatWouldBeIgnoredIsRefused() {
        assertRefused("ValidationError", 400, () -> client.assumeRole(request -> request.roleArn(Role.READ_ONLY.arn()).roleSessionName("me").policy(ASSUMER)));
        assertRefused("InvalidAction", 400, () -> client.getFederationToken(request -> request.name("me")));
        assertRefused("ValidationError", 400, () -> client.assumeRole(request -> request.roleArn(Role.READ_ONLY.arn()).roleSessionName("no spaces")));
    }

    @Test
    void callsAreCountedAndAnswersPrintedWithoutSecrets() {
        final long before = cloud.calls().counts().getOrDefault("sts", Map.of()).getOrDefault("GetSessionToken", 0L);
        final Credentials credentials = client.getSessionToken().credentials();

        assertEquals(before + 1, cloud.calls().counts().get("sts").get("GetSessionToken"));
        assertFalse(new StsService.Answer(200, "id", credentials.secretAccessKey()).toString().contains(credentials.secretAccessKey()));
    }

    private static StsClient stsClient(final AwsCredentials credentials) {
        return StsClient.builder().httpClient(Apache5HttpClient.create()).endpointOverride(cloud.kms().endpoint()).region(Region.of(Cloud.REGION))
                .credentialsProvider(StaticCredentialsProvider.create(credentials)).build();
    }

    private static AwsCredentials credentials(final Credentials credentials) {
        return AwsSessionCredentials.create(credentials.accessKeyId(), credentials.secretAccessKey(), credentials.sessionToken());
    }

    private static StsException assertRefused(final String code, final int status, final Executable call) {
        final StsException refusal = assertThrows(StsException.class, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(status, refusal.statusCode());
        return refusal;
    }
}
