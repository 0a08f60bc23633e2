package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import software.amazon.awssdk.core.sync.RequestBody;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The delivered flow in the real NiFi, as a test uses it: on one configuration after the other. All imports share one parameter context, so one flow at a time has its services enabled. */
final class DeliveredFlow implements AutoCloseable {
    static final String DECRYPT = "Decrypt Config";
    static final String UNLOAD = "Unload from Redshift";
    static final String COPY = "Copy into Redshift";
    static final String PURGE = "Purge Staged Data";

    /** With capitals: the original utility's paths had none. */
    private static final String CONFIGURATION = "config/For Tests.json";
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final Duration IDLE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Map<String, String> DEFAULTS = Map.of("Encryption", "SSE_KMS", "Target Table", "MUST_EXIST", "Create Schema", "false", "When a Table Fails", "GO_ON",
            "While a Run Is Going", "SKIP");

    private final Landscape landscape;
    private final NiFiClient client;
    private final ProcessGroup group;
    private GroupStatus lastStatus;

    /** Imports the flow, and gives it the parameters that every configuration needs. */
    DeliveredFlow(final Landscape landscape, final String name) throws Exception {
        this(landscape, name, landscape.build().exampleFlow());
    }

    /** Imports a flow with the processors and parameters of the delivered one. */
    DeliveredFlow(final Landscape landscape, final String name, final Path definition) throws Exception {
        this(landscape, landscape.client(), name, definition);
    }

    /** Imports it into another NiFi than that of the landscape. */
    DeliveredFlow(final Landscape landscape, final NiFiClient client, final String name, final Path definition) throws Exception {
        this.landscape = landscape;
        this.client = client;
        group = client.upload(definition, name);
        client.setParameters(group, landscape.parameters());

        // As delivered, what failed waits half a minute before it is tried again.
        for (final String processor : List.of(UNLOAD, COPY, PURGE)) {
            client.configure(group, processor, JsonNodeFactory.instance.objectNode().put("penaltyDuration", "1 sec"));
        }
    }

    ProcessGroup group() {
        return group;
    }

    /** Writes a configuration to S3, points the flow to it with the given parameters and the delivered ones, and enables the services. */
    void use(final Object configuration, final Map<String, String> parameters) throws NiFiException {
        final CloudSettings settings = landscape.clouds().settings();
        landscape.clouds().s3().putObject(request -> request.bucket(settings.bucket()).key(settings.prefix() + CONFIGURATION), RequestBody.fromString(configuration.toString()));
        final Map<String, String> values = new HashMap<>(DEFAULTS);
        values.put("Configuration Location", location());
        values.putAll(parameters);
        client.setParameters(group, values);
        client.enableServices(group);
    }

    /** Where the configuration is. */
    String location() {
        final CloudSettings settings = landscape.clouds().settings();
        return settings.location(settings.prefix() + CONFIGURATION);
    }

    /** Runs the flow once, until every table has come to its end; what earlier runs left in its queues is removed before. */
    FlowRun run(final Object configuration, final Map<String, String> parameters) throws Exception {
        client.emptyQueues(group);
        use(configuration, parameters);
        start();
        return awaitEnd();
    }

    /** With the parameters as they are delivered. */
    FlowRun run(final Object configuration) throws Exception {
        return run(configuration, Map.of());
    }

    /** Starts a run, whatever the time is: Decrypt Config is triggered once, and the steps after it stay started. */
    void start() throws NiFiException {
        Migration.startRun(client, group);
    }

    /** Triggers stopped processors once each, one after the other. */
    void step(final String... processors) throws NiFiException {
        for (final String processor : processors) {
            client.runOnce(group, processor);
        }
    }

    /** Starts some of the processors, and waits for the end of all tables. */
    FlowRun finish(final String... processors) throws Exception {
        client.startProcessors(group, processors);
        return awaitEnd();
    }

    /** Waits for an end of the run that was started, and stops the flow. */
    FlowRun awaitEnd() throws Exception {
        final long[] idleSince = {0};

        try {
            Await.until(DEADLINE, () -> "the run has ended: " + lastStatus, () -> {
                final GroupStatus status = status();
                final boolean idle = status.activeThreads() == 0 && status.queuedBefore(UNLOAD) + status.queuedBefore(COPY) + status.queuedBefore(PURGE) == 0;
                idleSince[0] = !idle ? 0 : idleSince[0] == 0 ? System.nanoTime() : idleSince[0];
                // Without a summary the configuration was refused; while a FlowFile goes from one queue to the next, it may be missed.
                return idle && (status.queuedIn("summary") > 0 || status.queuedIn("failed") > 0 && System.nanoTime() - idleSince[0] > IDLE_AFTER_FAILURE.toNanos());
            });
        } finally {
            client.stop(group);
        }

        return new FlowRun(attributes("done"), attributes("failed"), summary());
    }

    /** Waits until so many FlowFiles have come to the flow's ends. */
    void awaitQueued(final int done, final int failed, final int summaries) throws Exception {
        Await.until(DEADLINE, () -> "%d tables are done, %d failed, and %d summaries are there: %s".formatted(done, failed, summaries, lastStatus), () -> {
            final GroupStatus status = status();
            return status.queuedIn("done") == done && status.queuedIn("failed") == failed && status.queuedIn("summary") == summaries && status.activeThreads() == 0;
        });
    }

    GroupStatus status() throws NiFiException {
        lastStatus = client.status(group);
        return lastStatus;
    }

    /** Attributes of the FlowFiles in the queues with a name. */
    List<Map<String, String>> attributes(final String name) throws NiFiException {
        for (final Queue connection : status().connections()) {
            if (connection.name().equals(name) && connection.queued() > 0) {
                return client.queued(connection);
            }
        }

        return List.of();
    }

    /** The first summary that is queued. */
    JsonNode summary() throws NiFiException {
        for (final Queue connection : status().connections()) {
            if (connection.name().equals("summary") && connection.queued() > 0) {
                return client.content(connection, client.queued(connection).getFirst().get("uuid"));
            }
        }

        return MissingNode.getInstance();
    }

    /** What is staged, one line for each object. */
    List<String> staged() {
        final CloudSettings settings = landscape.clouds().settings();
        return StagedObjects.list(landscape.clouds().s3(), settings.bucket(), settings.stagingPrefix());
    }

    /** Stops the flow and disables its services, so that another import may use the parameters. */
    @Override
    public void close() throws NiFiException {
        client.stop(group);
        client.disableServices(group);
    }
}
