package io.github.unloadcopy.processors;

import io.github.unloadcopy.config.ConfigException;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.ParsedConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.services.GoingRun;
import io.github.unloadcopy.services.KmsCredentialsService;
import io.github.unloadcopy.services.MigrationRun;
import io.github.unloadcopy.services.MigrationRunException;
import io.github.unloadcopy.services.MigrationRunService;
import io.github.unloadcopy.services.PriorRun;
import io.github.unloadcopy.services.RecentRun;
import io.github.unloadcopy.services.TableRecord;
import io.github.unloadcopy.services.WhenTableFails;
import io.github.unloadcopy.services.WhileRunIsGoing;
import io.github.unloadcopy.staging.StagingException;
import org.apache.nifi.annotation.behavior.InputRequirement;
import org.apache.nifi.annotation.behavior.InputRequirement.Requirement;
import org.apache.nifi.annotation.behavior.Restricted;
import org.apache.nifi.annotation.behavior.Restriction;
import org.apache.nifi.annotation.behavior.WritesAttribute;
import org.apache.nifi.annotation.behavior.WritesAttributes;
import org.apache.nifi.annotation.configuration.DefaultSchedule;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.PropertyValue;
import org.apache.nifi.components.RequiredPermission;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.flowfile.FlowFile;
import org.apache.nifi.flowfile.attributes.CoreAttributes;
import org.apache.nifi.flowfile.attributes.FragmentAttributes;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.ProcessContext;
import org.apache.nifi.processor.ProcessSession;
import org.apache.nifi.processor.Relationship;
import org.apache.nifi.processor.VerifiableProcessor;
import org.apache.nifi.processor.util.StandardValidators;
import org.apache.nifi.scheduling.SchedulingStrategy;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

@InputRequirement(Requirement.INPUT_ALLOWED)
@DefaultSchedule(strategy = SchedulingStrategy.CRON_DRIVEN, period = "0 0 4 * * ?")
@Tags({"redshift", "aws", "kms", "configuration", "decrypt", "unload", "copy", "migration"})
@CapabilityDescription("""
        Reads a configuration of the Redshift Unload/Copy Utility, checks it, proves that AWS KMS decrypts every secret in it, and emits one FlowFile for each table.
        The FlowFiles carry settings and ciphertext as attributes; no plaintext secret ever enters one. Each run has an id of its own, which all its tables share.
        Without an incoming connection it reads the configured location on its schedule: let it run on the primary node only.
        With a Migration Run Service, it does not start a run while the one before it, of the same configuration, is going, nor sooner after it than the Minimum Run Interval.""")
@SeeAlso({RedshiftUnload.class, RedshiftCopy.class, PurgeS3Prefix.class})
@Restricted(restrictions = @Restriction(requiredPermission = RequiredPermission.READ_FILESYSTEM, explanation = "Reads a configuration from any file that NiFi can read"))
@WritesAttributes({
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_ID, description = "A UUID that names the run"),
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_STARTED, description = "When the run started, as an ISO-8601 instant"),
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_TABLES, description = "The number of tables of the run"),
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_TABLES_RENAMED, description = "The number of tables of the run that have another name in the target; absent when there are none"),
        @WritesAttribute(attribute = UnloadCopyAttributes.RUN_TABLE_INDEX, description = "The number of this table in the run, from 1 on"),
        @WritesAttribute(attribute = "fragment.identifier", description = "The id of the run, for processors that merge or wait for the tables of one run"),
        @WritesAttribute(attribute = "fragment.index", description = "The number of this table in the run, from 1 on"),
        @WritesAttribute(attribute = "fragment.count", description = "The number of tables of the run"),
        @WritesAttribute(attribute = UnloadCopyAttributes.SOURCE + "*", description = "Of the cluster to unload from: endpoint, port, database, user, password.ciphertext, schema, table, columns; "
                + "and table.twin, another table of the run whose name differs in its case only"),
        @WritesAttribute(attribute = UnloadCopyAttributes.TARGET + "*", description = "Of the cluster to copy into: endpoint, port, database, user, password.ciphertext, schema, table, columns; "
                + "and table.twin, another table of the run whose name differs in its case only"),
        @WritesAttribute(attribute = UnloadCopyAttributes.SOURCE_QUERY, description = "Where the configuration has an unloadStatement: its SELECT"),
        @WritesAttribute(attribute = UnloadCopyAttributes.EXPLICIT_IDS, description = "Whether values of an IDENTITY column are loaded as they are"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_PATH, description = "Where to stage, as s3://bucket/path"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_DELETE, description = "Whether to delete the staged data after the load"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_ROLE_ARN, description = "The role with which the clusters reach the staged data"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_ACCESS_KEY_ID_CIPHERTEXT, description = "Where there is no role: the id of the access key, encrypted"),
        @WritesAttribute(attribute = UnloadCopyAttributes.STAGING_SECRET_ACCESS_KEY_CIPHERTEXT, description = "Where there is no role: the secret access key, encrypted"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_COMPONENT, description = "On failure: this processor's name"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_REASON, description = "On failure: what kind of failure it is"),
        @WritesAttribute(attribute = UnloadCopyAttributes.ERROR_MESSAGE, description = "On failure: what went wrong and what to mend")
})
public class DecryptConfig extends AbstractS3Processor implements VerifiableProcessor {

    public static final PropertyDescriptor CONFIGURATION_SOURCE = new PropertyDescriptor.Builder()
            .name("Configuration Source")
            .description("Where the configuration is.")
            .required(true)
            .allowableValues(ConfigurationSource.class)
            .defaultValue(ConfigurationSource.LOCATION)
            .build();

    public static final PropertyDescriptor CONFIGURATION_LOCATION = new PropertyDescriptor.Builder()
            .name("Configuration Location")
            .description("The file with the configuration: a path on the NiFi node, or s3://bucket/key in the Region of the KMS Credentials Service.")
            .required(true)
            .dependsOn(CONFIGURATION_SOURCE, ConfigurationSource.LOCATION)
            .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES)
            .build();

    public static final PropertyDescriptor WHILE_RUN_IS_GOING = new PropertyDescriptor.Builder()
            .name("While a Run Is Going")
            .description("What to do when the last run of this processor with the same configuration has tables that have not ended.")
            .required(true)
            .dependsOn(CommonProperties.MIGRATION_RUN_SERVICE)
            .allowableValues(WhileRunIsGoing.class)
            .defaultValue(WhileRunIsGoing.SKIP)
            .build();

    public static final PropertyDescriptor MINIMUM_RUN_INTERVAL = new PropertyDescriptor.Builder()
            .name("Minimum Run Interval")
            .description("""
                    A trigger that comes sooner than this after the start of the last run with the same configuration starts nothing. Set it when the processor is timer-driven, to a
                    little less than its period, such as 20 hours for 1 day: NiFi triggers a timer-driven processor whenever it starts, which includes restarts of NiFi, changes of
                    parameters and new versions of the flow, and whenever another node becomes the primary node. A CRON-driven processor needs no value.
                    A run whose tables failed counts; a run whose tables were never emitted does not. An incoming FlowFile starts a run at any time. Run Once is a trigger like any other:
                    to start a run with it, stop the processor, remove this value, choose Run Once, and set the value again. Or disable the Migration Run Service, clear its state, which
                    makes it forget all runs of all its processors, enable it, and choose Run Once.""")
            .required(false)
            .dependsOn(CommonProperties.MIGRATION_RUN_SERVICE)
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.SECONDS, 366, TimeUnit.DAYS))
            .build();

    public static final PropertyDescriptor WHEN_TABLE_FAILS = new PropertyDescriptor.Builder()
            .name("When a Table Fails")
            .description("What becomes of the other tables of the run when one fails, after NiFi has made its retries.")
            .required(true)
            .dependsOn(CommonProperties.MIGRATION_RUN_SERVICE)
            .allowableValues(WhenTableFails.class)
            .defaultValue(WhenTableFails.GO_ON)
            .build();

    public static final Relationship SUCCESS = new Relationship.Builder()
            .name("success")
            .description("One FlowFile for each table to migrate")
            .build();

    public static final Relationship ORIGINAL = new Relationship.Builder()
            .name("original")
            .description("The incoming FlowFile, once its tables went to success")
            .autoTerminateDefault(true)
            .build();

    public static final Relationship FAILURE = new Relationship.Builder()
            .name("failure")
            .description("The configuration cannot be used; the error attributes say why. The incoming FlowFile, or an empty one when there was none")
            .build();

    private static final Set<Relationship> RELATIONSHIPS = Set.of(SUCCESS, ORIGINAL, FAILURE);

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            CONFIGURATION_SOURCE,
            CONFIGURATION_LOCATION,
            CommonProperties.KMS_CREDENTIALS_SERVICE,
            CommonProperties.MIGRATION_RUN_SERVICE,
            WHILE_RUN_IS_GOING,
            MINIMUM_RUN_INTERVAL,
            WHEN_TABLE_FAILS,
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
        final FlowFile incoming = session.get();

        if (incoming == null && context.hasIncomingConnection()) {
            return;
        }

        try {
            final ConfigurationDocument document = read(context, session, incoming);
            final ParsedConfig parsed = new ConfigReader().read(document.content());
            parsed.warnings().forEach(warning -> getLogger().warn("Configuration {}: {}", document.uri(), warning));
            final KmsCredentialsService kms = CommonProperties.kmsCredentialsService(context);
            requireRegion(parsed.config(), kms);
            proveSecrets(parsed.config(), kms);
            run(context, session, incoming, document, parsed.config());
        } catch (final ConfigException | KmsSecretException | StagingException | InvalidFlowFileException | MigrationRunException e) {
            getLogger().error("The configuration cannot be used", e);
            final FlowFile failed = incoming == null ? session.create() : incoming;
            session.transfer(Failures.describe(session, failed, getClass().getSimpleName(), e), FAILURE);
        }
    }

    @Override
    public List<ConfigVerificationResult> verify(final ProcessContext context, final ComponentLog verificationLogger, final Map<String, String> attributes) {
        final List<ConfigVerificationResult> results = new ArrayList<>();

        if (context.getProperty(CONFIGURATION_SOURCE).asAllowableValue(ConfigurationSource.class) == ConfigurationSource.CONTENT) {
            results.add(new ConfigVerificationResult.Builder().verificationStepName("Read the configuration").outcome(Outcome.SKIPPED)
                    .explanation("The configuration is known only from a FlowFile").build());
            return results;
        }

        final MigrationConfig[] config = new MigrationConfig[1];
        results.add(Verification.step("Read the configuration", verificationLogger, () -> {
            final String location = context.getProperty(CONFIGURATION_LOCATION).evaluateAttributeExpressions(attributes).getValue();
            try (S3Client client = createS3Client(context)) {
                final ParsedConfig parsed = new ConfigReader().read(ConfigurationDocument.load(location, client).content());
                config[0] = parsed.config();
                return "%d tables from %s to %s%s".formatted(config[0].tables().size(), config[0].source().endpoint(), config[0].target().endpoint(),
                        parsed.warnings().isEmpty() ? "" : ". " + String.join(". ", parsed.warnings()));
            }
        }));

        if (config[0] != null) {
            results.add(Verification.step("Compare Regions", verificationLogger, () -> {
                requireRegion(config[0], CommonProperties.kmsCredentialsService(context));
                return "Staging is in %s".formatted(CommonProperties.kmsCredentialsService(context).getRegion());
            }));
            results.add(Verification.step("Decrypt the secrets", verificationLogger,
                    () -> "KMS decrypts all %d secrets".formatted(proveSecrets(config[0], CommonProperties.kmsCredentialsService(context)))));
        }

        return results;
    }

    private ConfigurationDocument read(final ProcessContext context, final ProcessSession session, final FlowFile incoming) throws InvalidFlowFileException, StagingException {
        if (context.getProperty(CONFIGURATION_SOURCE).asAllowableValue(ConfigurationSource.class) == ConfigurationSource.LOCATION) {
            final Map<String, String> attributes = incoming == null ? Map.of() : incoming.getAttributes();
            return ConfigurationDocument.load(context.getProperty(CONFIGURATION_LOCATION).evaluateAttributeExpressions(attributes).getValue(), s3Client());
        }

        if (incoming == null) {
            throw new InvalidFlowFileException("%s is %s, but no connection brings FlowFiles".formatted(CONFIGURATION_SOURCE.getName(), ConfigurationSource.CONTENT.getDisplayName()));
        }

        if (incoming.getSize() > ConfigurationDocument.MAXIMUM_BYTES) {
            throw new InvalidFlowFileException("The content is larger than a configuration may be, %d bytes".formatted(ConfigurationDocument.MAXIMUM_BYTES));
        }

        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        session.exportTo(incoming, content);
        return ConfigurationDocument.ofFlowFile(incoming.getAttribute(CoreAttributes.UUID.key()), content.toByteArray());
    }

    /** The original utility's rule: configuration, KMS key and staged data are in one Region. */
    private static void requireRegion(final MigrationConfig config, final KmsCredentialsService kms) throws InvalidFlowFileException {
        final String region = config.staging().region();

        if (region != null && !region.equals(kms.getRegion().id())) {
            throw new InvalidFlowFileException("s3Staging.region is %s, but the KMS Credentials Service is in %s: configuration, KMS key and staging have to be in one Region"
                    .formatted(region, kms.getRegion().id()));
        }
    }

    /** Returns the number of different ciphertexts, all of which decrypt. */
    private static int proveSecrets(final MigrationConfig config, final KmsCredentialsService kms) throws KmsSecretException {
        final Map<String, String> fields = new LinkedHashMap<>();
        fields.put("unloadSource.connectPwd", config.source().passwordCiphertext());
        fields.put("copyTarget.connectPwd", config.target().passwordCiphertext());

        if (config.staging().authorization() instanceof final StagingAuthorization.AccessKey accessKey) {
            fields.put("s3Staging.aws_access_key_id", accessKey.accessKeyIdCiphertext());
            fields.put("s3Staging.aws_secret_access_key", accessKey.secretAccessKeyCiphertext());
        }

        for (final Map.Entry<String, String> field : fields.entrySet()) {
            try {
                kms.decrypt(field.getValue(), Map.of()).close();
            } catch (final KmsSecretException e) {
                throw new KmsSecretException("Field %s: %s".formatted(field.getKey(), e.getMessage()), e.errorCode(), e);
            }
        }

        return Set.copyOf(fields.values()).size();
    }

    private void run(final ProcessContext context, final ProcessSession session, final FlowFile incoming, final ConfigurationDocument document, final MigrationConfig config)
            throws MigrationRunException {
        final MigrationRunService service = CommonProperties.migrationRunService(context);
        final MigrationRun run = new MigrationRun(
                UUID.randomUUID().toString(),
                "%s %s".formatted(getIdentifier(), document.identity()),
                document.uri(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                service == null ? WhenTableFails.GO_ON : context.getProperty(WHEN_TABLE_FAILS).asAllowableValue(WhenTableFails.class),
                records(config));

        if (service == null) {
            emit(session, incoming, document, config, run);
            return;
        }

        final PropertyValue interval = context.getProperty(MINIMUM_RUN_INTERVAL);
        // A FlowFile is sent on purpose.
        final Duration minimumInterval = incoming == null && interval.isSet() ? interval.asDuration() : Duration.ZERO;
        final Optional<PriorRun> prior = start(service, run, context.getProperty(WHILE_RUN_IS_GOING).asAllowableValue(WhileRunIsGoing.class), minimumInterval);

        if (prior.isPresent()) {
            tellPriorRun(prior.get(), document, interval.getValue());

            if (incoming != null) {
                session.transfer(session.penalize(incoming));
            }

            return;
        }

        emit(session, incoming, document, config, run);
        // Should NiFi stop before it calls either, the service tells an emitted run by its tables, and the other by its age.
        session.commitAsync(() -> confirm(service, run), failure -> forget(service, run));
    }

    /** When the answer of the state provider is lost, the run may be remembered although it is not emitted: it must not keep the next trigger from starting. */
    private Optional<PriorRun> start(final MigrationRunService service, final MigrationRun run, final WhileRunIsGoing whileRunIsGoing, final Duration minimumInterval)
            throws MigrationRunException {
        try {
            return service.start(run, whileRunIsGoing, minimumInterval);
        } catch (final MigrationRunException e) {
            forget(service, run);
            throw e;
        }
    }

    /** Not a warning: for a schedule that is right it is what happens at each restart. */
    private void tellPriorRun(final PriorRun prior, final ConfigurationDocument document, final String minimumInterval) {
        switch (prior) {
            case final GoingRun going -> getLogger().info("Nothing is started, because run {} of {}, started at {}, is going: {} of {} tables have ended", going.id(), document.uri(),
                    going.started(), going.ended(), going.tables());
            case final RecentRun recent -> getLogger().info(
                    "Nothing is started, because run {} of {} started at {}, and the {} is {}. To start a run all the same, stop this processor, remove the {}, and choose Run Once",
                    recent.id(), document.uri(), recent.started(), MINIMUM_RUN_INTERVAL.getName(), minimumInterval, MINIMUM_RUN_INTERVAL.getName());
        }
    }

    private void confirm(final MigrationRunService service, final MigrationRun run) {
        try {
            service.confirm(run.id());
        } catch (final MigrationRunException e) {
            getLogger().warn("Run {} cannot be confirmed; the first of its tables that begins confirms it", run.id(), e);
        }
    }

    private void forget(final MigrationRunService service, final MigrationRun run) {
        try {
            service.forget(run.id());
        } catch (final MigrationRunException e) {
            getLogger().warn("Run {} was not emitted and cannot be forgotten; it is given up after some minutes", run.id(), e);
        }
    }

    private static List<TableRecord> records(final MigrationConfig config) {
        final List<TableRecord> records = new ArrayList<>(config.tables().size());

        for (final TablePair tables : config.tables()) {
            records.add(TableRecord.of(records.size() + 1, RunReporting.name(tables.source().schema(), tables.source().table()),
                    RunReporting.name(tables.target().schema(), tables.target().table())));
        }

        return records;
    }

    private static void emit(final ProcessSession session, final FlowFile incoming, final ConfigurationDocument document, final MigrationConfig config, final MigrationRun run) {
        final String count = Integer.toString(config.tables().size());
        final TableAttributes attributes = new TableAttributes(config);
        int index = 0;

        for (final TablePair tables : config.tables()) {
            index++;
            FlowFile table = incoming == null ? session.create() : session.create(incoming);
            table = session.putAllAttributes(table, attributes.of(tables));
            table = session.putAllAttributes(table, Map.of(
                    UnloadCopyAttributes.RUN_ID, run.id(),
                    UnloadCopyAttributes.RUN_STARTED, run.started().toString(),
                    UnloadCopyAttributes.RUN_TABLES, count,
                    UnloadCopyAttributes.RUN_TABLE_INDEX, Integer.toString(index),
                    FragmentAttributes.FRAGMENT_ID.key(), run.id(),
                    FragmentAttributes.FRAGMENT_INDEX.key(), Integer.toString(index),
                    FragmentAttributes.FRAGMENT_COUNT.key(), count));

            if (incoming == null) {
                session.getProvenanceReporter().receive(table, document.uri());
            }

            session.transfer(table, SUCCESS);
        }

        if (incoming != null) {
            session.transfer(incoming, ORIGINAL);
        }
    }
}
