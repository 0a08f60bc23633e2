package io.github.unloadcopy.cli;

import io.github.unloadcopy.kms.KmsSecretStore;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;

import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;

/** The clients of one Region, each made when it is first asked for. */
final class AwsClients implements AutoCloseable {
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
    /** A Region becomes part of a host name. */
    private static final Pattern REGION = Pattern.compile("[a-z0-9]+(?:-[a-z0-9]+)*");
    /** Servers that stand in for S3 have no host name for each bucket. */
    private static final boolean S3_STANDS_IN = System.getenv("AWS_ENDPOINT_URL_S3") != null || System.getenv("AWS_ENDPOINT_URL") != null;

    private final Region region;
    private final String profile;
    private final URI kmsEndpoint;
    private final SdkHttpClient http;
    private AwsCredentialsProvider credentials;
    private KmsClient kms;
    private S3Client s3;

    private AwsClients(final Region region, final String profile, final URI kmsEndpoint) {
        this.region = region;
        this.profile = profile;
        this.kmsEndpoint = kmsEndpoint;
        this.http = UrlConnectionHttpClient.builder().connectionTimeout(CONNECTION_TIMEOUT).socketTimeout(ANSWER_TIMEOUT).build();
    }

    static AwsClients of(final String region, final String profile, final String kmsEndpoint) throws CliException {
        return new AwsClients(region(region, profile), profile, endpoint(kmsEndpoint));
    }

    Region region() {
        return region;
    }

    /** The store over this Region's KMS. */
    KmsSecretStore secrets() {
        return new KmsSecretStore(kms(), region.id());
    }

    KmsClient kms() {
        if (kms == null) {
            final KmsClientBuilder builder = KmsClient.builder().region(region).credentialsProvider(credentials()).httpClient(http).overrideConfiguration(overrides());

            if (kmsEndpoint != null) {
                builder.endpointOverride(kmsEndpoint);
            }

            kms = builder.build();
        }

        return kms;
    }

    S3Client s3() {
        if (s3 == null) {
            s3 = S3Client.builder().region(region).credentialsProvider(credentials()).httpClient(http).overrideConfiguration(overrides()).forcePathStyle(S3_STANDS_IN).build();
        }

        return s3;
    }

    @Override
    public void close() {
        if (kms != null) {
            kms.close();
        }

        if (s3 != null) {
            s3.close();
        }

        http.close();
    }

    /** As with the AWS CLI, a profile that is named wins over the environment. */
    private AwsCredentialsProvider credentials() {
        if (credentials == null) {
            credentials = profile == null ? DefaultCredentialsProvider.builder().build() : ProfileCredentialsProvider.create(profile);
        }

        return credentials;
    }

    private ClientOverrideConfiguration overrides() {
        final ClientOverrideConfiguration.Builder builder = ClientOverrideConfiguration.builder();

        if (profile != null) {
            builder.defaultProfileName(profile);
        }

        return builder.build();
    }

    private static Region region(final String name, final String profile) throws CliException {
        if (name != null && !REGION.matcher(name).matches()) {
            throw new CliException(ExitStatus.USAGE, "The value of --region is no name of a Region: give one such as eu-west-1");
        }

        try {
            return name != null ? Region.of(name) : DefaultAwsRegionProviderChain.builder().profileName(profile).build().getRegion();
        } catch (final SdkClientException e) {
            throw new CliException(ExitStatus.USAGE, "No Region is known: give --region, or set AWS_REGION or the region of the profile", e);
        }
    }

    private static URI endpoint(final String url) throws CliException {
        if (url == null) {
            return null;
        }

        try {
            final URI endpoint = URI.create(url);

            if (endpoint.getHost() != null && endpoint.getScheme() != null && endpoint.getScheme().matches("https?")) {
                return endpoint;
            }
        } catch (final IllegalArgumentException e) {
            throw new CliException(ExitStatus.USAGE, "The value of --endpoint-url is no URL: give one such as https://kms.eu-west-1.amazonaws.com", e);
        }

        throw new CliException(ExitStatus.USAGE, "The value of --endpoint-url is no URL of a server: give one such as https://kms.eu-west-1.amazonaws.com");
    }
}
