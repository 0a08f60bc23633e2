package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.TablePurge;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.staging.PurgeResult;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagedDataPurger;
import io.github.unloadcopy.staging.StagingException;
import io.github.unloadcopy.staging.StagingPrefix;
import org.apache.nifi.annotation.behavior.InputRequirement;
import org.apache.nifi.annotation.behavior.InputRequirement.Requirement;
import org.apache.nifi.annotation.behavior.WritesAttribute;
import org.apache.nifi.annotation.behavior.WritesAttributes;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.MultiProcessorUseCase;
import org.apache.nifi.annotation.documentation.ProcessorConfiguration;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.util.StandardValidators;
import org.apache.nifi.processors.aws.credentials.provider.AwsCredentialsProviderService;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

@InputRequirement(Requirement.INPUT_REQUIRED)
@Tags({"aws", "s3", "delete", "purge", "cleanup", "redshift", "staging", "prefix"})
@CapabilityDescription("""
        Deletes what all attempts of RedshiftUnload staged, once the load is proven: every object below the staging prefix, every version of it where the bucket keeps versions, and every
        unfinished multipart upload, and then lists the prefix again to prove it empty. It refuses every prefix that is not strictly below the folder of the FlowFile's own
        run, and every FlowFile whose rows loaded are not the rows unloaded. Running the same FlowFile again does no harm.""")
@SeeAlso({DecryptConfig.class, RedshiftUnload.class, RedshiftCopy.class})
@MultiProcessorUseCase(
        description = "Copy tables from one Amazon Redshift cluster to another on a schedule, with encrypted staging that is deleted afterwards",
        notes = """
                The flow definition redshift-unload-copy.json of the project is this pattern, ready to import. With one Migration Run Service for all four, a run that is going is not
                started again, and each run has a summary.""",
        keywords = {"redshift", "migration", "unload", "copy"},
        configurations = {
                @ProcessorConfiguration(processorClass = DecryptConfig.class, configuration = """
                        Set "Configuration Location" to the file or the S3 object with the Unload/Copy configuration, and schedule it on the primary node.
                        Connect "success" to RedshiftUnload."""),
                @ProcessorConfiguration(processorClass = RedshiftUnload.class, configuration = """
                        Set "Database Connection Pooling Service" to a RedshiftConnectionPool whose "Cluster" is Source. Connect "success" to RedshiftCopy."""),
                @ProcessorConfiguration(processorClass = RedshiftCopy.class, configuration = """
                        Set "Database Connection Pooling Service" to a RedshiftConnectionPool whose "Cluster" is Target. Connect "success" to PurgeS3Prefix."""),
                @ProcessorConfiguration(processorClass = PurgeS3Prefix.class, configuration = """
                        Leave the defaults: they delete what the FlowFile's own run staged, unless the configuration says to keep it.""")
        }
)
@WritesAttributes({
        @WritesAttribute(attribute = UnloadCopyAttributes.PURGE_OBJECTS, description = "The number of objects and versions deleted"),
        @WritesAttribute(attribute = UnloadCopyAttributes.PURGE_BYTES, description = "Their size in bytes"),
        @WritesAttribute(attribute = UnloadCopyAttributes.PURGE_UPLOADS, description = "The number of unfinished multipart uploads aborted"),
        @WritesAttribute(attribute = UnloadCopyAttributes.PURGE_NOTES, description = "What could not be looked at, and the permission to grant; absent when there is nothing to say"),
        @WritesAttribute(attribute = "unloadcopy.run.*", description = "On a summary: id, started, ended, configuration; numbers of tables, succeeded, failed, not.begun, already.loaded"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_COMPONENT, description = "On failure: this processor's name"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_REASON, description = "On failure: what kind of failure it is"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_MESSAGE, description = "On failure: what went wrong and what to mend")
})
public class PurgeS3Prefix extends AbstractS3Processor {

    public static final PropertyDescriptor CREDENTIALS_PROVIDER_SERVICE = new PropertyDescriptor.Builder()
            .name("AWS Credentials Provider Service")
            .description("Provides the credentials for calling S3. The KMS credentials service is one.")
            .required(true)
            .identifiesControllerService(AwsCredentialsProviderService.class)
            .build();

    public static final PropertyDescriptor REGION = new PropertyDescriptor.Builder()
            .name("Region")
            .description("The AWS Region of the bucket. Without it, the Region of the KMS credentials service.")
            .required(false)
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor SOURCE_CONNECTION_POOLING_SERVICE = new PropertyDescriptor.Builder()
            .name("Source Connection Pooling Service")
            .description("""
                    Connects to the cluster that unloaded to the prefix. With it, an UNLOAD of an earlier attempt that still runs there is ended first, and the prefix counts as empty only
                    when none can write to it any more. Without it, such an UNLOAD, which NiFi left behind when it was terminated or killed, may write again after the purge.""")
            .required(false)
            .identifiesControllerService(DBCPService.class)
            .build();

    public static final PropertyDescriptor PREFIX = new PropertyDescriptor.Builder()
            .name("Prefix")
            .description("""
                    The staging prefix to empty, as s3://bucket/path/<start of the run>-<id of the run>/<table>/. Nothing else is accepted. It has to be of the run that Run ID names; only a prefix
                    that is typed in without Expression Language needs no run.""")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_PREFIX + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor RUN_ID = new PropertyDescriptor.Builder()
            .name("Run ID")
            .description("The UUID of the run that staged the data. A prefix of another run is refused.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.RUN_ID + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor STAGING_PATH = new PropertyDescriptor.Builder()
            .name("Staging Path")
            .description("""
                    The Staging Path of RedshiftUnload, as s3://bucket/path. A prefix that is not that of a run right below it is refused. Typed in, it keeps the attributes of FlowFiles from naming
                    another bucket or folder.""")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_PATH + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor ROWS_UNLOADED = new PropertyDescriptor.Builder()
            .name("Rows Unloaded")
            .description("How many rows were unloaded to the prefix.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.UNLOAD_ROWS + "}")
            .addValidator(StandardValidators.NON_NEGATIVE_INTEGER_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor ROWS_LOADED = new PropertyDescriptor.Builder()
            .name("Rows Loaded")
            .description("How many rows were loaded from the prefix. Nothing is deleted unless it is the number of rows unloaded.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.COPY_ROWS + "}")
            .addValidator(StandardValidators.NON_NEGATIVE_INTEGER_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor DELETE_STAGED_DATA = new PropertyDescriptor.Builder()
            .name("Delete Staged Data")
            .description("Whether to delete at all: with false, the FlowFile goes to success and the staged data stays. By default what the configuration says in deleteOnSuccess.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_DELETE + ":replaceEmpty('true')}")
            .addValidator(StandardValidators.BOOLEAN_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final Relationship SUCCESS = new Relationship.Builder()
            .name("success")
            .description("Nothing is left below the prefix, or the staged data was to be kept")
            .build();

    public static final Relationship FAILURE = new Relationship.Builder()
            .name("failure")
            .description("Staged data is left below the prefix; the error attributes say why")
            .build();

    private static final Set<Relationship> RELATIONSHIPS = Set.of(SUCCESS, FAILURE, RunReporting.SUMMARY);

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            CREDENTIALS_PROVIDER_SERVICE,
            REGION,
            SOURCE_CONNECTION_POOLING_SERVICE,
            PREFIX,
            RUN_ID,
            STAGING_PATH,
            ROWS_UNLOADED,
            ROWS_LOADED,
            DELETE_STAGED_DATA,
            CommonProperties.MIGRATION_RUN_SERVICE,
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
        final AwsCredentialsProviderService service = context.getProperty(CREDENTIALS_PROVIDER_SERVICE).asControllerService(AwsCredentialsProviderService.class);
        return CommonProperties.s3Client(context, service.getAwsCredentialsProvider(), region(context, service));
    }

    @Override
    public void onTrigger(final ProcessContext context, final ProcessSession session) {
        FlowFile flowFile = session.get();

        if (flowFile == null) {
            return;
        }

        final RunReporting run = new RunReporting(context, session, getIdentifier(), getLogger());

        try {
            final FlowFileProperties properties = new FlowFileProperties(context, flowFile);
            final StagingPrefix prefix = prefix(context, properties);
            final boolean deleting = Boolean.parseBoolean(properties.required(DELETE_STAGED_DATA));
            final PurgeResult result = purge(context, properties, prefix, deleting);
            flowFile = session.putAllAttributes(flowFile, attributes(result));
            result.notes().forEach(note -> getLogger().warn("{}", note));
            session.getProvenanceReporter().invokeRemoteProcess(flowFile, prefix.location().toString(),
                    "%d objects deleted, %d unfinished uploads aborted".formatted(result.objects(), result.uploads()));
            session.transfer(flowFile, SUCCESS);
            run.succeeded(flowFile, deleting ? null : prefix.location().toString());
        } catch (final RedshiftException | StagingException | InvalidFlowFileException e) {
            if (Failures.retriesLater(session, getLogger(), e)) {
                return;
            }

            getLogger().error("Purge failed", e);
            flowFile = Failures.describe(session, flowFile, getClass().getSimpleName(), e);
            session.transfer(flowFile, FAILURE);
            run.failed(flowFile, FAILURE);
        }
    }

    private PurgeResult purge(final ProcessContext context, final FlowFileProperties properties, final StagingPrefix prefix, final boolean deleting)
            throws RedshiftException, StagingException, InvalidFlowFileException {
        final long unloaded = properties.rows(ROWS_UNLOADED);
        final long loaded = properties.rows(ROWS_LOADED);

        if (unloaded != loaded) {
            throw new InvalidFlowFileException("The load is not proven, so %s is kept: %d rows were unloaded and %d loaded".formatted(prefix.location(), unloaded, loaded));
        }

        if (!deleting) {
            return new PurgeResult(0, 0, 0, List.of());
        }

        final StagedDataPurger purger = new StagedDataPurger(s3Client());
        final DBCPService source = context.getProperty(SOURCE_CONNECTION_POOLING_SERVICE).asControllerService(DBCPService.class);
        return source == null ? purger.purge(prefix) : new TablePurge(purger).purge(() -> Connections.open(source, properties.attributes()), prefix);
    }

    private static Map<String, String> attributes(final PurgeResult result) {
        final Map<String, String> attributes = new HashMap<>(Map.of(
                UnloadCopyAttributes.PURGE_OBJECTS, Long.toString(result.objects()),
                UnloadCopyAttributes.PURGE_BYTES, Long.toString(result.bytes()),
                UnloadCopyAttributes.PURGE_UPLOADS, Long.toString(result.uploads())));

        if (!result.notes().isEmpty()) {
            attributes.put(UnloadCopyAttributes.PURGE_NOTES, String.join("\n", result.notes()));
        }

        return attributes;
    }

    /** Whoever sets an attribute decides what is deleted, so an attribute alone is not enough: it has to name data of its FlowFile's own run. */
    private static StagingPrefix prefix(final ProcessContext context, final FlowFileProperties properties) throws InvalidFlowFileException {
        final String run = properties.optional(RUN_ID);
        final String path = properties.optional(STAGING_PATH);

        try {
            final StagingPrefix prefix = StagingPrefix.parse(properties.required(PREFIX));

            if (run != null || context.getProperty(PREFIX).isExpressionLanguagePresent()) {
                if (run == null) {
                    throw new InvalidFlowFileException("Property %s is empty for this FlowFile, so it is unknown whether %s belongs to its run: set it, or type the prefix in"
                            .formatted(RUN_ID.getName(), prefix.location()));
                }

                prefix.requireOf(run, path == null ? null : S3Location.parse(path));
            }

            return prefix;
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Property %s is not what a run may delete: %s".formatted(PREFIX.getName(), e.getMessage()), e);
        }
    }

    private static Region region(final ProcessContext context, final AwsCredentialsProviderService service) {
        final String region = context.getProperty(REGION).evaluateAttributeExpressions().getValue();

        if (region != null && !region.isBlank()) {
            return Region.of(region.strip());
        }

        if (service instanceof final KmsCredentialsService kmsCredentialsService) {
            return kmsCredentialsService.getRegion();
        }

        throw new IllegalStateException("Set the property %s: the credentials service does not know the Region".formatted(REGION.getName()));
    }
}
