package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import io.github.unloadcopy.sandbox.kms.KmsServer;
import io.github.unloadcopy.sandbox.s3.S3Server;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.time.Clock;

/**
 * S3 and KMS without clusters, and the real clients for them.
 */
public final class Cloud implements AutoCloseable {

    public static final String REGION = "us-east-1";

    private final Calls calls = new Calls();
    private final Faults faults = new Faults();
    private final Iam iam;
    private final KmsServer kms;
    private final S3Server s3;

    public Cloud() throws IOException {
        this(Clock.systemUTC());
    }

    public Cloud(final Clock clock) throws IOException {
        iam = new Iam(clock);
        final KeyRing keys = new KeyRing(iam, REGION, clock);
        kms = new KmsServer(0, keys, iam, REGION, clock, calls, faults);
        s3 = new S3Server(0, iam, keys, REGION, calls, faults, null);
    }

    public Calls calls() {
        return calls;
    }

    public Faults faults() {
        return faults;
    }

    public Iam iam() {
        return iam;
    }

    public KmsServer kms() {
        return kms;
    }

    public S3Server s3() {
        return s3;
    }

    public KmsClient kmsClient() {
        return kmsClient(credentials(iam.rootKey()), REGION);
    }

    public KmsClient kmsClient(final AwsCredentials credentials, final String region) {
        return KmsClient.builder().httpClient(Apache5HttpClient.create()).endpointOverride(kms.endpoint()).region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(credentials)).build();
    }

    public S3Client s3Client() {
        return s3Client(credentials(iam.rootKey()), REGION);
    }

    public S3Client s3Client(final AwsCredentials credentials, final String region) {
        return S3Client.builder().httpClient(Apache5HttpClient.create()).endpointOverride(s3.endpoint()).region(Region.of(region)).forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(credentials)).build();
    }

    public static AwsCredentials credentials(final AccessKey key) {
        return key.sessionToken() == null
                ? AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey())
                : AwsSessionCredentials.create(key.accessKeyId(), key.secretAccessKey(), key.sessionToken());
    }

    @Override
    public void close() {
        s3.close();
        kms.close();
    }
}
