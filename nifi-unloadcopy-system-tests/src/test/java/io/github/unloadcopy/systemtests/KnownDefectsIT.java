package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxControl;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the original utility does wrong, as its users tell, with the delivered flow in the real NiFi. */
class KnownDefectsIT extends FlowTest {
    private static final String SCHEMA = "defects";
    private static final String PLAIN = "defects.plain";
    private static final String PLAIN_COLUMNS = " (id INTEGER NOT NULL, text VARCHAR(100), amount DECIMAL(10,2))";
    private static final int ROWS = 5;
    private static final int DOUBLINGS = 11;
    private static final int MORE_THAN_A_PAGE = 1_100;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    @BeforeAll
    static void fillSource() throws Exception {
        landscape.createSchema("source", SCHEMA);
        landscape.createSchema("target", SCHEMA);
        clusters.execute("source", "CREATE TABLE " + PLAIN + PLAIN_COLUMNS,
                "INSERT INTO %s VALUES (1, 'one', 1.5), (2, NULL, NULL), (3, '', -2), (4, 'NULL_STRING__', 0), (5, 'a^b\"c''d', 3)".formatted(PLAIN),
                "CREATE TABLE defects.many (id INTEGER)", "INSERT INTO defects.many SELECT id FROM " + PLAIN);

        for (int doubling = 0; doubling < DOUBLINGS; doubling++) {
            clusters.execute("source", "INSERT INTO defects.many SELECT id + (SELECT max(id) FROM defects.many) FROM defects.many");
        }
    }

    @BeforeEach
    void emptyTarget() throws Exception {
        clusters.execute("target", "DROP SCHEMA %s CASCADE".formatted(SCHEMA), "CREATE SCHEMA " + SCHEMA, "CREATE TABLE " + PLAIN + PLAIN_COLUMNS);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (landscape.clouds().settings().sandbox() != null) {
            control().clear();
        }

        final CloudSettings settings = landscape.clouds().settings();

        for (final S3Object object : s3().listObjectsV2Paginator(request -> request.bucket(settings.bucket()).prefix(settings.stagingPrefix())).contents()) {
            s3().deleteObject(request -> request.bucket(settings.bucket()).key(object.key()));
        }
    }

    /** Its marker for NULL is fixed, so a value that equals it becomes NULL. */
    @Test
    void valuesThatLookLikeNullStayWhatTheyAre() throws Exception {
        flow.run(plain()).succeeded(1);

        clusters.assertMoved(PLAIN, PLAIN);
        assertEquals(List.of(List.of("2")), clusters.query("target", "SELECT id FROM %s WHERE text IS NULL".formatted(PLAIN)));
    }

    /** It deletes the first thousand objects only. */
    @Test
    void moreThanAThousandStagedObjectsAreDeleted() throws Exception {
        flow.use(plain(), Map.of());
        flow.step(DeliveredFlow.DECRYPT, DeliveredFlow.UNLOAD);
        final String prefix = flow.attributes("staged").getFirst().get("unloadcopy.staging.prefix");
        clusters.execute("source", "UNLOAD ('SELECT id, id AS part FROM defects.many WHERE id <= %d') TO '%sof an earlier try/' IAM_ROLE '%s' PARTITION BY (part) INCLUDE"
                .formatted(MORE_THAN_A_PAGE, prefix, landscape.clouds().settings().iamRole()));

        final FlowRun run = flow.finish(DeliveredFlow.COPY, DeliveredFlow.PURGE).succeeded(1);

        assertTrue(Integer.parseInt(run.attribute("unloadcopy.purge.objects")) > MORE_THAN_A_PAGE, run::toString);
        assertEquals(List.of(), flow.staged());
        clusters.assertMoved(PLAIN, PLAIN);
    }

    /** It does not read what DeleteObjects says of each key. */
    @Test
    void objectsThatCouldNotBeDeletedAreTriedAgain() throws Exception {
        control().add(new FaultRule(Match.s3("DeleteObjects"), Chance.times(1), Effect.keyErrors("AccessDenied")));

        flow.run(plain()).succeeded(1);

        assertEquals(1, control().faults().getFirst().injected());
        assertEquals(List.of(), flow.staged());
    }

    /** It deletes staged data although COPY has failed, and the key of client-side encryption is lost with its process. */
    @Test
    void afterAFailedCopyTheStagedDataCanStillBeLoaded() throws Exception {
        assumeTrue(landscape.clouds().settings().clientSideEncryption(), "The clusters refuse client-side encryption.");
        clusters.execute("target", "DROP TABLE " + PLAIN, "CREATE TABLE %s (id INTEGER NOT NULL, text VARCHAR(3), amount DECIMAL(10,2))".formatted(PLAIN));

        final Map<String, String> failed = flow.run(plain(), Map.of("Encryption", "CLIENT_SIDE")).failedOnce();

        assertEquals("LOAD_ERRORS", failed.get("unloadcopy.error.reason"), failed::toString);
        assertTrue(failed.get("unloadcopy.error.message").contains("column text"), failed.get("unloadcopy.error.message"));
        assertFalse(flow.staged().isEmpty());
        assertEquals("0", clusters.value("target", "SELECT count(*) FROM " + PLAIN));

        clusters.execute("target", "DROP TABLE " + PLAIN, "CREATE TABLE " + PLAIN + PLAIN_COLUMNS);
        landscape.client().connectFunnel(flow.group(), "failed", DeliveredFlow.COPY);
        landscape.client().startProcessors(flow.group(), DeliveredFlow.COPY, DeliveredFlow.PURGE);
        flow.awaitQueued(1, 0, 1);

        clusters.assertMoved(PLAIN, PLAIN);
        assertEquals(List.of(), flow.staged());
    }

    /** COPY appends, so whatever is run again is in the table twice. */
    @Test
    void aTableThatIsCopiedAgainIsThereOnce() throws Exception {
        final ConfigurationFile configuration = plain();
        configuration.staging().put("deleteOnSuccess", "False");
        flow.run(configuration).succeeded(1);

        landscape.client().connectFunnel(flow.group(), "done", DeliveredFlow.COPY);
        landscape.client().startProcessors(flow.group(), DeliveredFlow.COPY);
        Await.until(DEADLINE, () -> "the table has been through COPY again", () -> flow.status().queuedIn("loaded") == 1);

        assertEquals("true", flow.attributes("loaded").getFirst().get("unloadcopy.copy.already.loaded"));
        clusters.assertMoved(PLAIN, PLAIN);
    }

    /** Nothing that it does is in a transaction: when the connection breaks, nobody knows what was loaded. */
    @Test
    void aCommitWithoutAnAnswerIsLookedUp() throws Exception {
        flow.use(plain(), Map.of());
        flow.step(DeliveredFlow.DECRYPT, DeliveredFlow.UNLOAD);
        // While the load waits to note itself in the ledger, the answer to what comes next is taken away.
        final String slow = control().add(new FaultRule(Match.statement("INSERT").at("target"), Chance.times(1), Effect.latency(Duration.ofSeconds(2)))).rule().id();
        landscape.client().startProcessors(flow.group(), DeliveredFlow.COPY, DeliveredFlow.PURGE);
        Await.until(DEADLINE, () -> "the rows are copied", () -> control().fault(slow).injected() == 1);
        final String lost = control().add(new FaultRule(Match.statement("COMMIT").at("target"), Chance.times(1), Effect.dropAnswer())).rule().id();

        flow.awaitEnd().succeeded(1);

        assertEquals(1, control().fault(lost).injected());
        clusters.assertMoved(PLAIN, PLAIN);
        assertEquals(List.of(), flow.staged());
    }

    /** Two runs of one second share a folder, and each loads the other's files. */
    @Test
    void runsAtTheSameTimeDoNotMix() throws Exception {
        flow.use(plain(), Map.of("While a Run Is Going", "START_ANOTHER"));
        flow.step(DeliveredFlow.DECRYPT, DeliveredFlow.DECRYPT, DeliveredFlow.UNLOAD, DeliveredFlow.UNLOAD);
        final List<String> foldersWithoutTime = flow.attributes("staged").stream().map(flowFile -> flowFile.get("unloadcopy.staging.prefix").replaceAll("[0-9-]{10}_[0-9:]{8}", "")).toList();

        landscape.client().startProcessors(flow.group(), DeliveredFlow.COPY, DeliveredFlow.PURGE);
        flow.awaitQueued(2, 0, 2);

        assertEquals(2, foldersWithoutTime.stream().distinct().count(), foldersWithoutTime::toString);
        assertEquals(clusters.query("source", "SELECT id, text, amount, 2 FROM %s ORDER BY id".formatted(PLAIN)),
                clusters.query("target", "SELECT id, text, amount, count(*) FROM %s GROUP BY id, text, amount ORDER BY id".formatted(PLAIN)));
    }

    /** With its option for a forced drop the target is gone before the source has been read. */
    @Test
    void whatCannotBeReplacedStays() throws Exception {
        clusters.execute("target", "CREATE TABLE defects.gone (id INTEGER)", "INSERT INTO defects.gone VALUES (7)", "INSERT INTO %s VALUES (8, 'old', 0)".formatted(PLAIN));

        final Map<String, String> withoutSource = flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "gone"), Map.of("Target Table", "REPLACE")).failedOnce();
        assertEquals("TABLE_MISSING", withoutSource.get("unloadcopy.error.reason"));
        assertEquals("7", clusters.value("target", "SELECT id FROM defects.gone"));

        control().add(new FaultRule(Match.s3("GetObject").by(Match.CLUSTERS), Chance.always(), Effect.error("InternalError")));
        final Map<String, String> withoutFiles = flow.run(plain(), Map.of("Target Table", "REPLACE")).failedOnce();
        assertEquals("RedshiftCopy", withoutFiles.get("unloadcopy.error.component"));
        assertEquals("8", clusters.value("target", "SELECT id FROM " + PLAIN));
    }

    /** Names go into its statements as they are, COPY's column list has no parentheses, and the order of columns has to be the same. */
    @Test
    void columnsAreQuotedAndGoByName() throws Exception {
        clusters.execute("source", "DROP TABLE IF EXISTS defects.\"the select\"",
                "CREATE TABLE defects.\"the select\" (id INTEGER, \"from\" VARCHAR(10), \"order by, (x)\" INTEGER, left_out VARCHAR(10))",
                "INSERT INTO defects.\"the select\" VALUES (1, 'a', 10, 'x'), (2, NULL, NULL, 'y'), (3, '', 30, 'z')");
        clusters.execute("target", "CREATE TABLE defects.\"the select\" (left_out VARCHAR(10) DEFAULT 'default', \"order by, (x)\" INTEGER, \"from\" VARCHAR(10), id INTEGER)");
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "the select");
        configuration.source().put("columns", "id, from, \"order by, (x)\"");

        flow.run(configuration).succeeded(1);

        assertEquals(clusters.query("source", "SELECT id, \"from\", \"order by, (x)\", 'default' FROM defects.\"the select\" ORDER BY id"),
                clusters.query("target", "SELECT id, \"from\", \"order by, (x)\", left_out FROM defects.\"the select\" ORDER BY id"));
    }

    /** It makes small letters of the whole configuration, and JSON's own booleans end it. */
    @Test
    void capitalsAndBooleansAreTakenAsTheyAre() throws Exception {
        final String path = landscape.clouds().settings().location(landscape.clouds().settings().stagingPrefix()) + "Nightly/ONE/";
        final ConfigurationFile configuration = plain();
        configuration.staging().put("path", path).put("deleteOnSuccess", false).put("kmsGeneratedKey", true);
        configuration.target().put("explicit_ids", false);

        final FlowRun run = flow.run(configuration).succeeded(1);

        final List<String> staged = flow.staged();
        assertTrue(run.attribute("unloadcopy.staging.prefix").startsWith(path));
        assertTrue(!staged.isEmpty() && staged.stream().allMatch(object -> object.startsWith(path)), staged::toString);
        clusters.assertMoved(PLAIN, PLAIN);
    }

    /** Its users ask for identity columns: with the source's values, and with the target's own. */
    @Test
    void identityColumnsTravelOrAreMadeAnew() throws Exception {
        final String columns = " (id BIGINT IDENTITY(1, 1), text VARCHAR(10))";
        clusters.execute("source", "DROP TABLE IF EXISTS defects.numbered", "CREATE TABLE defects.numbered" + columns, "INSERT INTO defects.numbered (text) VALUES ('a'), ('b'), (NULL), ('')",
                "DELETE FROM defects.numbered WHERE text = 'a'");
        clusters.execute("target", "CREATE TABLE defects.numbered" + columns);
        final ConfigurationFile explicit = new ConfigurationFile(landscape.clouds(), SCHEMA, "numbered");
        explicit.target().put("explicit_ids", true);
        final ConfigurationFile anew = new ConfigurationFile(landscape.clouds(), SCHEMA, "numbered").into(SCHEMA, "numbered_anew");
        anew.source().put("columns", "text");
        clusters.execute("target", "CREATE TABLE defects.numbered_anew (id BIGINT IDENTITY(100, 1), text VARCHAR(10))");

        flow.run(explicit).succeeded(1);
        flow.run(anew).succeeded(1);

        clusters.assertMoved("defects.numbered", "defects.numbered");
        assertEquals(clusters.query("source", "SELECT text FROM defects.numbered ORDER BY 1"), clusters.query("target", "SELECT text FROM defects.numbered_anew ORDER BY 1"));
        assertEquals("t", clusters.value("target", "SELECT min(id) >= 100 AND count(DISTINCT id) = 3 FROM defects.numbered_anew"));
    }

    /** Without rows there is no file and no manifest. */
    @Test
    void noRowOneRowAndManyFiles() throws Exception {
        clusters.execute("source", "DROP TABLE IF EXISTS defects.zero, defects.one", "CREATE TABLE defects.zero (id INTEGER)", "CREATE TABLE defects.one (id INTEGER)",
                "INSERT INTO defects.one VALUES (1)");

        final FlowRun run = flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "zero", "one", "many"), Map.of("Target Table", "CREATE_IF_MISSING")).succeeded(3);

        assertEquals("0", clusters.value("target", "SELECT count(*) FROM defects.zero"));
        clusters.assertMoved("defects.one", "defects.one");
        clusters.assertMoved("defects.many", "defects.many");
        assertEquals(List.of("0", "1", Integer.toString(ROWS << DOUBLINGS)), rows(run, "rowsLoaded"));
        final Map<String, String> many = run.done().stream().filter(flowFile -> "many".equals(flowFile.get("unloadcopy.source.table"))).findFirst().orElseThrow();
        assertTrue(Integer.parseInt(many.get("unloadcopy.unload.files")) > 1, many::toString);
        assertEquals(List.of(), flow.staged());
    }

    /** Its pre-tests are part of a run. Here they may be tried by hand before anything runs. */
    @Test
    void bothTablesCanBeLookedAtBeforehand() throws Exception {
        flow.use(plain(), Map.of());
        flow.step(DeliveredFlow.DECRYPT);
        final Map<String, String> attributes = flow.attributes("tables").getFirst();

        assertEquals(List.of(
                new VerificationStep("Look at the source table", "SUCCESSFUL", "defects.plain has 3 column(s) to unload"),
                new VerificationStep("Look at the target table", "SUCCESSFUL", "defects.plain can be loaded")), lookedAt(attributes));

        clusters.execute("target", "DROP TABLE " + PLAIN);
        final VerificationStep target = lookedAt(attributes).getLast();
        assertEquals("FAILED", target.outcome());
        assertTrue(target.explanation().contains(PLAIN), target.explanation());

        clusters.execute("target", "CREATE TABLE " + PLAIN + PLAIN_COLUMNS);
        flow.finish(DeliveredFlow.UNLOAD, DeliveredFlow.COPY, DeliveredFlow.PURGE).succeeded(1);
    }

    private List<VerificationStep> lookedAt(final Map<String, String> attributes) throws NiFiException {
        return landscape.client().verifyProcessor(flow.group(), DeliveredFlow.UNLOAD, attributes).stream().filter(step -> step.name().startsWith("Look at")).toList();
    }

    /** A wrong configuration ends it with a stack trace. */
    @Test
    void aWrongConfigurationIsToldByFieldAndLine() throws Exception {
        final ConfigurationFile configuration = plain();
        configuration.source().put("clusterPort", "fifty");

        final Map<String, String> failed = flow.run(configuration).failedOnce();

        assertEquals(List.of("DecryptConfig", "CONFIGURATION"), List.of(failed.get("unloadcopy.error.component"), failed.get("unloadcopy.error.reason")));
        assertTrue(failed.get("unloadcopy.error.message").matches("(?s).*line \\d+.*unloadSource.clusterPort.*|(?s).*unloadSource.clusterPort.*line \\d+.*"), failed.get("unloadcopy.error.message"));
    }

    private static List<String> rows(final FlowRun run, final String field) {
        final List<String> values = new ArrayList<>();
        run.summary().path("tables").forEach(table -> values.add(table.path(field).asText()));
        return values;
    }

    private static ConfigurationFile plain() {
        return new ConfigurationFile(landscape.clouds(), SCHEMA, "plain");
    }

    private static S3Client s3() {
        return landscape.clouds().s3();
    }

    private static SandboxControl control() {
        assumeTrue(landscape.clouds().settings().sandbox() != null, "Only a sandbox goes wrong when it is told to.");
        return landscape.clouds().settings().sandbox().controlClient();
    }
}
