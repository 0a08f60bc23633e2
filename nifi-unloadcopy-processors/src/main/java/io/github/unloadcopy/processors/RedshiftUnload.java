package io.github.unloadcopy.processors;

import io.github.unloadcopy.kms.DataKey;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.redshift.ColumnList;
import io.github.unloadcopy.redshift.DataEncryption;
import io.github.unloadcopy.redshift.NullMarker;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.SelectList;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.redshift.TablePlace;
import io.github.unloadcopy.redshift.TableUnloader;
import io.github.unloadcopy.redshift.UnloadRequest;
import io.github.unloadcopy.redshift.UnloadResult;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.StagingPrefix;
import org.apache.nifi.annotation.behavior.InputRequirement;
import org.apache.nifi.annotation.behavior.InputRequirement.Requirement;
import org.apache.nifi.annotation.behavior.ReadsAttribute;
import org.apache.nifi.annotation.behavior.ReadsAttributes;
import org.apache.nifi.annotation.behavior.WritesAttribute;
import org.apache.nifi.annotation.behavior.WritesAttributes;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.flowfile.attributes.CoreAttributes;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.VerifiableProcessor;
import org.apache.nifi.processor.util.StandardValidators;
import software.amazon.awssdk.services.s3.S3Client;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

@InputRequirement(Requirement.INPUT_REQUIRED)
@Tags({"redshift", "aws", "unload", "export", "s3", "kms", "migration", "table"})
@CapabilityDescription("""
        Unloads one table of an Amazon Redshift cluster to S3, encrypted under AWS KMS, with one UNLOAD statement and a manifest.
        The files are written under a prefix that no other run shares, each attempt in a folder of its own. The rows that the cluster reports and those that the manifest lists have to agree.
        The data goes from the cluster to S3 directly: it never passes through NiFi. Running the same FlowFile again ends an earlier attempt that still runs on the cluster, and unloads anew.""")
@SeeAlso({DecryptConfig.class, RedshiftCopy.class, PurgeS3Prefix.class})
@ReadsAttributes({
        @ReadsAttribute(attribute = UnloadCopyAttributes.RUN_ID, description = "A UUID that names the run in the staging prefix; without it, the UUID of the FlowFile"),
        @ReadsAttribute(attribute = UnloadCopyAttributes.RUN_STARTED, description = "When the run started, as an ISO-8601 instant; without it, when the FlowFile entered the flow")
})
@WritesAttributes({
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_ID, description = "The UUID that names the run"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_PATH, description = "The folder below which the run has its own"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_PREFIX, description = "Where the table is staged, by all attempts: everything below it belongs to this FlowFile"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_MANIFEST, description = "The manifest of the staged files; absent when the table has no rows"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_MANIFEST_SHA256, description = "The SHA-256 of the manifest, in hexadecimal digits; absent without a manifest"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ENCRYPTION, description = "How the staged data is encrypted"),
        @WritesAttribute(attribute = UnloadCopyAttributes.DATA_KEY_WRAPPED, description = "The data key, encrypted under the KMS key, in base64; with client-side encryption only"),
        @WritesAttribute(attribute = UnloadCopyAttributes.DATA_KEY_CONTEXT, description = "The encryption context of the data key, as JSON; with client-side encryption only"),
        @WritesAttribute(attribute = UnloadCopyAttributes.NULL_MARKER, description = "The text that stands for NULL in the staged files"),
        @WritesAttribute(attribute = UnloadCopyAttributes.SOURCE_DEFINITION, description = "How the table is made, as JSON; only when the target table may be created or replaced"),
        @WritesAttribute(attribute = UnloadCopyAttributes.SOURCE_NAMESPACE, description = "The source's namespace and database, which tell it from any other; absent when it does not tell"),
        @WritesAttribute(attribute = UnloadCopyAttributes.SOURCE_CASE_SENSITIVE, description = "Whether the source tells names apart by their case; absent when it does not"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_ROWS, description = "The number of rows unloaded"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_FILES, description = "The number of files written, without the manifest"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_BYTES, description = "The size of the files in bytes"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_COLUMNS, description = "The columns unloaded, in the order of the files"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_QUERY_ID, description = "The cluster's id of the UNLOAD, for its system tables"),
        @WritesAttribute(attribute = UnloadCopyAttributes.UNLOAD_DURATION, description = "How long the unload took, in milliseconds"),
        @WritesAttribute(attribute = "unloadcopy.run.*", description = "On a summary: id, started, ended, configuration; numbers of tables, succeeded, failed, not.begun, already.loaded"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_COMPONENT, description = "On failure: this processor's name"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_REASON, description = "On failure: what kind of failure it is"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_MESSAGE, description = "On failure: what went wrong and what to mend")
})
public class RedshiftUnload extends AbstractS3Processor implements VerifiableProcessor {

    public static final PropertyDescriptor DATABASE_NAME = new PropertyDescriptor.Builder()
            .name("Database Name")
            .description("The name of the database, for the staging prefix.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.DATABASE + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor SCHEMA_NAME = new PropertyDescriptor.Builder()
            .name("Schema Name")
            .description("The schema of the table to unload.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.SCHEMA + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor TABLE_NAME = new PropertyDescriptor.Builder()
            .name("Table Name")
            .description("The table to unload.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.TABLE + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor COLUMNS = new PropertyDescriptor.Builder()
            .name("Columns")
            .description("""
                    The columns to unload, separated by commas, in double quotes where a name holds other characters than letters, digits and underscores. An expression needs a name behind AS,
                    as in id, coalesce(amount, 0) AS amount. Without it, all columns.""")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.COLUMNS + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .addValidator(new SqlValidator(SelectList::parse))
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor QUERY = new PropertyDescriptor.Builder()
            .name("Query")
            .description("""
                    A SELECT whose rows are unloaded in the place of the table's, which then only names the staged data: one statement that begins with SELECT or WITH, without INTO. Anything else is
                    refused before a cluster is asked. Without it, all rows of the table.""")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE_QUERY + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .addValidator(new SqlValidator(Selection::query))
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor TARGET_CONNECTION_POOLING_SERVICE = new PropertyDescriptor.Builder()
            .name("Target Connection Pooling Service")
            .description("""
                    Connects to the target cluster. With it, the target table is looked at before anything is unloaded: that it can be reached, that it is there or can be created,
                    that the user may load it, and that the columns to load are enough for its NOT NULL and IDENTITY columns. Without it, RedshiftCopy finds out after the unload.""")
            .required(false)
            .identifiesControllerService(DBCPService.class)
            .build();

    public static final PropertyDescriptor VALUE_CHECK = new PropertyDescriptor.Builder()
            .name("Value Check")
            .description("""
                    Whether to look for values that the staged text would not carry, before anything is unloaded: floating-point values with more digits than the cluster writes, and SUPER
                    values of more than 65,535 bytes. The check reads such columns once; tables without them are not read.""")
            .required(true)
            .allowableValues(ValueCheck.class)
            .defaultValue(ValueCheck.CHECK)
            .build();

    public static final PropertyDescriptor RESTRICTED_DATA_STRATEGY = new PropertyDescriptor.Builder()
            .name("Restricted Data Strategy")
            .description("""
                    What to do when row-level security hides rows of the table from the user of the unload, or a masking policy changes values for it: Redshift would unload the rest without an error.
                    Masking policies are found only where Redshift shows them to the user: to superusers and users with the role sys:secadmin.""")
            .required(true)
            .allowableValues(RestrictedDataStrategy.class)
            .defaultValue(RestrictedDataStrategy.FAIL)
            .build();

    public static final PropertyDescriptor STAGING_PATH = new PropertyDescriptor.Builder()
            .name("Staging Path")
            .description("Where to stage, as s3://bucket/path. Below it, each run has a folder named by its start and its id, and each table a folder in that.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_PATH + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor ENCRYPTION = new PropertyDescriptor.Builder()
            .name("Encryption")
            .description("How the staged data is encrypted.")
            .required(true)
            .allowableValues(Encryption.class)
            .defaultValue(Encryption.SSE_KMS)
            .build();

    public static final Relationship SUCCESS = new Relationship.Builder()
            .name("success")
            .description("The table is staged, and the number of rows is proven")
            .build();

    public static final Relationship FAILURE = new Relationship.Builder()
            .name("failure")
            .description("The table could not be unloaded; the error attributes say why")
            .build();

    private static final Set<Relationship> RELATIONSHIPS = Set.of(SUCCESS, FAILURE, RunReporting.SUMMARY);

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            CommonProperties.CONNECTION_POOLING_SERVICE,
            CommonProperties.KMS_CREDENTIALS_SERVICE,
            DATABASE_NAME,
            SCHEMA_NAME,
            TABLE_NAME,
            COLUMNS,
            QUERY,
            RESTRICTED_DATA_STRATEGY,
            CommonProperties.TARGET_TABLE,
            CommonProperties.CREATE_SCHEMA,
            CommonProperties.UNVERIFIED_POLICIES_STRATEGY,
            TARGET_CONNECTION_POOLING_SERVICE,
            VALUE_CHECK,
            STAGING_PATH,
            ENCRYPTION,
            CommonProperties.MIGRATION_RUN_SERVICE,
            CommonProperties.IAM_ROLE_ARN,
            CommonProperties.ACCESS_KEY_ID_CIPHERTEXT,
            CommonProperties.SECRET_ACCESS_KEY_CIPHERTEXT,
            CommonProperties.STATEMENT_TIMEOUT,
            CommonProperties.ENDPOINT_OVERRIDE,
            CommonProperties.COMMUNICATIONS_TIMEOUT
    );

    @Override
    public Set<Relationship> getRelationships() {
        return RELATIONSHIPS;
    }

    @Override
    protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
        return PROPERTY_DESCRIPTORS;
    }

    @Override
    S3Client createS3Client(final ProcessContext context) {
        final KmsCredentialsService kms = CommonProperties.kmsCredentialsService(context);
        return CommonProperties.s3Client(context, kms.getAwsCredentialsProvider(), kms.getRegion());
    }

    @Override
    public void onTrigger(final ProcessContext context, final ProcessSession session) {
        FlowFile flowFile = session.get();

        if (flowFile == null) {
            return;
        }

        final RunReporting run = new RunReporting(context, session, getIdentifier(), getLogger());

        try {
            run.begin(flowFile);
            final FlowFileProperties properties = new FlowFileProperties(context, flowFile);
            final Destination destination = destination(properties, flowFile);
            // Written before anything runs: whoever looks into a failure has to know where files may lie.
            flowFile = session.putAllAttributes(flowFile, Map.of(
                    UnloadCopyAttributes.RUN_ID, destination.runId(),
                    UnloadCopyAttributes.STAGING_PATH, properties.required(STAGING_PATH),
                    UnloadCopyAttributes.STAGING_PREFIX, destination.prefix().location().toString()));
            // Those of an earlier attempt say nothing about this one.
            flowFile = session.removeAllAttributes(flowFile, Set.of(UnloadCopyAttributes.STAGING_MANIFEST, UnloadCopyAttributes.STAGING_MANIFEST_SHA256,
                    UnloadCopyAttributes.SOURCE_NAMESPACE, UnloadCopyAttributes.SOURCE_CASE_SENSITIVE));
            final TablePretest pretest = new TablePretest(context, properties);
            // A query that is not one SELECT is refused before anything is asked.
            final Selection selection = pretest.selection();
            final TablePlace place = pretest.lookAtNames();
            pretest.lookAtTarget();
            flowFile = session.putAllAttributes(flowFile, attributes(place));
            final Map<String, String> attributes = unload(context, properties, destination, selection);
            flowFile = session.putAllAttributes(flowFile, attributes);
            getLogger().info("Unloaded {}: {} rows in {} files of {} bytes", destination.table(), attributes.get(UnloadCopyAttributes.UNLOAD_ROWS),
                    attributes.get(UnloadCopyAttributes.UNLOAD_FILES), attributes.get(UnloadCopyAttributes.UNLOAD_BYTES));
            session.getProvenanceReporter().invokeRemoteProcess(flowFile, destination.prefix().location().toString(),
                    "UNLOAD of %s, %s rows, %s files".formatted(destination.table(), attributes.get(UnloadCopyAttributes.UNLOAD_ROWS), attributes.get(UnloadCopyAttributes.UNLOAD_FILES)));
            session.transfer(flowFile, SUCCESS);
        } catch (final RedshiftException | StagingException | KmsSecretException | InvalidFlowFileException e) {
            if (Failures.retriesLater(session, getLogger(), e)) {
                return;
            }

            getLogger().error("Unload failed", e);
            flowFile = Failures.describe(session, flowFile, getClass().getSimpleName(), e);
            session.transfer(flowFile, FAILURE);
            run.failed(flowFile, FAILURE);
        } catch (final RunStoppedException e) {
            getLogger().info("{}", e.getMessage());
            flowFile = Failures.describe(session, flowFile, getClass().getSimpleName(), e);
            session.transfer(flowFile, FAILURE);
            run.notBegun(flowFile, FAILURE);
        }
    }

    @Override
    public List<ConfigVerificationResult> verify(final ProcessContext context, final ComponentLog verificationLogger, final Map<String, String> attributes) {
        final FlowFileProperties properties = new FlowFileProperties(context, attributes);
        final List<ConfigVerificationResult> results = new ArrayList<>();
        results.add(Verification.step("Find the KMS key", verificationLogger, () -> "%s is enabled".formatted(CommonProperties.kmsCredentialsService(context).getKeyArn())));
        results.add(Verification.connect(context, verificationLogger, attributes));

        if (properties.optional(TABLE_NAME) != null) {
            results.add(Verification.step("Look at the source table", verificationLogger, () -> new TablePretest(context, properties).lookAtSource()));
            results.add(Verification.step("Look at the target table", verificationLogger, () -> {
                final TablePretest pretest = new TablePretest(context, properties);
                pretest.lookAtNames();
                return pretest.lookAtTarget();
            }));
        }

        return results;
    }

    private Map<String, String> unload(final ProcessContext context, final FlowFileProperties properties, final Destination destination, final Selection selection)
            throws RedshiftException, StagingException, KmsSecretException, InvalidFlowFileException {
        final long start = System.nanoTime();
        final KmsCredentialsService kms = CommonProperties.kmsCredentialsService(context);
        final Encryption encryption = context.getProperty(ENCRYPTION).asAllowableValue(Encryption.class);
        final Map<String, String> attributes = new HashMap<>();

        try (StagingAccess access = StagingAccess.of(properties, kms); DataKey dataKey = dataKey(encryption, kms, destination, attributes)) {
            final DataEncryption dataEncryption = dataKey == null ? new DataEncryption.SseKms(kms.getKeyArn()) : new DataEncryption.ClientSide(dataKey.plaintext());
            final UnloadRequest request = new UnloadRequest(
                    selection,
                    properties.required(DATABASE_NAME),
                    destination.prefix(),
                    access.authorization(),
                    dataEncryption,
                    NullMarker.forRun(destination.runId()),
                    kms.getRegion().id(),
                    context.getProperty(CommonProperties.TARGET_TABLE).asAllowableValue(TargetTable.class) != TargetTable.MUST_EXIST,
                    context.getProperty(RESTRICTED_DATA_STRATEGY).asAllowableValue(RestrictedDataStrategy.class).restricted(),
                    context.getProperty(VALUE_CHECK).asAllowableValue(ValueCheck.class) == ValueCheck.CHECK,
                    Math.toIntExact(context.getProperty(CommonProperties.STATEMENT_TIMEOUT).asTimePeriod(TimeUnit.SECONDS)));
            final TableUnloader unloader = new TableUnloader(new ManifestReader(s3Client()));
            final UnloadResult result = unloader.unload(() -> Connections.open(CommonProperties.connectionPoolingService(context), properties.attributes()), request);

            if (result.manifest() != null) {
                attributes.put(UnloadCopyAttributes.STAGING_MANIFEST, result.manifest().toString());
                attributes.put(UnloadCopyAttributes.STAGING_MANIFEST_SHA256, result.manifestSha256());
            }

            if (result.definition() != null) {
                attributes.put(UnloadCopyAttributes.SOURCE_DEFINITION, result.definition().toJson());
            }

            attributes.put(UnloadCopyAttributes.ENCRYPTION, encryption.name());
            attributes.put(UnloadCopyAttributes.NULL_MARKER, request.nullMarker());
            attributes.put(UnloadCopyAttributes.UNLOAD_ROWS, Long.toString(result.rows()));
            attributes.put(UnloadCopyAttributes.UNLOAD_FILES, Long.toString(result.files()));
            attributes.put(UnloadCopyAttributes.UNLOAD_BYTES, Long.toString(result.bytes()));
            attributes.put(UnloadCopyAttributes.UNLOAD_COLUMNS, ColumnList.format(result.columns()));
            attributes.put(UnloadCopyAttributes.UNLOAD_QUERY_ID, String.valueOf(result.queryId()));
            attributes.put(UnloadCopyAttributes.UNLOAD_DURATION, Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
            return attributes;
        }
    }

    /** For the loading step, which does not see the source. */
    private static Map<String, String> attributes(final TablePlace place) {
        final Map<String, String> attributes = new HashMap<>();

        if (place.database() != null) {
            attributes.put(UnloadCopyAttributes.SOURCE_NAMESPACE, place.database());
        }

        if (place.caseSensitive()) {
            attributes.put(UnloadCopyAttributes.SOURCE_CASE_SENSITIVE, "true");
        }

        return attributes;
    }

    private static Destination destination(final FlowFileProperties properties, final FlowFile flowFile) throws InvalidFlowFileException {
        final TableName table = new TableName(properties.required(SCHEMA_NAME), properties.required(TABLE_NAME));
        final String runId = runId(flowFile);
        final String started = flowFile.getAttribute(UnloadCopyAttributes.RUN_STARTED);

        try {
            final Instant instant = started == null || started.isBlank() ? Instant.ofEpochMilli(flowFile.getEntryDate()) : Instant.parse(started.strip());
            final StagingPrefix prefix = StagingPrefix.of(S3Location.parse(properties.required(STAGING_PATH)), instant, runId, properties.required(DATABASE_NAME), table);
            return new Destination(table, runId, prefix);
        } catch (final IllegalArgumentException | DateTimeParseException e) {
            throw new InvalidFlowFileException("No staging prefix for %s: %s".formatted(table, e.getMessage()), e);
        }
    }

    /** The FlowFile's own UUID survives a retry, so a retry without a run id still writes to the same place. */
    private static String runId(final FlowFile flowFile) throws InvalidFlowFileException {
        final String runId = flowFile.getAttribute(UnloadCopyAttributes.RUN_ID);

        if (runId == null || runId.isBlank()) {
            return flowFile.getAttribute(CoreAttributes.UUID.key());
        }

        try {
            return UUID.fromString(runId.strip()).toString();
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Attribute %s has to be a UUID".formatted(UnloadCopyAttributes.RUN_ID), e);
        }
    }

    /** Returns null unless Redshift itself is to encrypt. */
    private static DataKey dataKey(final Encryption encryption, final KmsCredentialsService kms, final Destination destination, final Map<String, String> attributes)
            throws KmsSecretException {
        if (encryption == Encryption.SSE_KMS) {
            return null;
        }

        final Map<String, String> context = Map.of("run", destination.runId(), "table", destination.table().toString(), "prefix", destination.prefix().location().toString());
        final DataKey dataKey = kms.generateDataKey(context);
        attributes.put(UnloadCopyAttributes.DATA_KEY_WRAPPED, dataKey.wrapped());
        attributes.put(UnloadCopyAttributes.DATA_KEY_CONTEXT, JsonAttribute.format(context));
        return dataKey;
    }

    private record Destination(TableName table, String runId, StagingPrefix prefix) {
    }
}
