package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import software.amazon.awssdk.core.sync.RequestBody;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Moves all tables of a {@link Landscape} from the source to the target with the delivered flow in the real NiFi, and checks what came of it. */
public final class Migration {
    private static final String DONE = "done";
    private static final String FAILED = "failed";
    private static final String SUMMARY = "summary";
    private static final Duration NOTHING_TO_DO = Duration.ofSeconds(20);
    private static final Duration IDLE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final Duration SHORTEST_DEADLINE = Duration.ofMinutes(5);
    private static final Duration DEADLINE_PER_SCALE = Duration.ofMinutes(60);

    private final Landscape landscape;
    private final Narrator narrator;
    private final double scale;
    private final ObjectMapper mapper = new ObjectMapper();
    private final Set<String> seen = new HashSet<>();
    private long lastBulletin = -1;
    private String targetTable;
    private ProcessGroup group;

    /**
     * @param landscape sandbox and NiFi, both ready, with the tables in the source
     * @param scale the scale that the tables were loaded with; decides how long to wait
     * @param narrator told how far it is
     */
    public Migration(final Landscape landscape, final double scale, final Narrator narrator) {
        this.landscape = landscape;
        this.scale = scale;
        this.narrator = narrator;
    }

    /**
     * Leaves the target's tables to the flow, instead of making them empty beforehand.
     *
     * @param value value of the flow's parameter Target Table
     */
    public void leaveTablesToFlow(final String value) {
        targetTable = value;
    }

    /**
     * Runs the flow once for each schema, and checks. Failures of tables do not end it: the report tells them.
     *
     * @param mode how staged data is encrypted
     * @param startedAt {@link System#nanoTime()} when the demonstration began
     * @return what came of it
     * @throws Exception when the flow cannot be run or its outcome not be checked
     */
    public MigrationReport run(final EncryptionMode mode, final long startedAt) throws Exception {
        final Map<String, List<Table>> tablesBySchema = new LinkedHashMap<>();
        Landscape.tables().forEach(table -> tablesBySchema.computeIfAbsent(table.schema(), schema -> new ArrayList<>()).add(table));

        if (targetTable == null) {
            narrator.step("Create empty tables in the target", () -> {
                landscape.createTargetTables();
                return null;
            });
        }

        final Map<String, String> locations = narrator.step("Write the configuration to S3, passwords encrypted with KMS", () -> writeConfigurations(tablesBySchema));
        group = narrator.step("Import the flow into NiFi", () -> importFlow(mode));
        final List<Map<String, String>> flowFiles = new ArrayList<>();
        double migrationSeconds = 0;

        for (final Map.Entry<String, List<Table>> schema : tablesBySchema.entrySet()) {
            final long start = System.nanoTime();
            final String step = "Run the flow: %d %s of the schema %s".formatted(schema.getValue().size(), schema.getValue().size() == 1 ? "table" : "tables", schema.getKey());
            flowFiles.addAll(narrator.step(step, () -> runFlow(locations.get(schema.getKey()), schema.getValue().size())));
            migrationSeconds += seconds(start);
        }

        final List<TableReport> tables = narrator.step("Compare every value in the target with the source", () -> compareTables(flowFiles));
        final List<String> left = narrator.step("Look for staged data that was left", () -> StagedObjects.list(landscape.clouds().s3(), settings().bucket(), settings().stagingPrefix()));
        left.forEach(line -> narrator.say("Left: " + line));
        final List<SecretScan.Hit> hits = narrator.step("Look for secrets in everything that NiFi wrote", () -> searchSecrets(flowFiles));
        hits.forEach(hit -> narrator.say("Found the %s in %s".formatted(hit.secret(), hit.place())));

        return new MigrationReport(mode.label(), scale, tables, left.size(), hits.size(), rounded(migrationSeconds), rounded(seconds(startedAt)));
    }

    /** Disables the services of the flow that was run: another import shares its parameters, which change only while nobody uses them. */
    public void disableServices() throws NiFiException {
        landscape.client().disableServices(group);
    }

    /** Starts a run of the delivered flow, whatever the time is: the steps after the first are started, and that one, which has a schedule, is triggered once. */
    static void startRun(final NiFiClient client, final ProcessGroup group) throws NiFiException {
        client.startProcessors(group, "Unload from Redshift", "Copy into Redshift", "Purge Staged Data");
        client.runOnce(group, "Decrypt Config");
    }

    private Map<String, String> writeConfigurations(final Map<String, List<Table>> tablesBySchema) throws JsonProcessingException {
        final Map<String, String> locations = new HashMap<>();

        for (final Map.Entry<String, List<Table>> schema : tablesBySchema.entrySet()) {
            final ObjectNode configuration = mapper.createObjectNode();
            final List<String> tables = schema.getValue().stream().map(Table::name).toList();
            describeCluster(configuration.putObject("unloadSource"), "source", schema.getKey(), tables);
            configuration.putObject("s3Staging")
                    .put("aws_iam_role", settings().iamRole())
                    .put("path", settings().location(settings().stagingPrefix()))
                    .put("deleteOnSuccess", "True")
                    .put("region", settings().region())
                    .put("kmsGeneratedKey", "True");
            describeCluster(configuration.putObject("copyTarget"), "target", schema.getKey(), tables);

            final String key = "%sconfig/%s.json".formatted(settings().prefix(), schema.getKey());
            final String text = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(configuration);
            landscape.clouds().s3().putObject(request -> request.bucket(settings().bucket()).key(key), RequestBody.fromString(text));
            locations.put(schema.getKey(), settings().location(key));
        }

        return locations;
    }

    private void describeCluster(final ObjectNode node, final String name, final String schema, final List<String> tables) {
        final SandboxEndpoints.Cluster cluster = settings().cluster(name);
        node.put("clusterEndpoint", cluster.host())
                .put("clusterPort", cluster.port())
                .put("connectPwd", landscape.clouds().encrypt(cluster.password()))
                .put("connectUser", cluster.user())
                .put("db", cluster.database())
                .put("schemaName", schema);
        tables.forEach(node.putArray("tableNames")::add);
    }

    private ProcessGroup importFlow(final EncryptionMode mode) throws IOException {
        final ProcessGroup imported = landscape.client().upload(landscape.build().exampleFlow(), "Redshift Unload/Copy, " + mode.label());
        landscape.client().setParameters(imported, landscape.parameters());
        landscape.client().setParameters(imported, Map.of("Encryption", mode.name(), "Target Table", targetTable == null ? "MUST_EXIST" : targetTable,
                "Create Schema", Boolean.toString(targetTable != null)));
        landscape.client().enableServices(imported);
        return imported;
    }

    /** Runs the flow on one configuration until every table's FlowFile has come to an end, and returns their attributes, and those of the run's summary. */
    private List<Map<String, String>> runFlow(final String location, final int tables) throws Exception {
        final NiFiClient client = landscape.client();
        final int doneBefore = client.status(group).queuedIn(DONE);
        final int failedBefore = client.status(group).queuedIn(FAILED);
        client.setParameters(group, Map.of("Configuration Location", location));
        startRun(client, group);

        try {
            awaitEnd(doneBefore, failedBefore, tables);
        } finally {
            client.stop(group);
        }

        final List<Map<String, String>> flowFiles = new ArrayList<>();

        for (final Queue connection : client.status(group).connections()) {
            if (connection.queued() > 0) {
                for (final Map<String, String> attributes : client.queued(connection)) {
                    // Those of the run before are still there, to be looked at.
                    if (seen.add(attributes.get("uuid"))) {
                        flowFiles.add(attributes);

                        if (connection.name().equals(FAILED)) {
                            explainFailure(attributes);
                        } else if (connection.name().equals(SUMMARY)) {
                            tellSummary(attributes);
                        }
                    }
                }
            }
        }

        return flowFiles;
    }

    private void awaitEnd(final int doneBefore, final int failedBefore, final int tables) throws Exception {
        final long[] lastActivity = {System.nanoTime()};
        final String[] progress = {""};

        Await.until(SHORTEST_DEADLINE.plus(Duration.ofMillis((long) (DEADLINE_PER_SCALE.toMillis() * scale))), () -> "every table's FlowFile has come to an end; " + progress[0], () -> {
            final GroupStatus status = landscape.client().status(group);
            final int done = status.queuedIn(DONE) - doneBefore;
            final int failed = status.queuedIn(FAILED) - failedBefore;
            final int toUnload = status.queuedBefore("Unload from Redshift");
            final int toCopy = status.queuedBefore("Copy into Redshift");
            final int toPurge = status.queuedBefore("Purge Staged Data");
            progress[0] = "unloading %d, copying %d, purging %d, done %d of %d%s".formatted(toUnload, toCopy, toPurge, done, tables, failed == 0 ? "" : ", failed " + failed);
            narrator.progress(progress[0]);
            tellBulletins();

            if (status.activeThreads() > 0 || toUnload + toCopy + toPurge > 0) {
                lastActivity[0] = System.nanoTime();
            }

            final long idle = System.nanoTime() - lastActivity[0];

            if (idle > NOTHING_TO_DO.toNanos()) {
                throw new NiFiException("The flow has nothing to do, but not every table's FlowFile has come to an end: " + progress[0]);
            }

            // A configuration that cannot be used fails as one FlowFile, not as one for each table.
            return done + failed >= tables || failed > 0 && idle > IDLE_AFTER_FAILURE.toNanos();
        });
        tellBulletins();
    }

    private void tellBulletins() throws NiFiException {
        for (final Bulletin bulletin : landscape.client().bulletins(lastBulletin)) {
            lastBulletin = Math.max(lastBulletin, bulletin.id());
            narrator.say("%s from %s: %s".formatted(bulletin.level(), bulletin.source(), bulletin.message()));
        }
    }

    private void explainFailure(final Map<String, String> attributes) {
        narrator.say("Failed: %s in %s (%s): %s".formatted(tableOf(attributes), attributes.get("unloadcopy.error.component"), attributes.get("unloadcopy.error.reason"),
                attributes.get("unloadcopy.error.message")));
    }

    private void tellSummary(final Map<String, String> attributes) {
        narrator.say("Summary of the run: %s of %s tables succeeded, %s failed, %s not begun".formatted(attributes.get("unloadcopy.run.succeeded"), attributes.get("unloadcopy.run.tables"),
                attributes.get("unloadcopy.run.failed"), attributes.get("unloadcopy.run.not.begun")));
    }

    private List<TableReport> compareTables(final List<Map<String, String>> flowFiles) throws SQLException {
        final Map<String, Map<String, String>> attributesByTable = new HashMap<>();
        flowFiles.forEach(attributes -> attributesByTable.put(tableOf(attributes), attributes));
        final List<TableReport> reports = new ArrayList<>();

        try (Connection source = landscape.clouds().connect("source");
             Connection target = landscape.clouds().connect("target")) {
            for (final Table table : Landscape.tables()) {
                narrator.progress(table.qualifiedName());
                final TableComparison comparison = TableComparison.compare(table, source, target);
                comparison.differences().forEach(difference -> narrator.say("%s: %s".formatted(table.qualifiedName(), difference)));
                final Map<String, String> attributes = attributesByTable.getOrDefault(table.qualifiedName(), Map.of());
                reports.add(new TableReport(table.qualifiedName(), comparison.sourceRows(), number(attributes, "unloadcopy.unload.rows"), number(attributes, "unloadcopy.copy.rows"),
                        comparison.equal(), Math.toIntExact(number(attributes, "unloadcopy.unload.files")), number(attributes, "unloadcopy.unload.bytes"),
                        rounded((number(attributes, "unloadcopy.unload.duration.ms") + number(attributes, "unloadcopy.copy.duration.ms")) / 1000.0)));
            }
        }

        return reports;
    }

    private List<SecretScan.Hit> searchSecrets(final List<Map<String, String>> flowFiles) throws IOException {
        final String control = "identifier of the run";
        final SecretScan scan = new SecretScan();
        settings().secrets().forEach(scan::addText);

        for (final Map<String, String> attributes : flowFiles) {
            final String wrapped = attributes.get("unloadcopy.datakey.wrapped");

            if (wrapped != null) {
                final Map<String, String> context = mapper.readValue(attributes.get("unloadcopy.datakey.context"), new TypeReference<>() { });
                scan.addBytes("data key of " + tableOf(attributes), landscape.clouds().decrypt(wrapped, context));
            }

            if (attributes.containsKey("unloadcopy.run.id")) {
                scan.addText(control, attributes.get("unloadcopy.run.id"));
            }
        }

        final List<SecretScan.Hit> hits = new ArrayList<>(scan.scan(landscape.niFi().home()));
        final StringBuilder texts = new StringBuilder();
        flowFiles.forEach(attributes -> attributes.values().forEach(value -> texts.append(value).append('\n')));
        hits.addAll(scan.scan("the attributes of a FlowFile", texts.toString()));
        texts.setLength(0);
        appendTexts(landscape.client().provenanceEvents(), texts);
        hits.addAll(scan.scan("a provenance event", texts.toString()));

        // The run's identifier is no secret and stands in attributes: a search that does not find it on disk would not find a secret either.
        if (hits.stream().noneMatch(hit -> hit.secret().equals(control) && hit.place().startsWith(landscape.niFi().home().toString()))) {
            throw new IOException("The search for secrets cannot be trusted: it did not find the %s below %s.".formatted(control, landscape.niFi().home()));
        }

        hits.removeIf(hit -> hit.secret().equals(control));
        return hits;
    }

    private static void appendTexts(final JsonNode node, final StringBuilder texts) {
        if (node.isValueNode()) {
            texts.append(node.asText()).append('\n');
        } else {
            node.forEach(child -> appendTexts(child, texts));
        }
    }

    private CloudSettings settings() {
        return landscape.clouds().settings();
    }

    private static String tableOf(final Map<String, String> attributes) {
        return "%s.%s".formatted(attributes.get("unloadcopy.source.schema"), attributes.get("unloadcopy.source.table"));
    }

    private static long number(final Map<String, String> attributes, final String name) {
        return Long.parseLong(attributes.getOrDefault(name, "0"));
    }

    private static double seconds(final long startedAt) {
        return (System.nanoTime() - startedAt) / 1e9;
    }

    private static double rounded(final double seconds) {
        return Math.round(seconds * 1000) / 1000.0;
    }
}
