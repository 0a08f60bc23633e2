package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.UnverifiedPolicies;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.services.MigrationRunService;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.context.PropertyContext;
import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.processor.util.StandardValidators;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Properties that several processors have, and the S3 client that they describe.
 */
final class CommonProperties {

    static final PropertyDescriptor KMS_CREDENTIALS_SERVICE = new PropertyDescriptor.Builder()
            .name("KMS Credentials Service")
            .description("Decrypts access keys and data keys, and provides the AWS credentials and the Region for calling S3.")
            .required(true)
            .identifiesControllerService(KmsCredentialsService.class)
            .build();

    static final PropertyDescriptor CONNECTION_POOLING_SERVICE = new PropertyDescriptor.Builder()
            .name("Database Connection Pooling Service")
            .description("Connects to the Redshift cluster. The service is given the attributes of the FlowFile.")
            .required(true)
            .identifiesControllerService(DBCPService.class)
            .build();

    static final PropertyDescriptor MIGRATION_RUN_SERVICE = new PropertyDescriptor.Builder()
            .name("Migration Run Service")
            .description("Remembers which runs are going and how their tables ended. All processors of a flow share one. Without it, runs are not told apart and have no summary.")
            .required(false)
            .identifiesControllerService(MigrationRunService.class)
            .build();

    static final PropertyDescriptor IAM_ROLE_ARN = new PropertyDescriptor.Builder()
            .name("IAM Role ARN")
            .description("The role that the cluster assumes to reach the staged data; several, separated by commas, are a chain. It wins over access keys.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_ROLE_ARN + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    static final PropertyDescriptor ACCESS_KEY_ID_CIPHERTEXT = new PropertyDescriptor.Builder()
            .name("Access Key ID Ciphertext")
            .description("The id of the access key with which the cluster reaches the staged data, encrypted with AWS KMS, in base64.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    static final PropertyDescriptor SECRET_ACCESS_KEY_CIPHERTEXT = new PropertyDescriptor.Builder()
            .name("Secret Access Key Ciphertext")
            .description("The secret access key with which the cluster reaches the staged data, encrypted with AWS KMS, in base64.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_SECRET_ACCESS_KEY_CIPHERTEXT + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    static final PropertyDescriptor STATEMENT_TIMEOUT = new PropertyDescriptor.Builder()
            .name("Statement Timeout")
            .description("How long the statement may run before it is cancelled. Zero means as long as it takes.")
            .required(true)
            .defaultValue("0 secs")
            .addValidator(StandardValidators.createTimePeriodValidator(0, TimeUnit.SECONDS, Integer.MAX_VALUE, TimeUnit.SECONDS))
            .build();

    static final PropertyDescriptor ENDPOINT_OVERRIDE = new PropertyDescriptor.Builder()
            .name("Endpoint Override URL")
            .description("The URL of the S3 endpoint when it is not the Region's own, such as a VPC endpoint. Without it, AWS_ENDPOINT_URL_S3 applies where it is set.")
            .required(false)
            .addValidator(StandardValidators.URL_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    static final PropertyDescriptor COMMUNICATIONS_TIMEOUT = new PropertyDescriptor.Builder()
            .name("Communications Timeout")
            .description("How long to wait for a connection to S3 and for each answer.")
            .required(true)
            .defaultValue("30 secs")
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.SECONDS, 1, TimeUnit.HOURS))
            .build();

    static final PropertyDescriptor TARGET_TABLE = new PropertyDescriptor.Builder()
            .name("Target Table")
            .description("What becomes of the table that rows are loaded into. RedshiftUnload and RedshiftCopy have to have the same value.")
            .required(true)
            .allowableValues(TargetTable.class)
            .defaultValue(TargetTable.MUST_EXIST)
            .build();

    static final PropertyDescriptor CREATE_SCHEMA = new PropertyDescriptor.Builder()
            .name("Create Schema")
            .description("Whether the schema of the target table is created too, where that is missing.")
            .required(true)
            .dependsOn(TARGET_TABLE, TargetTable.CREATE_IF_MISSING, TargetTable.REPLACE)
            .allowableValues("true", "false")
            .defaultValue("false")
            .build();

    static final PropertyDescriptor UNVERIFIED_POLICIES_STRATEGY = new PropertyDescriptor.Builder()
            .name("Unverified Policies Strategy")
            .description("""
                    What becomes of a table that is to be replaced by a user to whom Redshift does not show masking policies: all but superusers and users with the role sys:secadmin.
                    A policy is detached when its table is dropped. RedshiftUnload and RedshiftCopy have to have the same value.""")
            .required(true)
            .dependsOn(TARGET_TABLE, TargetTable.REPLACE)
            .allowableValues(UnverifiedPoliciesStrategy.class)
            .defaultValue(UnverifiedPoliciesStrategy.FAIL)
            .build();

    private CommonProperties() {
    }

    static KmsCredentialsService kmsCredentialsService(final PropertyContext context) {
        return context.getProperty(KMS_CREDENTIALS_SERVICE).asControllerService(KmsCredentialsService.class);
    }

    static DBCPService connectionPoolingService(final PropertyContext context) {
        return context.getProperty(CONNECTION_POOLING_SERVICE).asControllerService(DBCPService.class);
    }

    /** Returns null where runs are not remembered. */
    static MigrationRunService migrationRunService(final PropertyContext context) {
        return context.getProperty(MIGRATION_RUN_SERVICE).asControllerService(MigrationRunService.class);
    }

    /** Without a replacement, nothing can be lost. */
    static UnverifiedPolicies unverifiedPolicies(final PropertyContext context) {
        return context.getProperty(TARGET_TABLE).asAllowableValue(TargetTable.class) == TargetTable.REPLACE
                ? context.getProperty(UNVERIFIED_POLICIES_STRATEGY).asAllowableValue(UnverifiedPoliciesStrategy.class).policies() : UnverifiedPolicies.FAIL;
    }

    /** Builds the client that the endpoint and timeout properties describe; the caller closes it. */
    static S3Client s3Client(final PropertyContext context, final AwsCredentialsProvider credentials, final Region region) {
        final Duration timeout = context.getProperty(COMMUNICATIONS_TIMEOUT).asDuration();
        final S3ClientBuilder builder = S3Client.builder()
                .region(region)
                .credentialsProvider(credentials)
                .httpClientBuilder(ApacheHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout));
        final String endpoint = context.getProperty(ENDPOINT_OVERRIDE).evaluateAttributeExpressions().getValue();

        if (endpoint != null && !endpoint.isBlank()) {
            builder.endpointOverride(URI.create(endpoint.strip())).forcePathStyle(true);
        }

        return builder.build();
    }
}
