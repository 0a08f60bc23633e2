package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Targets that are no tables: refused before the unload and before the load, whatever is planned; views can still be unloaded. */
class TargetRelationIT {
    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource source = sandbox.connections("source");
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));

    @ParameterizedTest
    @EnumSource(TargetPlan.Mode.class)
    void aViewIsRefused(final TargetPlan.Mode mode) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1)");
        final TableName view = new TableName("public", "Target_View_" + migration.suffix());
        sandbox.execute("target", "CREATE VIEW %s AS SELECT id FROM %s".formatted(SqlText.table(view), SqlText.table(migration.target())));

        requireRefused(migration, view, mode, "it is a view or materialized view");
        assertEquals(1, sandbox.query("target", "SELECT 1 FROM pg_views WHERE viewname = '%s'".formatted(view.folded().table())).size());
    }

    @ParameterizedTest
    @EnumSource(TargetPlan.Mode.class)
    void aSystemTableIsRefused(final TargetPlan.Mode mode) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1)");

        requireRefused(migration, new TableName("pg_catalog", "pg_class"), mode, "schema pg_catalog belongs to Redshift");
        requireRefused(migration, new TableName("Information_Schema", "none"), mode, "schema information_schema belongs to Redshift");
    }

    @ParameterizedTest
    @EnumSource(TargetPlan.Mode.class)
    void viewsCanBeUnloaded(final TargetPlan.Mode mode) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1)");
        final TableName view = new TableName("public", "source_view_" + migration.suffix());
        sandbox.execute("source", "CREATE VIEW %s AS SELECT id FROM %s".formatted(SqlText.table(view), SqlText.table(migration.source())));
        final Migration ofView = migration.of(view, migration.target());

        TargetCheck.check(source, target, new PlannedLoad(Selection.of(view, List.of()), ofView.target(), List.of(), false, mode, false));

        if (mode == TargetPlan.Mode.MUST_EXIST) {
            loader.load(target, ofView.loadRequest(ofView.unload()));
            assertEquals(List.of(List.of("1")), ofView.targetRows());
        }
    }

    private void requireRefused(final Migration migration, final TableName table, final TargetPlan.Mode mode, final String words) throws Exception {
        final PlannedLoad planned = new PlannedLoad(Selection.of(migration.source(), List.of()), table, List.of(), false, mode, false);
        requireRefusal(assertThrows(RedshiftException.class, () -> TargetCheck.check(source, target, planned)), words);

        final Migration into = migration.again().of(migration.source(), table);
        final UnloadResult unloaded = into.unloadWithDefinition();
        final LoadRequest request = mode == TargetPlan.Mode.MUST_EXIST ? into.loadRequest(unloaded) : into.creatingRequest(unloaded, mode, 0);
        requireRefusal(assertThrows(RedshiftException.class, () -> loader.load(target, request)), words);
        assertEquals(List.of(), into.ledgerRows());
    }

    private static void requireRefusal(final RedshiftException failure, final String words) {
        assertEquals(Reason.NOT_A_TABLE, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());
    }
}
