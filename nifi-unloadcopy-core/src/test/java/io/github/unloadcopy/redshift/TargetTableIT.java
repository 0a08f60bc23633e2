package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.kms.KmsSecretException;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tables that a load makes or replaces: what they are like, and what is left after failures. */
class TargetTableIT {
    private static final String EVERYTHING = """
            id BIGINT IDENTITY(10, 5) NOT NULL ENCODE raw, "say hi" VARCHAR(40) DEFAULT 'it''s, (x)' ENCODE lzo, amount DECIMAL(12,2) NOT NULL ENCODE az64,
            day DATE DEFAULT '2026-01-01', PRIMARY KEY (id)""";
    private static final String ATTRIBUTES = " DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (day, amount)";

    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));

    @Test
    void createsTheTableLikeTheSources() throws Exception {
        final Migration migration = everything();
        final UnloadResult unloaded = unload(migration);

        final LoadResult result = loader.load(target, request(migration, unloaded, TargetPlan.Mode.CREATE_IF_MISSING, false));

        assertTrue(result.created());
        assertEquals(List.of(), result.notes());
        assertEquals(migration.sourceRows(), migration.targetRows());
        // Its identities begin behind the source's values 10, 15 and 20.
        assertEquals(shown("source", migration.source()).replace("IDENTITY(10,5)", "IDENTITY(25,5)"),
                shown("target", migration.target()).replace(migration.target().table(), migration.source().table()));
        assertEquals(List.of(List.of("all of it")), sandbox.query("target", "SELECT obj_description('%s'::regclass, 'pg_class')".formatted(SqlText.table(migration.target()))));
        sandbox.execute("target", "INSERT INTO %s (amount) VALUES (1)".formatted(SqlText.table(migration.target())));
    }

    @Test
    void addsToATableThatIsThere() throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1)");
        sandbox.execute("target", "INSERT INTO %s VALUES (0)".formatted(SqlText.table(migration.target())));

        final LoadResult result = loader.load(target, request(migration, unload(migration), TargetPlan.Mode.CREATE_IF_MISSING, false));

        assertFalse(result.created());
        assertEquals(List.of(List.of("0"), List.of("1")), migration.targetRows());
    }

    @Test
    void createsTheSchemaOnlyWhenTold() throws Exception {
        final Migration migration = everything();
        final UnloadResult unloaded = unload(migration);
        final TableName elsewhere = new TableName("made_" + migration.suffix(), "other name");
        final LoadRequest without = into(elsewhere, request(migration, unloaded, TargetPlan.Mode.CREATE_IF_MISSING, false));
        final LoadRequest with = into(elsewhere, request(migration, unloaded, TargetPlan.Mode.CREATE_IF_MISSING, true));

        assertEquals(Reason.TABLE_MISSING, assertThrows(RedshiftException.class, () -> loader.load(target, without)).reason());
        assertTrue(loader.load(target, with).created());
        assertEquals(migration.sourceRows(), sandbox.query("target", "SELECT * FROM %s ORDER BY 1".formatted(SqlText.table(elsewhere))));
    }

    @Test
    void aFailedLoadLeavesNoTable() throws Exception {
        final Migration migration = everything();
        final UnloadResult unloaded = unload(migration);
        final LoadRequest right = request(migration, unloaded, TargetPlan.Mode.CREATE_IF_MISSING, false);
        final LoadRequest wrong = new LoadRequest(right.table(), right.plan(), right.columns(), right.manifest(), right.expectedRows() + 1, right.authorization(), right.encryption(),
                right.nullMarker(), right.region(), false, right.loadId(), right.origin(), right.ledger(), 60);

        assertEquals(Reason.COUNT_MISMATCH, assertThrows(RedshiftException.class, () -> loader.load(target, wrong)).reason());
        assertFalse(exists(right.table()));
        assertTrue(loader.load(target, right).created());
    }

    @Test
    void replacesTheTableAndKeepsWhoMayUseIt() throws Exception {
        final Migration migration = everything();
        sandbox.execute("target", "CREATE TABLE %s (old INTEGER)".formatted(SqlText.table(migration.target())),
                "INSERT INTO %s VALUES (7)".formatted(SqlText.table(migration.target())),
                "CREATE USER reader_%s PASSWORD 'Abcdefgh1'".formatted(migration.suffix()), "GRANT SELECT ON %s TO reader_%s".formatted(SqlText.table(migration.target()), migration.suffix()));

        final LoadResult result = loader.load(target, request(migration, unload(migration), TargetPlan.Mode.REPLACE, false));

        assertTrue(result.created());
        assertEquals(migration.sourceRows(), migration.targetRows());
        assertEquals(List.of(List.of("t")), sandbox.query("target",
                "SELECT has_table_privilege('reader_%s', '%s', 'SELECT')".formatted(migration.suffix(), SqlText.table(migration.target()))));
        assertEquals(List.of(List.of("0")), sandbox.query("target", "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname ~ '^unloadcopy_[0-9a-f]{8}_'"));
    }

    @Test
    void namesInCapitalsMeanTheSameTable() throws Exception {
        final Migration migration = everything();
        sandbox.execute("target", "CREATE TABLE %s (id BIGINT)".formatted(SqlText.table(migration.target())), "CREATE USER capitals_%s PASSWORD 'Abcdefgh1'".formatted(migration.suffix()),
                "GRANT SELECT ON %s TO capitals_%s".formatted(SqlText.table(migration.target()), migration.suffix()));
        final TableName capitals = new TableName("PUBLIC", migration.target().table().toUpperCase(Locale.ROOT));

        check(migration, List.of("ID"), capitals, List.of("ID"), TargetPlan.Mode.MUST_EXIST, false);
        check(migration, List.of(), capitals, List.of(), TargetPlan.Mode.REPLACE, false);
        final LoadResult result = loader.load(target, into(capitals, request(migration, unload(migration), TargetPlan.Mode.REPLACE, false)));

        assertTrue(result.created());
        assertEquals(migration.sourceRows(), migration.targetRows());
        assertEquals(List.of(List.of("t")), sandbox.query("target",
                "SELECT has_table_privilege('capitals_%s', '%s', 'SELECT')".formatted(migration.suffix(), SqlText.table(migration.target()))));
    }

    @Test
    void aFailedReplacementLeavesTheOldTable() throws Exception {
        final Migration migration = everything();
        sandbox.execute("target", "CREATE TABLE %s (old INTEGER)".formatted(SqlText.table(migration.target())),
                "INSERT INTO %s VALUES (7)".formatted(SqlText.table(migration.target())),
                "CREATE VIEW view_%s AS SELECT old FROM %s".formatted(migration.suffix(), SqlText.table(migration.target())));

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(target, request(migration, unload(migration), TargetPlan.Mode.REPLACE, false)));

        assertEquals(Reason.DEPENDENT_VIEWS, failure.reason());
        assertEquals(List.of(List.of("7")), migration.targetRows());

        final RedshiftException beforehand = assertThrows(RedshiftException.class, () -> check(migration, List.of(), migration.target(), List.of(), TargetPlan.Mode.REPLACE, false));
        assertEquals(Reason.DEPENDENT_VIEWS, beforehand.reason());
        assertTrue(beforehand.getMessage().contains("public.view_%s would lose it".formatted(migration.suffix())), beforehand.getMessage());

        sandbox.execute("target", "DROP VIEW view_" + migration.suffix());
        check(migration, List.of(), migration.target(), List.of(), TargetPlan.Mode.REPLACE, false);
    }

    @Test
    void aReplacementThatIsTriedAgainIsNotDoneTwice() throws Exception {
        final Migration migration = everything();
        final LoadRequest request = request(migration, unload(migration), TargetPlan.Mode.REPLACE, false);
        loader.load(target, request);
        sandbox.execute("target", "DELETE FROM " + SqlText.table(migration.target()));

        assertTrue(loader.load(target, request).alreadyLoaded());
        assertEquals(List.of(), migration.targetRows());
    }

    @Test
    void noRowsMakeAnEmptyTable() throws Exception {
        final Migration migration = Migration.sseKms().create(EVERYTHING);
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()));

        final LoadResult result = loader.load(target, request(migration, unload(migration), TargetPlan.Mode.CREATE_IF_MISSING, false));

        assertTrue(result.created());
        assertEquals(List.of(), migration.targetRows());
    }

    /** Another load of the run creates the pending foreign keys table at the same time, and has not committed yet. */
    @Test
    void loadsWithForeignKeysDoNotFailForEachOther() throws Exception {
        final Migration parent = Migration.sseKms().create("id INTEGER PRIMARY KEY").insert("(1)");
        final Migration child = Migration.sseKms();
        sandbox.execute("source", "CREATE TABLE %s (id INTEGER, parent INTEGER REFERENCES %s (id))".formatted(SqlText.table(child.source()), SqlText.table(parent.source())),
                "INSERT INTO %s VALUES (2, 1)".formatted(SqlText.table(child.source())));
        sandbox.execute("target", "DROP TABLE IF EXISTS unloadcopy_foreign_keys");
        final LoadRequest request = child.creatingRequest(child.unloadWithDefinition(), TargetPlan.Mode.CREATE_IF_MISSING, 0);

        try (Connection other = target.open(); ExecutorService executor = Executors.newSingleThreadExecutor()) {
            other.setAutoCommit(false);
            Queries.execute(other, PendingForeignKeys.in(request.ledger().schema()).createStatement(), 0);
            final Future<LoadResult> load = executor.submit(() -> loader.load(target, request));

            while (!load.isDone() && sandbox.query("target", "SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty()) {
                Thread.sleep(20);
            }

            other.commit();
            assertTrue(load.get().created());
        }

        assertEquals(child.sourceRows(), child.targetRows());
    }

    @Test
    void looksAtTheTargetBeforehand() throws Exception {
        final Migration migration = everything();
        final TableName lost = new TableName("no_such_schema", "t");

        check(migration, List.of(), migration.target(), List.of(), TargetPlan.Mode.CREATE_IF_MISSING, false);
        check(migration, List.of(), lost, List.of(), TargetPlan.Mode.REPLACE, true);
        assertEquals(Reason.TABLE_MISSING, refused(migration, List.of(), migration.target(), List.of(), TargetPlan.Mode.MUST_EXIST));
        assertEquals(Reason.TABLE_MISSING, refused(migration, List.of(), lost, List.of(), TargetPlan.Mode.CREATE_IF_MISSING));
        sandbox.execute("target", "CREATE TABLE %s (id INTEGER)".formatted(SqlText.table(migration.target())));
        check(migration, List.of("id"), migration.target(), List.of("id"), TargetPlan.Mode.MUST_EXIST, false);
        check(migration, List.of("id"), migration.target(), List.of(), TargetPlan.Mode.MUST_EXIST, false);
        assertEquals(Reason.COLUMN_MISSING, refused(migration, List.of("amount"), migration.target(), List.of("amount"), TargetPlan.Mode.CREATE_IF_MISSING));
        assertEquals(Reason.COLUMN_MISSING, refused(migration, List.of(), migration.target(), List.of(), TargetPlan.Mode.MUST_EXIST));
        assertEquals(Reason.COLUMN_MISSING, refused(migration, List.of("nope"), migration.target(), List.of("id"), TargetPlan.Mode.MUST_EXIST));
        assertEquals(Reason.INVALID_REQUEST, refused(migration, List.of("id", "amount"), migration.target(), List.of("id"), TargetPlan.Mode.MUST_EXIST));
    }

    private void check(final Migration migration, final List<String> sourceColumns, final TableName table, final List<String> columns, final TargetPlan.Mode mode, final boolean createSchema)
            throws RedshiftException {
        TargetCheck.check(sandbox.connections("source"), target, new PlannedLoad(Selection.of(migration.source(), sourceColumns), table, columns, false, mode, createSchema));
    }

    private Reason refused(final Migration migration, final List<String> sourceColumns, final TableName table, final List<String> columns, final TargetPlan.Mode mode) {
        return assertThrows(RedshiftException.class, () -> check(migration, sourceColumns, table, columns, mode, false)).reason();
    }

    /** A table of every feature in the source, and none in the target. */
    private Migration everything() throws SQLException, KmsSecretException {
        final Migration migration = Migration.sseKms().create(EVERYTHING);
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()));
        sandbox.execute("source", "DROP TABLE " + SqlText.table(migration.source()), "CREATE TABLE %s (%s)%s".formatted(SqlText.table(migration.source()), EVERYTHING, ATTRIBUTES),
                "INSERT INTO %s (\"say hi\", amount) VALUES ('a', 1.5), (NULL, -2), ('', 0)".formatted(SqlText.table(migration.source())),
                "COMMENT ON TABLE %s IS 'all of it'".formatted(SqlText.table(migration.source())), "COMMENT ON COLUMN %s.amount IS 'it''s EUR'".formatted(SqlText.table(migration.source())));
        return migration;
    }

    private UnloadResult unload(final Migration migration) throws Exception {
        return migration.unloadWithDefinition();
    }

    private static LoadRequest request(final Migration migration, final UnloadResult unloaded, final TargetPlan.Mode mode, final boolean createSchema) {
        return with(new TargetPlan(mode, unloaded.definition(), createSchema, 0), migration.loadRequest(unloaded));
    }

    private static LoadRequest with(final TargetPlan plan, final LoadRequest plain) {
        return new LoadRequest(plain.table(), plan, plain.columns(), plain.manifest(), plain.expectedRows(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false,
                plain.loadId(), plain.origin(), plain.ledger(), 60);
    }

    private static LoadRequest into(final TableName table, final LoadRequest plain) {
        return new LoadRequest(table, plain.plan(), plain.columns(), plain.manifest(), plain.expectedRows(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false,
                plain.loadId(), plain.origin(), plain.ledger(), 60);
    }

    private String shown(final String cluster, final TableName table) throws SQLException {
        return sandbox.query(cluster, "SHOW TABLE " + SqlText.table(table)).getFirst().getFirst();
    }

    private boolean exists(final TableName table) throws SQLException {
        return !sandbox.query("target", "SELECT 1 FROM pg_class WHERE relname = '%s'".formatted(table.table())).isEmpty();
    }
}
