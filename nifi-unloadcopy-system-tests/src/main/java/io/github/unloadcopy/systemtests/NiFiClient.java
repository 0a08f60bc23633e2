package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** NiFi's REST API, as far as the system tests use it. Every method throws {@link NiFiException} when NiFi answers anything but success. */
public final class NiFiClient {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CHANGE_DEADLINE = Duration.ofSeconds(90);
    private static final int PROVENANCE_EVENTS = 10_000;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final URI api;
    private final String clientId = UUID.randomUUID().toString();
    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    /** @param uri where NiFi listens, such as {@code http://127.0.0.1:8080} */
    public NiFiClient(final URI uri) {
        api = uri.resolve("/nifi-api");
    }

    /** Whether the API answers yet. */
    public boolean isReady() throws IOException {
        try {
            return exchange(request("/flow/status").GET().build()).statusCode() == 200;
        } catch (final ConnectException | HttpTimeoutException exception) {
            return false;
        }
    }

    /** Version of NiFi. */
    public String version() throws NiFiException {
        return get("/flow/about").path("about").path("version").asText();
    }

    /** The nodes of the cluster, as the coordinator knows them. Only for a client of a connected node. */
    List<ClusterNode> clusterNodes() throws NiFiException {
        final List<ClusterNode> nodes = new ArrayList<>();

        for (final JsonNode node : get("/controller/cluster").path("cluster").path("nodes")) {
            final Set<String> roles = new TreeSet<>();
            node.path("roles").forEach(role -> roles.add(role.asText()));
            nodes.add(new ClusterNode(node.path("nodeId").asText(), node.path("apiPort").asInt(), node.path("status").asText(), roles));
        }

        return nodes;
    }

    /**
     * Disconnects a node of the cluster, or connects it again. The request is answered before that has happened.
     *
     * @param node the node
     * @param status DISCONNECTING or CONNECTING
     */
    void changeClusterNode(final ClusterNode node, final String status) throws NiFiException {
        final ObjectNode body = NODES.objectNode();
        body.putObject("node").put("nodeId", node.id()).put("status", status);
        put("/controller/cluster/nodes/" + node.id(), body);
    }

    /** Class names of the processors that NiFi has loaded from the bundle with this artifact id. */
    public Set<String> processorTypes(final String artifact) throws NiFiException {
        return types(get("/flow/processor-types").path("processorTypes"), artifact);
    }

    /** Class names of the controller services that NiFi has loaded from the bundle with this artifact id. */
    public Set<String> controllerServiceTypes(final String artifact) throws NiFiException {
        return types(get("/flow/controller-service-types").path("controllerServiceTypes"), artifact);
    }

    /**
     * Imports a flow definition as a new process group at the top level.
     *
     * @param definition the JSON file
     * @param name name for the group
     */
    public ProcessGroup upload(final Path definition, final String name) throws IOException {
        final String boundary = "boundary-" + UUID.randomUUID();
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        for (final Map.Entry<String, String> field : Map.of("groupName", name, "positionX", "0", "positionY", "0", "clientId", clientId).entrySet()) {
            body.writeBytes("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(boundary, field.getKey(), field.getValue()).getBytes(StandardCharsets.UTF_8));
        }

        body.writeBytes("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"flow.json\"\r\nContent-Type: application/json\r\n\r\n".formatted(boundary)
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(Files.readAllBytes(definition));
        body.writeBytes("\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8));

        final JsonNode group = send(request("/process-groups/root/process-groups/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build());
        return new ProcessGroup(group.path("id").asText(), group.path("component").path("parameterContext").path("id").asText(null));
    }

    /**
     * Replaces what is in a group by a flow definition, as a user does who imports a new version over the old one. What runs is stopped for it, and started again.
     *
     * @param group the group
     * @param definition the JSON file
     */
    public void replace(final ProcessGroup group, final Path definition) throws IOException {
        final ObjectNode body = NODES.objectNode();
        body.set("processGroupRevision", get("/process-groups/" + group.id()).path("revision"));
        body.set("versionedFlowSnapshot", mapper.readTree(definition.toFile()));
        runRequest("/process-groups/%s/replace-requests".formatted(group.id()), "/process-groups/replace-requests", body, "request", "complete");
    }

    /**
     * Sets parameters of a group's context that exist already, and waits until every component has them.
     *
     * @param group the group
     * @param values new values by the parameters' names
     */
    public void setParameters(final ProcessGroup group, final Map<String, String> values) throws NiFiException {
        final JsonNode context = get("/parameter-contexts/" + group.parameterContextId());
        final ArrayNode parameters = NODES.arrayNode();
        final Set<String> unknown = new TreeSet<>(values.keySet());

        for (final JsonNode entry : context.path("component").path("parameters")) {
            final JsonNode parameter = entry.path("parameter");
            final String name = parameter.path("name").asText();

            if (values.containsKey(name)) {
                unknown.remove(name);
                parameters.addObject().putObject("parameter").put("name", name).put("sensitive", parameter.path("sensitive").asBoolean()).put("value", values.get(name));
            }
        }

        if (!unknown.isEmpty()) {
            throw new NiFiException("The parameter context \"%s\" has no parameter %s.".formatted(context.path("component").path("name").asText(), unknown));
        }

        final ObjectNode update = NODES.objectNode();
        update.set("revision", context.path("revision"));
        update.put("id", group.parameterContextId());
        update.putObject("component").put("id", group.parameterContextId()).set("parameters", parameters);
        runRequest("/parameter-contexts/%s/update-requests".formatted(group.parameterContextId()), update, "request", "complete");
    }

    /** Enables all controller services of the group and waits until they are. */
    public void enableServices(final ProcessGroup group) throws NiFiException {
        put("/flow/process-groups/%s/controller-services".formatted(group.id()), NODES.objectNode().put("id", group.id()).put("state", "ENABLED"));
        awaitServices(group, "ENABLED");
    }

    /** Disables all controller services of the group and waits until they are. */
    public void disableServices(final ProcessGroup group) throws NiFiException {
        put("/flow/process-groups/%s/controller-services".formatted(group.id()), NODES.objectNode().put("id", group.id()).put("state", "DISABLED"));
        awaitServices(group, "DISABLED");
    }

    /** Starts every processor of the group. Throws when one of them is not valid. */
    public void start(final ProcessGroup group) throws NiFiException {
        requireValid(group, name -> true);
        put("/flow/process-groups/" + group.id(), NODES.objectNode().put("id", group.id()).put("state", "RUNNING"));
    }

    /** A processor is validated in the background: after a change of its services it may be "validating" for a moment. */
    private void requireValid(final ProcessGroup group, final Predicate<String> names) throws NiFiException {
        final List<String> invalid = new ArrayList<>();
        await("the processors' validation has ended", () -> "", () -> {
            invalid.clear();
            boolean validating = false;

            for (final JsonNode processor : processors(group)) {
                final JsonNode component = processor.path("component");
                final String name = component.path("name").asText();

                if (names.test(name)) {
                    validating |= "VALIDATING".equals(component.path("validationStatus").asText());
                    component.path("validationErrors").forEach(error -> invalid.add(name + ": " + error.asText()));
                }
            }

            return !validating;
        });

        if (!invalid.isEmpty()) {
            throw new NiFiException("These processors cannot start:\n" + String.join("\n", invalid));
        }
    }

    /** Starts the processors with these names. Throws when one of them is not valid. */
    public void startProcessors(final ProcessGroup group, final String... names) throws NiFiException {
        requireValid(group, Set.of(names)::contains);

        for (final String name : names) {
            final JsonNode processor = processor(group, name);
            final ObjectNode body = NODES.objectNode().put("state", "RUNNING");
            body.set("revision", processor.path("revision"));
            put("/processors/%s/run-status".formatted(processor.path("id").asText()), body);
        }
    }

    /** Triggers a stopped processor once and waits until it has stopped again. Throws when it is not valid. */
    public void runOnce(final ProcessGroup group, final String name) throws NiFiException {
        requireValid(group, name::equals);
        final JsonNode processor = processor(group, name);
        final ObjectNode body = NODES.objectNode().put("state", "RUN_ONCE");
        body.set("revision", processor.path("revision"));
        put("/processors/%s/run-status".formatted(processor.path("id").asText()), body);
        await("%s has run once".formatted(name), () -> "", () -> "STOPPED".equals(processor(group, name).path("component").path("state").asText()));
    }

    /**
     * Changes the configuration of a stopped processor.
     *
     * @param group the group
     * @param name name of the processor
     * @param config fields of the API's processor configuration, such as {@code retryCount}
     */
    public void configure(final ProcessGroup group, final String name, final ObjectNode config) throws NiFiException {
        final JsonNode processor = processor(group, name);
        final String id = processor.path("id").asText();
        final ObjectNode body = NODES.objectNode();
        body.set("revision", processor.path("revision"));
        body.putObject("component").put("id", id).set("config", config);
        put("/processors/" + id, body);
    }

    /**
     * Draws a connection from the funnel that a connection leads to, back to a processor, as a user does to try again what failed.
     *
     * @param group the group
     * @param connection name of a connection to the funnel
     * @param processor name of the processor
     */
    public void connectFunnel(final ProcessGroup group, final String connection, final String processor) throws NiFiException {
        final ObjectNode body = NODES.objectNode();
        body.putObject("revision").put("version", 0).put("clientId", clientId);
        final ObjectNode component = body.putObject("component");
        component.putObject("source").put("id", funnel(group, connection)).put("groupId", group.id()).put("type", "FUNNEL");
        component.putObject("destination").put("id", processor(group, processor).path("id").asText()).put("groupId", group.id()).put("type", "PROCESSOR");
        send(request("/process-groups/%s/connections".formatted(group.id())).header("Content-Type", "application/json").POST(json(body)).build());
    }

    private String funnel(final ProcessGroup group, final String connection) throws NiFiException {
        for (final JsonNode candidate : get("/process-groups/%s/connections".formatted(group.id())).path("connections")) {
            final JsonNode destination = candidate.path("component").path("destination");

            if (connection.equals(candidate.path("component").path("name").asText()) && "FUNNEL".equals(destination.path("type").asText())) {
                return destination.path("id").asText();
            }
        }

        throw new NiFiException("The group has no funnel behind a connection \"%s\".".formatted(connection));
    }

    /** Stops every processor of the group and waits until no thread of theirs runs. */
    public void stop(final ProcessGroup group) throws NiFiException {
        put("/flow/process-groups/" + group.id(), NODES.objectNode().put("id", group.id()).put("state", "STOPPED"));
        await("the processors have stopped", () -> "", () -> {
            boolean running = false;

            for (final JsonNode processor : processors(group)) {
                running |= processor.path("status").path("aggregateSnapshot").path("activeThreadCount").asInt() > 0
                        || "RUNNING".equals(processor.path("component").path("state").asText());
            }

            return !running;
        });
    }

    /** Removes the FlowFiles from every queue of the group. */
    public void emptyQueues(final ProcessGroup group) throws NiFiException {
        runRequest("/process-groups/%s/empty-all-connections-requests".formatted(group.id()), NODES.objectNode(), "dropRequest", "finished");
    }

    /** The processors of the group as the API describes them. */
    public JsonNode processors(final ProcessGroup group) throws NiFiException {
        return get("/process-groups/%s/processors".formatted(group.id())).path("processors");
    }

    /** The controller services of the group as the API describes them. */
    public JsonNode controllerServices(final ProcessGroup group) throws NiFiException {
        return get("/flow/process-groups/%s/controller-services?includeAncestorGroups=false".formatted(group.id())).path("controllerServices");
    }

    /** How busy the group is at the moment. */
    public GroupStatus status(final ProcessGroup group) throws NiFiException {
        final JsonNode status = get("/flow/process-groups/%s/status?recursive=true".formatted(group.id())).path("processGroupStatus").path("aggregateSnapshot");
        final List<Queue> connections = new ArrayList<>();

        for (final JsonNode entry : status.path("connectionStatusSnapshots")) {
            final JsonNode snapshot = entry.path("connectionStatusSnapshot");
            connections.add(new Queue(snapshot.path("id").asText(), snapshot.path("name").asText(), snapshot.path("sourceName").asText(),
                    snapshot.path("destinationName").asText(), snapshot.path("flowFilesQueued").asInt()));
        }

        return new GroupStatus(status.path("activeThreadCount").asInt(), connections);
    }

    /** Attributes of the FlowFiles that wait in a connection: the first hundred, which is as many as NiFi lists. */
    public List<Map<String, String>> queued(final Queue connection) throws NiFiException {
        final JsonNode listing = runRequest("/flowfile-queues/%s/listing-requests".formatted(connection.id()), NODES.objectNode(), "listingRequest", "finished");
        final List<Map<String, String>> flowFiles = new ArrayList<>();

        for (final JsonNode summary : listing.path("listingRequest").path("flowFileSummaries")) {
            final JsonNode flowFile = get("/flowfile-queues/%s/flowfiles/%s".formatted(connection.id(), summary.path("uuid").asText())).path("flowFile");
            final Map<String, String> attributes = new TreeMap<>();
            flowFile.path("attributes").properties().forEach(attribute -> attributes.put(attribute.getKey(), attribute.getValue().asText()));
            flowFiles.add(attributes);
        }

        return flowFiles;
    }

    /**
     * Content of a FlowFile that waits in a connection, as JSON.
     *
     * @param connection the connection
     * @param uuid the FlowFile's attribute of that name
     */
    public JsonNode content(final Queue connection, final String uuid) throws NiFiException {
        return get("/flowfile-queues/%s/flowfiles/%s/content".formatted(connection.id(), uuid));
    }

    /**
     * Bulletins of all components.
     *
     * @param after id of the last bulletin seen; -1 for all that NiFi still has: those of the last five minutes
     */
    public List<Bulletin> bulletins(final long after) throws NiFiException {
        final List<Bulletin> bulletins = new ArrayList<>();

        for (final JsonNode entry : get("/flow/bulletin-board?limit=1000&after=" + after).path("bulletinBoard").path("bulletins")) {
            final JsonNode bulletin = entry.path("bulletin");
            bulletins.add(new Bulletin(entry.path("id").asLong(), bulletin.path("level").asText(), bulletin.path("sourceName").asText(), bulletin.path("message").asText()));
        }

        return bulletins;
    }

    /** All provenance events with their attributes, as the API tells them; at most 10,000. */
    public JsonNode provenanceEvents() throws NiFiException {
        final ObjectNode query = NODES.objectNode();
        query.putObject("provenance").putObject("request").put("maxResults", PROVENANCE_EVENTS).put("incrementalResults", false).put("summarize", false);
        return runRequest("/provenance", query, "provenance", "finished").path("provenance").path("results").path("provenanceEvents");
    }

    /**
     * Lets a stopped processor check its own configuration.
     *
     * @param group the group
     * @param name name of the processor
     * @param attributes stand in for a FlowFile's attributes
     */
    public List<VerificationStep> verifyProcessor(final ProcessGroup group, final String name, final Map<String, String> attributes) throws NiFiException {
        final JsonNode processor = processor(group, name);
        return verify("/processors/" + processor.path("id").asText(), processor.path("id").asText(), processor.path("component").path("config").path("properties"), attributes);
    }

    private JsonNode processor(final ProcessGroup group, final String name) throws NiFiException {
        for (final JsonNode processor : processors(group)) {
            if (name.equals(processor.path("component").path("name").asText())) {
                return processor;
            }
        }

        throw new NiFiException("The group has no processor \"%s\".".formatted(name));
    }

    private List<VerificationStep> verify(final String path, final String id, final JsonNode properties, final Map<String, String> attributes) throws NiFiException {
        final ObjectNode body = NODES.objectNode();
        final ObjectNode request = body.putObject("request").put("componentId", id);
        request.set("properties", properties);
        final ObjectNode attributeNode = request.putObject("attributes");
        attributes.forEach(attributeNode::put);
        final List<VerificationStep> steps = new ArrayList<>();

        for (final JsonNode result : runRequest(path + "/config/verification-requests", body, "request", "complete").path("request").path("results")) {
            steps.add(new VerificationStep(result.path("verificationStepName").asText(), result.path("outcome").asText(), result.path("explanation").asText()));
        }

        return steps;
    }

    private Set<String> types(final JsonNode documentedTypes, final String artifact) {
        final Set<String> types = new TreeSet<>();

        for (final JsonNode type : documentedTypes) {
            if (artifact.equals(type.path("bundle").path("artifact").asText())) {
                types.add(type.path("type").asText());
            }
        }

        return types;
    }

    private void awaitServices(final ProcessGroup group, final String state) throws NiFiException {
        final StringBuilder situation = new StringBuilder();
        await("every controller service is " + state, situation::toString, () -> {
            situation.setLength(0);

            for (final JsonNode service : controllerServices(group)) {
                final JsonNode component = service.path("component");

                if (!state.equals(component.path("state").asText())) {
                    situation.append("\n%s is %s %s".formatted(component.path("name").asText(), component.path("state").asText(), component.path("validationErrors")));
                }
            }

            return situation.isEmpty();
        });
    }

    /** The API's pattern for what takes time: POST makes a request, GET tells how far it is, DELETE ends it. Returns the last state. */
    private JsonNode runRequest(final String path, final JsonNode body, final String field, final String completedField) throws NiFiException {
        return runRequest(path, path, body, field, completedField);
    }

    private JsonNode runRequest(final String path, final String requestsPath, final JsonNode body, final String field, final String completedField) throws NiFiException {
        final JsonNode[] state = {send(request(path).header("Content-Type", "application/json").POST(json(body)).build())};
        final JsonNode request = state[0].path(field);
        final String requestId = request.path("id").asText(request.path("requestId").asText());
        final String requestPath = requestsPath + "/" + requestId;

        try {
            await("POST " + path + " is complete", () -> state[0].toString(), () -> {
                state[0] = get(requestPath);
                return state[0].path(field).path(completedField).asBoolean();
            });
        } finally {
            send(request(requestPath).DELETE().build());
        }

        final String failure = state[0].path(field).path("failureReason").asText("");

        if (!failure.isEmpty() && !"null".equals(failure)) {
            throw new NiFiException("POST %s failed: %s".formatted(path, failure));
        }

        return state[0];
    }

    private void await(final String what, final Supplier<String> situation, final Await.Condition condition) throws NiFiException {
        try {
            Await.until(CHANGE_DEADLINE, () -> what + situation.get(), condition);
        } catch (final NiFiException exception) {
            throw exception;
        } catch (final InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new NiFiException("Interrupted while waiting until " + what, exception);
        } catch (final Exception exception) {
            throw new NiFiException(exception.getMessage(), exception);
        }
    }

    private JsonNode get(final String path) throws NiFiException {
        return send(request(path).GET().build());
    }

    private JsonNode put(final String path, final JsonNode body) throws NiFiException {
        return send(request(path).header("Content-Type", "application/json").PUT(json(body)).build());
    }

    private HttpRequest.Builder request(final String path) {
        return HttpRequest.newBuilder(URI.create(api + path)).timeout(REQUEST_TIMEOUT);
    }

    private HttpRequest.BodyPublisher json(final JsonNode body) {
        return HttpRequest.BodyPublishers.ofString(body.toString());
    }

    private JsonNode send(final HttpRequest request) throws NiFiException {
        final String description = "%s %s".formatted(request.method(), request.uri().getPath());

        try {
            final HttpResponse<String> response = exchange(request);

            if (response.statusCode() / 100 != 2) {
                throw new NiFiException("%s: NiFi answered %d: %s".formatted(description, response.statusCode(), response.body()));
            }

            return mapper.readTree(response.body());
        } catch (final NiFiException exception) {
            throw exception;
        } catch (final IOException exception) {
            throw new NiFiException("%s: %s".formatted(description, exception), exception);
        }
    }

    private HttpResponse<String> exchange(final HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (final InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new NiFiException("Interrupted", exception);
        }
    }
}
