package io.github.unloadcopy.services;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.github.unloadcopy.kms.DataKey;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.annotation.lifecycle.OnDisabled;
import org.apache.nifi.annotation.lifecycle.OnEnabled;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.controller.AbstractControllerService;
import org.apache.nifi.controller.ConfigurationContext;
import org.apache.nifi.controller.VerifiableControllerService;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.util.StandardValidators;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

@Tags({"aws", "kms", "redshift", "credentials", "decrypt", "secret", "data key", "unload", "copy"})
@CapabilityDescription("""
        Decrypts the passwords and access keys of an Unload/Copy configuration with AWS KMS, and generates data keys for client-side encryption.
        Plaintext stays in the memory of this service: it is cached within the configured bounds, and wiped when it leaves the cache and when the service is disabled.
        It provides its AWS credentials to other AWS components as well.""")
@SeeAlso(RedshiftConnectionPool.class)
public class StandardKmsCredentialsService extends AbstractControllerService implements KmsCredentialsService, VerifiableControllerService {

    public static final PropertyDescriptor CREDENTIALS_PROVIDER_SERVICE = new PropertyDescriptor.Builder()
            .name("AWS Credentials Provider Service")
            .description("Provides the credentials for calling AWS. Without it, the default chain of the AWS SDK is used: environment, profile, container or instance role.")
            .required(false)
            .identifiesControllerService(AwsCredentialsProviderService.class)
            .build();

    public static final PropertyDescriptor REGION = new PropertyDescriptor.Builder()
            .name("Region")
            .description("The AWS Region of the KMS key. The configuration and the staged data have to be in the same Region.")
            .required(true)
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor KMS_KEY = new PropertyDescriptor.Builder()
            .name("KMS Key")
            .description("The KMS key under which staged data is encrypted: its id, ARN, alias or alias ARN. Configured values decrypt with whatever key encrypted them.")
            .required(true)
            .defaultValue("alias/RedshiftUnloadCopyUtility")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor CACHE_SIZE = new PropertyDescriptor.Builder()
            .name("Cache Size")
            .description("How many decrypted values are kept in memory. What falls out is wiped and decrypted again when it is needed.")
            .required(true)
            .defaultValue("1000")
            .addValidator(StandardValidators.POSITIVE_INTEGER_VALIDATOR)
            .build();

    public static final PropertyDescriptor CACHE_EXPIRATION = new PropertyDescriptor.Builder()
            .name("Cache Expiration")
            .description("How long a decrypted value is kept in memory before it is wiped. A KMS key that is disabled has no effect on cached values until then.")
            .required(true)
            .defaultValue("12 hours")
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.SECONDS, Integer.MAX_VALUE, TimeUnit.SECONDS))
            .build();

    public static final PropertyDescriptor ENDPOINT_OVERRIDE = new PropertyDescriptor.Builder()
            .name("Endpoint Override URL")
            .description("The URL of the KMS endpoint when it is not the Region's own, such as a VPC endpoint. Without it, AWS_ENDPOINT_URL_KMS applies where it is set.")
            .required(false)
            .addValidator(StandardValidators.URL_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor COMMUNICATIONS_TIMEOUT = new PropertyDescriptor.Builder()
            .name("Communications Timeout")
            .description("How long to wait for a connection to AWS and for each answer.")
            .required(true)
            .defaultValue("30 secs")
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.SECONDS, 1, TimeUnit.HOURS))
            .build();

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            CREDENTIALS_PROVIDER_SERVICE,
            REGION,
            KMS_KEY,
            CACHE_SIZE,
            CACHE_EXPIRATION,
            ENDPOINT_OVERRIDE,
            COMMUNICATIONS_TIMEOUT
    );

    private volatile Resources resources;

    @Override
    protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
        return PROPERTY_DESCRIPTORS;
    }

    @OnEnabled
    public void onEnabled(final ConfigurationContext context) {
        resources = open(context);
    }

    @OnDisabled
    public void onDisabled() {
        final Resources closing = resources;
        resources = null;

        if (closing != null) {
            closing.close();
        }
    }

    @Override
    public AwsCredentialsProvider getAwsCredentialsProvider() {
        return active().credentials();
    }

    @Override
    public Region getRegion() {
        return active().region();
    }

    @Override
    public String getKeyArn() throws KmsSecretException {
        return active().keyArn();
    }

    @Override
    public Secret decrypt(final String ciphertext, final Map<String, String> encryptionContext) throws KmsSecretException {
        return active().decrypt(ciphertext, encryptionContext);
    }

    @Override
    public DataKey generateDataKey(final Map<String, String> encryptionContext) throws KmsSecretException {
        final Resources current = active();
        return current.store().generateDataKey(current.keyId(), encryptionContext);
    }

    @Override
    public List<ConfigVerificationResult> verify(final ConfigurationContext context, final ComponentLog verificationLogger, final Map<String, String> variables) {
        final ConfigVerificationResult.Builder result = new ConfigVerificationResult.Builder().verificationStepName("Find the KMS key");

        try {
            final Resources trial = open(context);
            try {
                result.outcome(Outcome.SUCCESSFUL).explanation("%s is enabled".formatted(trial.keyArn()));
            } finally {
                trial.close();
            }
        } catch (final Exception e) {
            verificationLogger.warn("The KMS key was not found", e);
            result.outcome(Outcome.FAILED).explanation(e.getMessage());
        }

        return List.of(result.build());
    }

    private Resources active() {
        final Resources current = resources;

        if (current == null) {
            throw new IllegalStateException("The KMS credentials service is not enabled");
        }

        return current;
    }

    private static Resources open(final ConfigurationContext context) {
        final AwsCredentialsProviderService service = context.getProperty(CREDENTIALS_PROVIDER_SERVICE).asControllerService(AwsCredentialsProviderService.class);
        final AwsCredentialsProvider credentials = service == null ? DefaultCredentialsProvider.builder().build() : service.getAwsCredentialsProvider();
        final Region region = Region.of(context.getProperty(REGION).evaluateAttributeExpressions().getValue().strip());
        final Duration timeout = context.getProperty(COMMUNICATIONS_TIMEOUT).asDuration();

        final KmsClientBuilder builder = KmsClient.builder()
                .region(region)
                .credentialsProvider(credentials)
                .httpClientBuilder(ApacheHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout));
        final String endpoint = context.getProperty(ENDPOINT_OVERRIDE).evaluateAttributeExpressions().getValue();

        if (endpoint != null && !endpoint.isBlank()) {
            builder.endpointOverride(URI.create(endpoint.strip()));
        }

        final KmsClient client = builder.build();
        final Cache<CacheKey, Secret> cache = Caffeine.newBuilder()
                .maximumSize(context.getProperty(CACHE_SIZE).asInteger())
                .expireAfterWrite(context.getProperty(CACHE_EXPIRATION).asDuration())
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .evictionListener((final CacheKey key, final Secret secret, final RemovalCause cause) -> secret.close())
                .build();
        final String keyId = context.getProperty(KMS_KEY).evaluateAttributeExpressions().getValue().strip();

        return new Resources(client, new KmsSecretStore(client, region.id()), region, credentials, keyId, cache);
    }

    private record CacheKey(String ciphertext, Map<String, String> encryptionContext) {
    }

    private record Resources(KmsClient client, KmsSecretStore store, Region region, AwsCredentialsProvider credentials, String keyId, Cache<CacheKey, Secret> cache) {

        String keyArn() throws KmsSecretException {
            return store.keyArn(keyId);
        }

        /** Threads that ask for the same value side by side wait for one call to KMS. */
        Secret decrypt(final String ciphertext, final Map<String, String> encryptionContext) throws KmsSecretException {
            final CacheKey key = new CacheKey(ciphertext, new TreeMap<>(encryptionContext));

            try {
                while (true) {
                    final Secret cached = cache.get(key, absent -> decryptUnchecked(absent.ciphertext(), absent.encryptionContext()));

                    try {
                        return cached.copy();
                    } catch (final IllegalStateException e) {
                        // Evicted, and so wiped, since the cache handed it out: KMS is asked again.
                        cache.asMap().remove(key, cached);
                    }
                }
            } catch (final KmsFailure e) {
                throw e.exception;
            }
        }

        private Secret decryptUnchecked(final String ciphertext, final Map<String, String> encryptionContext) {
            try {
                return store.decrypt(ciphertext, encryptionContext);
            } catch (final KmsSecretException e) {
                throw new KmsFailure(e);
            }
        }

        void close() {
            cache.asMap().values().forEach(Secret::close);
            cache.invalidateAll();
            client.close();
        }
    }

    /** Carries the checked exception through the cache's function. */
    private static final class KmsFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final KmsSecretException exception;

        private KmsFailure(final KmsSecretException exception) {
            super(exception);
            this.exception = exception;
        }
    }
}
