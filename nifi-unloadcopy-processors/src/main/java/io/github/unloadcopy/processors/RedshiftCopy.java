package io.github.unloadcopy.processors;

import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ClusterProbe;
import io.github.unloadcopy.redshift.ConnectionSource;
import io.github.unloadcopy.redshift.DataEncryption;
import io.github.unloadcopy.redshift.LoadOrigin;
import io.github.unloadcopy.redshift.LoadRequest;
import io.github.unloadcopy.redshift.LoadResult;
import io.github.unloadcopy.redshift.RedshiftException;
import io.github.unloadcopy.redshift.TableDefinition;
import io.github.unloadcopy.redshift.TableLoader;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.redshift.TablePlace;
import io.github.unloadcopy.redshift.TargetPlan;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.staging.S3Location;
import org.apache.nifi.annotation.behavior.InputRequirement;
import org.apache.nifi.annotation.behavior.InputRequirement.Requirement;
import org.apache.nifi.annotation.behavior.WritesAttribute;
import org.apache.nifi.annotation.behavior.WritesAttributes;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.flowfile.attributes.CoreAttributes;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.AbstractProcessor;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.VerifiableProcessor;
import org.apache.nifi.processor.util.StandardValidators;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

@InputRequirement(Requirement.INPUT_REQUIRED)
@Tags({"redshift", "aws", "copy", "load", "import", "s3", "kms", "migration", "table"})
@CapabilityDescription("""
        Loads what RedshiftUnload staged into a table of an Amazon Redshift cluster: exactly the files of the manifest, with one COPY statement, in one transaction.
        The transaction is committed only when as many rows were loaded as were unloaded; otherwise it is rolled back, the table is as it was, and the staged data is kept.
        Each load is recorded in a ledger table within the same transaction, so that a FlowFile that runs twice is loaded once.""")
@SeeAlso({DecryptConfig.class, RedshiftUnload.class, PurgeS3Prefix.class})
@WritesAttributes({
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_ROWS, description = "The number of rows loaded and committed"),
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_CREATED, description = "Whether the table was created, or a new one put in its place"),
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_NOTES, description = "What of the source's table could not be carried over, one sentence a line; absent when all could"),
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_ALREADY_LOADED, description = "Whether an earlier try had committed this load, so that this one did nothing"),
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_QUERY_ID, description = "The cluster's id of the COPY, for its system tables; absent when none ran"),
        @WritesAttribute(attribute = UnloadCopyAttributes.COPY_DURATION, description = "How long the load took, in milliseconds"),
        @WritesAttribute(attribute = "unloadcopy.run.*", description = "On a summary: id, started, ended, configuration; numbers of tables, succeeded, failed, not.begun, already.loaded"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_COMPONENT, description = "On failure: this processor's name"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_REASON, description = "On failure: what kind of failure it is"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_MESSAGE, description = "On failure: what went wrong and what to mend")
})
public class RedshiftCopy extends AbstractProcessor implements VerifiableProcessor {

    public static final PropertyDescriptor SCHEMA_NAME = new PropertyDescriptor.Builder()
            .name("Schema Name")
            .description("The schema of the table to load.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.TARGET + UnloadCopyAttributes.SCHEMA + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor TABLE_NAME = new PropertyDescriptor.Builder()
            .name("Table Name")
            .description("The table to load.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.TARGET + UnloadCopyAttributes.TABLE + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor TABLE_DEFINITION = new PropertyDescriptor.Builder()
            .name("Table Definition")
            .description("How the source's table is made, as RedshiftUnload writes it.")
            .required(true)
            .dependsOn(CommonProperties.TARGET_TABLE, TargetTable.CREATE_IF_MISSING, TargetTable.REPLACE)
            .defaultValue("${" + UnloadCopyAttributes.SOURCE_DEFINITION + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor COLUMNS = new PropertyDescriptor.Builder()
            .name("Columns")
            .description("""
                    The columns to load, in the order of the staged files, separated by commas, in double quotes where a name holds a comma.
                    By default those of the configuration, and without such those that were unloaded, by name: the order of columns in the two tables may differ.""")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.TARGET + UnloadCopyAttributes.COLUMNS + ":replaceEmpty(${" + UnloadCopyAttributes.UNLOAD_COLUMNS + "})}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor EXPLICIT_IDS = new PropertyDescriptor.Builder()
            .name("Explicit IDs")
            .description("Whether values of an IDENTITY column are loaded from the staged files (true) instead of being generated (false). A table without one takes no notice.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.EXPLICIT_IDS + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor MANIFEST = new PropertyDescriptor.Builder()
            .name("Manifest")
            .description("The manifest of the staged files, as s3://bucket/key. It may be empty only when no rows are expected.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.STAGING_MANIFEST + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor EXPECTED_ROWS = new PropertyDescriptor.Builder()
            .name("Expected Rows")
            .description("How many rows have to be loaded. With any other number the load is rolled back.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.UNLOAD_ROWS + "}")
            .addValidator(StandardValidators.NON_NEGATIVE_INTEGER_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor NULL_MARKER = new PropertyDescriptor.Builder()
            .name("NULL Marker")
            .description("The text that stands for NULL in the staged files.")
            .required(true)
            .defaultValue("${" + UnloadCopyAttributes.NULL_MARKER + "}")
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor WRAPPED_DATA_KEY = new PropertyDescriptor.Builder()
            .name("Wrapped Data Key")
            .description("The data key under which Redshift encrypted the staged files, itself encrypted under the KMS key, in base64. Empty for files that S3 encrypted (SSE-KMS).")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.DATA_KEY_WRAPPED + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor DATA_KEY_CONTEXT = new PropertyDescriptor.Builder()
            .name("Data Key Encryption Context")
            .description("The encryption context of the wrapped data key, as a JSON object.")
            .required(false)
            .defaultValue("${" + UnloadCopyAttributes.DATA_KEY_CONTEXT + "}")
            .addValidator(StandardValidators.ATTRIBUTE_EXPRESSION_LANGUAGE_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor LOAD_LEDGER = new PropertyDescriptor.Builder()
            .name("Load Ledger Table")
            .description("""
                    The table on the target cluster, as schema.table, that records each load in the transaction that makes it. It is created when it is missing, and so is the empty table
                    beside it, with _gate added to its name, that loads lock before they commit. The database user needs SELECT and INSERT on the first, and UPDATE on the second.""")
            .required(true)
            .defaultValue("public.unloadcopy_loads")
            .addValidator(StandardValidators.createRegexMatchingValidator(Pattern.compile("[^.\"]+\\.[^.\"]+")))
            .build();

    public static final Relationship SUCCESS = new Relationship.Builder()
            .name("success")
            .description("The rows are loaded, proven and committed")
            .build();

    public static final Relationship FAILURE = new Relationship.Builder()
            .name("failure")
            .description("Nothing was loaded, and the staged data is kept; the error attributes say why")
            .build();

    private static final Set<Relationship> RELATIONSHIPS = Set.of(SUCCESS, FAILURE, RunReporting.SUMMARY);

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            CommonProperties.CONNECTION_POOLING_SERVICE,
            CommonProperties.KMS_CREDENTIALS_SERVICE,
            SCHEMA_NAME,
            TABLE_NAME,
            CommonProperties.TARGET_TABLE,
            CommonProperties.CREATE_SCHEMA,
            CommonProperties.UNVERIFIED_POLICIES_STRATEGY,
            TABLE_DEFINITION,
            COLUMNS,
            EXPLICIT_IDS,
            MANIFEST,
            EXPECTED_ROWS,
            NULL_MARKER,
            WRAPPED_DATA_KEY,
            DATA_KEY_CONTEXT,
            CommonProperties.IAM_ROLE_ARN,
            CommonProperties.ACCESS_KEY_ID_CIPHERTEXT,
            CommonProperties.SECRET_ACCESS_KEY_CIPHERTEXT,
            LOAD_LEDGER,
            CommonProperties.MIGRATION_RUN_SERVICE,
            CommonProperties.STATEMENT_TIMEOUT
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
    public void onTrigger(final ProcessContext context, final ProcessSession session) {
        FlowFile flowFile = session.get();

        if (flowFile == null) {
            return;
        }

        try {
            final FlowFileProperties properties = new FlowFileProperties(context, flowFile);
            final TableName table = new TableName(properties.required(SCHEMA_NAME), properties.required(TABLE_NAME));
            final Map<String, String> attributes = load(context, flowFile, properties, table);
            flowFile = session.putAllAttributes(flowFile, attributes);
            log(table, attributes);
            session.getProvenanceReporter().invokeRemoteProcess(flowFile, transitUri(flowFile, table), "COPY into %s, %s rows".formatted(table, attributes.get(UnloadCopyAttributes.COPY_ROWS)));
            session.transfer(flowFile, SUCCESS);
        } catch (final RedshiftException | KmsSecretException | InvalidFlowFileException e) {
            if (Failures.retriesLater(session, getLogger(), e)) {
                return;
            }

            getLogger().error("Load failed", e);
            flowFile = Failures.describe(session, flowFile, getClass().getSimpleName(), e);
            session.transfer(flowFile, FAILURE);
            new RunReporting(context, session, getIdentifier(), getLogger()).failed(flowFile, FAILURE);
        }
    }

    @Override
    public List<ConfigVerificationResult> verify(final ProcessContext context, final ComponentLog verificationLogger, final Map<String, String> attributes) {
        return List.of(Verification.connect(context, verificationLogger, attributes));
    }

    /** The engine, with its pauses between attempts. */
    TableLoader createLoader() {
        return new TableLoader();
    }

    private void log(final TableName table, final Map<String, String> attributes) {
        final boolean before = Boolean.parseBoolean(attributes.get(UnloadCopyAttributes.COPY_ALREADY_LOADED));
        getLogger().info("Loaded {}: {} rows{}", table, attributes.get(UnloadCopyAttributes.COPY_ROWS), before ? ", by an earlier try" : "");
    }

    private Map<String, String> load(final ProcessContext context, final FlowFile flowFile, final FlowFileProperties properties, final TableName table)
            throws RedshiftException, KmsSecretException, InvalidFlowFileException {
        final long start = System.nanoTime();
        final KmsCredentialsService kms = CommonProperties.kmsCredentialsService(context);

        try (StagingAccess access = StagingAccess.of(properties, kms); Secret dataKey = dataKey(properties, kms)) {
            // COPY takes SSE-KMS files without being told the key: the KMS key in a load request would say nothing.
            final DataEncryption encryption = dataKey == null ? new DataEncryption.SseKms(null) : new DataEncryption.ClientSide(dataKey);
            final LoadRequest request = new LoadRequest(
                    table,
                    plan(context, flowFile, properties),
                    properties.columns(COLUMNS),
                    manifest(properties),
                    properties.rows(EXPECTED_ROWS),
                    access.authorization(),
                    encryption,
                    properties.required(NULL_MARKER),
                    kms.getRegion().id(),
                    Boolean.parseBoolean(properties.optional(EXPLICIT_IDS)),
                    loadId(flowFile, table),
                    origin(flowFile),
                    ledger(context),
                    Math.toIntExact(context.getProperty(CommonProperties.STATEMENT_TIMEOUT).asTimePeriod(TimeUnit.SECONDS)));
            final ConnectionSource connections = () -> Connections.open(CommonProperties.connectionPoolingService(context), flowFile.getAttributes());
            requireDistinctTables(connections, flowFile, table);
            final LoadResult result = createLoader().load(connections, request);

            final Map<String, String> attributes = new HashMap<>();
            attributes.put(UnloadCopyAttributes.COPY_ROWS, Long.toString(result.rows()));
            attributes.put(UnloadCopyAttributes.COPY_ALREADY_LOADED, Boolean.toString(result.alreadyLoaded()));
            attributes.put(UnloadCopyAttributes.COPY_DURATION, Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));

            attributes.put(UnloadCopyAttributes.COPY_CREATED, Boolean.toString(result.created()));

            if (!result.notes().isEmpty()) {
                attributes.put(UnloadCopyAttributes.COPY_NOTES, String.join("\n", result.notes()));
                result.notes().forEach(note -> getLogger().warn("{}: {}", table, note));
            }

            if (result.queryId() != null) {
                attributes.put(UnloadCopyAttributes.COPY_QUERY_ID, result.queryId());
            }

            return attributes;
        }
    }

    /** RedshiftUnload sees to it only where it can ask the target. */
    private static void requireDistinctTables(final ConnectionSource connections, final FlowFile flowFile, final TableName table) throws RedshiftException {
        final String twin = flowFile.getAttribute(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.TABLE_TWIN);
        final String namespace = flowFile.getAttribute(UnloadCopyAttributes.SOURCE_NAMESPACE);
        final TableName source = source(flowFile);

        if (twin != null || namespace != null && source != null) {
            try (ClusterProbe probe = ClusterProbe.open(connections, "the target")) {
                final TablePlace target = TablePlace.of(probe, table);
                target.requireOtherThan(twin, TablePretest.TWO_INTO_ONE);

                if (source != null) {
                    new TablePlace(namespace, isCaseSensitive(flowFile), source).requireOtherThan(target);
                }
            }
        }
    }

    /** Returns null when the FlowFile does not name it. */
    private static TableName source(final FlowFile flowFile) {
        final String schema = flowFile.getAttribute(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.SCHEMA);
        final String table = flowFile.getAttribute(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.TABLE);
        return schema == null || schema.isEmpty() || table == null || table.isEmpty() ? null : new TableName(schema, table);
    }

    private static boolean isCaseSensitive(final FlowFile flowFile) {
        return Boolean.parseBoolean(flowFile.getAttribute(UnloadCopyAttributes.SOURCE_CASE_SENSITIVE));
    }

    private static TargetPlan plan(final ProcessContext context, final FlowFile flowFile, final FlowFileProperties properties) throws InvalidFlowFileException {
        final TargetTable targetTable = context.getProperty(CommonProperties.TARGET_TABLE).asAllowableValue(TargetTable.class);

        if (targetTable == TargetTable.MUST_EXIST) {
            return TargetPlan.MUST_EXIST;
        }

        try {
            return new TargetPlan(targetTable.mode(), TableDefinition.fromJson(properties.required(TABLE_DEFINITION)), context.getProperty(CommonProperties.CREATE_SCHEMA).asBoolean(),
                    CommonProperties.unverifiedPolicies(context), renamingRunTables(flowFile));
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("The target table cannot be created: %s. Let RedshiftUnload have the same %s, and connect it to this step".formatted(e.getMessage(),
                    CommonProperties.TARGET_TABLE.getName()), e);
        }
    }

    /** Where no table of the run has another name in the target, all is known of all names. */
    private static int renamingRunTables(final FlowFile flowFile) {
        return count(flowFile, UnloadCopyAttributes.RUN_TABLES_RENAMED) > 0 ? Math.toIntExact(Math.max(0, count(flowFile, UnloadCopyAttributes.RUN_TABLES))) : 0;
    }

    private static S3Location manifest(final FlowFileProperties properties) throws InvalidFlowFileException {
        final String manifest = properties.optional(MANIFEST);

        if (manifest == null) {
            if (properties.rows(EXPECTED_ROWS) > 0) {
                throw new InvalidFlowFileException("Property %s is empty for this FlowFile, but rows are expected".formatted(MANIFEST.getName()));
            }

            return null;
        }

        try {
            return S3Location.parse(manifest);
        } catch (final IllegalArgumentException e) {
            throw new InvalidFlowFileException("Property %s is not a location in S3: %s".formatted(MANIFEST.getName(), e.getMessage()), e);
        }
    }

    /** Returns null for files that S3 encrypted. */
    private static Secret dataKey(final FlowFileProperties properties, final KmsCredentialsService kms) throws InvalidFlowFileException, KmsSecretException {
        final String wrapped = properties.optional(WRAPPED_DATA_KEY);

        if (wrapped == null) {
            return null;
        }

        return kms.decrypt(wrapped, JsonAttribute.parse(properties.optional(DATA_KEY_CONTEXT), "The encryption context of the data key"));
    }

    /** A staging prefix names the run and the source table. Without one, the FlowFile's own UUID, which survives retries, tells this load from others. */
    private static String loadId(final FlowFile flowFile, final TableName table) {
        final String prefix = flowFile.getAttribute(UnloadCopyAttributes.STAGING_PREFIX);
        return "%s into %s".formatted(prefix == null || prefix.isBlank() ? flowFile.getAttribute(CoreAttributes.UUID.key()) : prefix, table);
    }

    /** For the ledger; a FlowFile that RedshiftUnload did not make says less. */
    private static LoadOrigin origin(final FlowFile flowFile) {
        final String endpoint = flowFile.getAttribute(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.ENDPOINT);
        final TableName source = source(flowFile);
        return new LoadOrigin(
                flowFile.getAttribute(UnloadCopyAttributes.RUN_ID),
                endpoint == null ? null : "%s:%s/%s".formatted(endpoint, flowFile.getAttribute(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.PORT),
                        flowFile.getAttribute(UnloadCopyAttributes.SOURCE + UnloadCopyAttributes.DATABASE)),
                source == null || isCaseSensitive(flowFile) ? source : source.folded(),
                count(flowFile, UnloadCopyAttributes.UNLOAD_FILES),
                count(flowFile, UnloadCopyAttributes.UNLOAD_BYTES),
                flowFile.getAttribute(UnloadCopyAttributes.UNLOAD_QUERY_ID),
                flowFile.getAttribute(UnloadCopyAttributes.STAGING_MANIFEST_SHA256));
    }

    private static long count(final FlowFile flowFile, final String attribute) {
        final String value = flowFile.getAttribute(attribute);
        return value != null && value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
    }

    private static TableName ledger(final ProcessContext context) {
        final String[] parts = context.getProperty(LOAD_LEDGER).getValue().strip().split("\\.", 2);
        return new TableName(parts[0], parts[1]);
    }

    private static String transitUri(final FlowFile flowFile, final TableName table) {
        final String endpoint = flowFile.getAttribute(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.ENDPOINT);
        final String port = flowFile.getAttribute(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.PORT);
        final String database = flowFile.getAttribute(UnloadCopyAttributes.TARGET + UnloadCopyAttributes.DATABASE);
        return endpoint == null ? "redshift:" + table : "redshift://%s:%s/%s/%s".formatted(endpoint, port, database, table);
    }
}
