package io.github.unloadcopy.services;

import com.zaxxer.hikari.HikariConfig;
import io.github.unloadcopy.processors.UnloadCopyAttributes;
import io.github.unloadcopy.redshift.Redactor;
import org.apache.nifi.annotation.documentation.CapabilityDescription;
import org.apache.nifi.annotation.documentation.SeeAlso;
import org.apache.nifi.annotation.documentation.Tags;
import org.apache.nifi.annotation.lifecycle.OnDisabled;
import org.apache.nifi.annotation.lifecycle.OnEnabled;
import org.apache.nifi.annotation.lifecycle.OnRemoved;
import org.apache.nifi.annotation.lifecycle.OnShutdown;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.components.PropertyValue;
import org.apache.nifi.components.resource.ResourceCardinality;
import org.apache.nifi.components.resource.ResourceType;
import org.apache.nifi.context.PropertyContext;
import org.apache.nifi.controller.AbstractControllerService;
import org.apache.nifi.controller.ConfigurationContext;
import org.apache.nifi.controller.VerifiableControllerService;
import org.apache.nifi.dbcp.DBCPService;
import org.apache.nifi.expression.ExpressionLanguageScope;
import org.apache.nifi.logging.ComponentLog;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.processor.util.StandardValidators;

import java.io.File;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

@Tags({"redshift", "aws", "jdbc", "database", "connection", "pool", "kms", "dbcp"})
@CapabilityDescription("""
        Pools connections to Amazon Redshift. Endpoint, database, user and the password's KMS ciphertext come from the attributes of the FlowFile that a connection is for,
        so one service serves every cluster of a configuration; or they are typed in. The password is decrypted by the KMS credentials service each time a connection is made.
        The Redshift driver is included, and connections are always encrypted with TLS.""")
@SeeAlso(KmsCredentialsService.class)
public class RedshiftConnectionPool extends AbstractControllerService implements DBCPService, VerifiableControllerService {

    public static final PropertyDescriptor KMS_CREDENTIALS_SERVICE = new PropertyDescriptor.Builder()
            .name("KMS Credentials Service")
            .description("Decrypts the password.")
            .required(true)
            .identifiesControllerService(KmsCredentialsService.class)
            .build();

    public static final PropertyDescriptor CLUSTER = new PropertyDescriptor.Builder()
            .name("Cluster")
            .description("Which cluster to connect to.")
            .required(true)
            .allowableValues(RedshiftCluster.class)
            .defaultValue(RedshiftCluster.SOURCE)
            .build();

    public static final PropertyDescriptor ENDPOINT = typedIn("Endpoint", "The host name of the cluster or workgroup, without port.").build();

    public static final PropertyDescriptor PORT = typedIn("Port", "The port of the cluster.").defaultValue("5439").build();

    public static final PropertyDescriptor DATABASE = typedIn("Database", "The name of the database.").build();

    public static final PropertyDescriptor USER = typedIn("User", "The database user.").build();

    public static final PropertyDescriptor PASSWORD_CIPHERTEXT = typedIn("Password Ciphertext", "The user's password, encrypted with AWS KMS without encryption context, in base64.").build();

    public static final PropertyDescriptor ALLOWED_ENDPOINTS = new PropertyDescriptor.Builder()
            .name("Allowed Endpoints")
            .description("""
                    The endpoints that passwords may be sent to, separated by commas, as host or host:port; an asterisk stands for any characters, as in *.abc123.us-east-1.redshift.amazonaws.com:5439.
                    A connection to any other endpoint is refused before its password is decrypted, whatever a configuration or the attributes of a FlowFile say. Without it, all are allowed.""")
            .required(false)
            .addValidator(AllowedEndpoints.VALIDATOR)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor SSL_MODE = new PropertyDescriptor.Builder()
            .name("SSL Mode")
            .description("How the cluster's certificate is checked.")
            .required(true)
            .allowableValues(SslMode.class)
            .defaultValue(SslMode.VERIFY_FULL)
            .build();

    public static final PropertyDescriptor SSL_ROOT_CERTIFICATE = new PropertyDescriptor.Builder()
            .name("SSL Root Certificate")
            .description("A PEM file with the authorities that may sign the cluster's certificate. Without it, those that Java trusts, Amazon's among them.")
            .required(false)
            .identifiesExternalResource(ResourceCardinality.SINGLE, ResourceType.FILE)
            .expressionLanguageSupported(ExpressionLanguageScope.ENVIRONMENT)
            .build();

    public static final PropertyDescriptor MAX_CONNECTIONS = new PropertyDescriptor.Builder()
            .name("Max Total Connections")
            .description("""
                    The maximum number of connections to one cluster, database and user at a time. Set it to at least one more than the number of unloads and loads that run at once on this cluster:
                    a load needs a second connection for a moment before it commits, and an unload checks its target. When all are in use for Max Wait Time, the FlowFile is tried again later.""")
            .required(true)
            .defaultValue("20")
            .addValidator(StandardValidators.POSITIVE_INTEGER_VALIDATOR)
            .build();

    public static final PropertyDescriptor MAX_WAIT_TIME = new PropertyDescriptor.Builder()
            .name("Max Wait Time")
            .description("How long to wait for a connection before giving up.")
            .required(true)
            .defaultValue("30 secs")
            .addValidator(StandardValidators.createTimePeriodValidator(1, TimeUnit.SECONDS, 1, TimeUnit.HOURS))
            .build();

    public static final PropertyDescriptor MAX_IDLE_TIME = new PropertyDescriptor.Builder()
            .name("Max Idle Time")
            .description("How long an unused connection stays open.")
            .required(true)
            .defaultValue("5 mins")
            .addValidator(StandardValidators.createTimePeriodValidator(10, TimeUnit.SECONDS, 1, TimeUnit.DAYS))
            .build();

    private static final List<PropertyDescriptor> PROPERTY_DESCRIPTORS = List.of(
            KMS_CREDENTIALS_SERVICE,
            CLUSTER,
            ENDPOINT,
            PORT,
            DATABASE,
            USER,
            PASSWORD_CIPHERTEXT,
            ALLOWED_ENDPOINTS,
            SSL_MODE,
            SSL_ROOT_CERTIFICATE,
            MAX_CONNECTIONS,
            MAX_WAIT_TIME,
            MAX_IDLE_TIME
    );

    /** For all clusters together; each takes its own time beside the others. */
    private static final Duration LONGEST_CLOSE = SessionTerminator.LONGEST.plus(ClusterPool.CLOSE_WAIT).plusSeconds(1);

    private volatile Enabled enabled;

    @Override
    protected List<PropertyDescriptor> getSupportedPropertyDescriptors() {
        return PROPERTY_DESCRIPTORS;
    }

    @OnEnabled
    public void onEnabled(final ConfigurationContext context) {
        enabled = new Enabled(context, new ConcurrentHashMap<>());
    }

    /** Cancels what still runs, on the clusters as well, and closes all connections. Takes up to some seconds, whatever clusters and network do. */
    @OnDisabled
    @OnShutdown
    @OnRemoved
    public void onDisabled() {
        final Enabled ending = enabled;
        enabled = null;

        if (ending == null) {
            return;
        }

        final Map<ClusterLogin, FutureTask<List<Integer>>> closing = new HashMap<>();
        ending.pools().forEach((login, pool) -> closing.put(login, new FutureTask<>(pool::close)));
        closing.forEach((login, close) -> Thread.ofPlatform().daemon().name("Closing Redshift " + login).start(close));
        final long start = System.nanoTime();

        closing.forEach((login, close) -> {
            try {
                final List<Integer> unknown = close.get(Math.max(0, LONGEST_CLOSE.toNanos() - (System.nanoTime() - start)), TimeUnit.NANOSECONDS);

                if (!unknown.isEmpty()) {
                    getLogger().warn("The connections to {} are closed, but the cluster did not confirm the end of its sessions {}: they may still run there", login, unknown);
                }
            } catch (final TimeoutException e) {
                getLogger().warn("The connections to {} are still being closed: sessions may still run there", login);
            } catch (final ExecutionException e) {
                getLogger().warn("The connections to {} were not closed in order: sessions may still run there", login, e.getCause());
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                getLogger().warn("Interrupted while the connections to {} are being closed: sessions may still run there", login);
            }
        });
    }

    @Override
    public Connection getConnection() throws ProcessException {
        return getConnection(Map.of());
    }

    /**
     * @throws ProcessException naming the cluster and what to mend, with the driver's exception as its cause and no secret in either
     */
    @Override
    public Connection getConnection(final Map<String, String> attributes) throws ProcessException {
        final Enabled current = enabled;

        if (current == null) {
            throw new ProcessException("The Redshift connection pool is not enabled");
        }

        final ClusterLogin login = login(current.context(), attributes);
        final ClusterPool pool = current.pools().computeIfAbsent(login, absent -> pool(current.context(), absent));

        // Disabled meanwhile: this pool may have come too late to be closed with the others.
        if (enabled != current) {
            pool.close();
        }

        try {
            return pool.getConnection();
        } catch (final SQLException e) {
            throw failure(login, e);
        }
    }

    @Override
    public List<ConfigVerificationResult> verify(final ConfigurationContext context, final ComponentLog verificationLogger, final Map<String, String> variables) {
        final ConfigVerificationResult.Builder result = new ConfigVerificationResult.Builder().verificationStepName("Connect to the cluster");
        final RedshiftCluster cluster = context.getProperty(CLUSTER).asAllowableValue(RedshiftCluster.class);

        if (cluster != RedshiftCluster.PROPERTIES && !variables.containsKey(prefix(cluster) + UnloadCopyAttributes.ENDPOINT)) {
            return List.of(result.outcome(Outcome.SKIPPED).explanation("The cluster is known only from a FlowFile: give its %s* attributes to verify with them".formatted(prefix(cluster))).build());
        }

        try {
            final ClusterLogin login = login(context, variables);
            try (Connection connection = dataSource(context, login).getConnection()) {
                result.outcome(Outcome.SUCCESSFUL).explanation("Connected to %s as %s".formatted(login, connection.getMetaData().getUserName()));
            } catch (final SQLException e) {
                throw failure(login, e);
            }
        } catch (final ProcessException e) {
            verificationLogger.warn("The cluster was not reached", e);
            result.outcome(Outcome.FAILED).explanation(e.getMessage());
        }

        return List.of(result.build());
    }

    private static PropertyDescriptor.Builder typedIn(final String name, final String description) {
        return new PropertyDescriptor.Builder()
                .name(name)
                .description(description)
                .required(true)
                .dependsOn(CLUSTER, RedshiftCluster.PROPERTIES)
                .addValidator(StandardValidators.NON_BLANK_VALIDATOR)
                .expressionLanguageSupported(ExpressionLanguageScope.FLOWFILE_ATTRIBUTES);
    }

    private static String prefix(final RedshiftCluster cluster) {
        return cluster == RedshiftCluster.TARGET ? UnloadCopyAttributes.TARGET : UnloadCopyAttributes.SOURCE;
    }

    private static ClusterLogin login(final PropertyContext context, final Map<String, String> attributes) {
        final RedshiftCluster cluster = context.getProperty(CLUSTER).asAllowableValue(RedshiftCluster.class);

        if (cluster == RedshiftCluster.PROPERTIES) {
            return allowed(context, new ClusterLogin(
                    evaluate(context, ENDPOINT, attributes),
                    port(PORT.getName(), evaluate(context, PORT, attributes)),
                    evaluate(context, DATABASE, attributes),
                    evaluate(context, USER, attributes),
                    evaluate(context, PASSWORD_CIPHERTEXT, attributes)));
        }

        final String prefix = prefix(cluster);
        return allowed(context, new ClusterLogin(
                attribute(attributes, prefix + UnloadCopyAttributes.ENDPOINT),
                port(prefix + UnloadCopyAttributes.PORT, attribute(attributes, prefix + UnloadCopyAttributes.PORT)),
                attribute(attributes, prefix + UnloadCopyAttributes.DATABASE),
                attribute(attributes, prefix + UnloadCopyAttributes.USER),
                attribute(attributes, prefix + UnloadCopyAttributes.PASSWORD_CIPHERTEXT)));
    }

    /** Before anything is done with the password. */
    private static ClusterLogin allowed(final PropertyContext context, final ClusterLogin login) {
        final AllowedEndpoints endpoints;

        try {
            endpoints = AllowedEndpoints.parse(context.getProperty(ALLOWED_ENDPOINTS).evaluateAttributeExpressions().getValue());
        } catch (final IllegalArgumentException e) {
            throw new ProcessException("Property %s: %s".formatted(ALLOWED_ENDPOINTS.getName(), e.getMessage()), e);
        }

        if (!endpoints.allows(login.endpoint(), login.port())) {
            throw new ProcessException("No connection to %s: the property %s of the connection pool does not name %s:%d, so no password is sent there".formatted(login, ALLOWED_ENDPOINTS.getName(),
                    login.endpoint(), login.port()));
        }

        return login;
    }

    private static String evaluate(final PropertyContext context, final PropertyDescriptor descriptor, final Map<String, String> attributes) {
        return present("Property " + descriptor.getName(), context.getProperty(descriptor).evaluateAttributeExpressions(attributes).getValue());
    }

    private static String attribute(final Map<String, String> attributes, final String name) {
        return present("Attribute " + name, attributes.get(name));
    }

    private static String present(final String name, final String value) {
        if (value == null || value.isBlank()) {
            throw new ProcessException("%s is empty: it is needed to connect to Redshift".formatted(name));
        }

        return value.strip();
    }

    private static int port(final String name, final String value) {
        try {
            final int port = Integer.parseInt(value);

            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (final NumberFormatException e) {
            throw new ProcessException("%s has to be a port number from 1 to 65535".formatted(name), e);
        }

        throw new ProcessException("%s has to be a port number from 1 to 65535".formatted(name));
    }

    /** Connecting is left to the pool: it takes time, in which other clusters do not have to wait. */
    private static ClusterPool pool(final ConfigurationContext context, final ClusterLogin login) {
        final ClusterDataSource dataSource = dataSource(context, login);
        final HikariConfig config = new HikariConfig();
        config.setPoolName("Redshift " + login);
        config.setDataSource(dataSource);
        config.setMaximumPoolSize(context.getProperty(MAX_CONNECTIONS).asInteger());
        config.setMinimumIdle(0);
        config.setIdleTimeout(context.getProperty(MAX_IDLE_TIME).asDuration().toMillis());
        config.setConnectionTimeout(context.getProperty(MAX_WAIT_TIME).asDuration().toMillis());
        config.setInitializationFailTimeout(1);
        return new ClusterPool(config, dataSource);
    }

    private static ClusterDataSource dataSource(final ConfigurationContext context, final ClusterLogin login) {
        final PropertyValue certificate = context.getProperty(SSL_ROOT_CERTIFICATE).evaluateAttributeExpressions();
        final File rootCertificate = certificate.getValue() == null || certificate.getValue().isBlank() ? null : certificate.asResource().asFile();

        return new ClusterDataSource(
                login,
                context.getProperty(KMS_CREDENTIALS_SERVICE).asControllerService(KmsCredentialsService.class),
                context.getProperty(SSL_MODE).asAllowableValue(SslMode.class),
                rootCertificate,
                context.getProperty(MAX_WAIT_TIME).asDuration());
    }

    private static ProcessException failure(final ClusterLogin login, final SQLException exception) {
        final SQLException redacted = Redactor.redact(exception);
        final List<String> messages = new ArrayList<>();

        for (Throwable cause = redacted; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && !messages.contains(cause.getMessage())) {
                messages.add(cause.getMessage());
            }
        }

        return new ProcessException("No connection to %s: %s".formatted(login, String.join(": ", messages)), redacted);
    }

    /** What one enabling has made: the next one begins anew. */
    private record Enabled(ConfigurationContext context, Map<ClusterLogin, ClusterPool> pools) {
    }
}
