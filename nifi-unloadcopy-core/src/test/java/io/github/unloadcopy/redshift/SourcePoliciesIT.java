package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Policies on the source: who is restricted by them is told before the unload, and who is not is not. */
class SourcePoliciesIT {
    private static final String PASSWORD = "Abcdefgh1";

    private final SandboxSession sandbox = SandboxSession.get();
    private Migration migration;
    private String user;

    @BeforeEach
    void makeTable() throws Exception {
        migration = Migration.sseKms().create("id INTEGER, b VARCHAR(10)").insert("(1, 'a'), (2, 'b')");
        user = "unloader_" + migration.suffix();
        sandbox.execute("source", "CREATE USER %s PASSWORD '%s'".formatted(user, PASSWORD), "GRANT SELECT ON %s TO %s".formatted(SqlText.table(migration.source()), user),
                "CREATE VIEW public.over_%s AS SELECT id, b FROM %s".formatted(user, SqlText.table(migration.source())), "GRANT SELECT ON public.over_%s TO %s".formatted(user, user));
    }

    @Test
    void whoIsUnderRowLevelSecurityIsTold() throws Exception {
        sandbox.execute("source", "CREATE RLS POLICY rows_%s WITH (id INTEGER) USING (id = 1)".formatted(user), "ATTACH RLS POLICY rows_%s ON %s TO %s".formatted(user,
                SqlText.table(migration.source()), user), "ALTER TABLE %s ROW LEVEL SECURITY ON".formatted(SqlText.table(migration.source())));

        for (final Selection selection : selections()) {
            requireRestricted(selection, "row-level security decides which rows its user sees");
            assertEquals(2, unload(sandbox.connections("source"), selection, RestrictedData.FAIL).rows());
            assertEquals(1, unload(this::asUser, selection, RestrictedData.UNLOAD_VISIBLE).rows());
        }

        sandbox.execute("source", "CREATE ROLE all_%s".formatted(user), "GRANT IGNORE RLS TO ROLE all_" + user, "GRANT ROLE all_%s TO %s".formatted(user, user));
        assertEquals(2, unload(this::asUser, selections().getFirst(), RestrictedData.FAIL).rows());
    }

    @Test
    void whoSeesPoliciesIsToldOfMaskedValues() throws Exception {
        sandbox.execute("source", "CREATE MASKING POLICY mask_%s WITH (b VARCHAR(10)) USING ('x'::VARCHAR(10))".formatted(user),
                "ATTACH MASKING POLICY mask_%s ON %s (b) TO %s".formatted(user, SqlText.table(migration.source()), user));

        try (ClusterProbe probe = ClusterProbe.open(this::asUser, "the source")) {
            assertFalse(probe.seesPolicies());
            probe.requireUnrestricted(selections().getFirst(), RestrictedData.FAIL);
        }

        sandbox.execute("source", "GRANT ROLE sys:secadmin TO " + user);

        for (final Selection selection : selections()) {
            requireRestricted(selection, "its user sees masked values: policy mask_%s on %s".formatted(user, migration.source()));
            assertEquals(2, unload(sandbox.connections("source"), selection, RestrictedData.FAIL).rows());
        }
    }

    @Test
    void unprotectedTablesAreUnloaded() throws Exception {
        for (final Selection selection : selections()) {
            assertEquals(2, unload(this::asUser, selection, RestrictedData.FAIL).rows());
        }
    }

    /** The table, a view on it, and a query. */
    private List<Selection> selections() {
        return List.of(Selection.of(migration.source(), List.of()), Selection.of(new TableName("public", "over_" + user), List.of()),
                Selection.of(migration.source(), "SELECT t.id, t.b FROM %s AS t JOIN (SELECT 1 AS one) AS o ON o.one = 1".formatted(SqlText.table(migration.source())), List.of()));
    }

    private Connection asUser() throws SQLException {
        return sandbox.connectAs("source", user, PASSWORD);
    }

    private void requireRestricted(final Selection selection, final String words) throws Exception {
        final RedshiftException failure = assertThrows(RedshiftException.class, () -> unload(this::asUser, selection, RestrictedData.FAIL));
        assertEquals(Reason.SOURCE_RESTRICTED, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().contains(words), failure.getMessage());

        try (ClusterProbe probe = ClusterProbe.open(this::asUser, "the source")) {
            final RedshiftException beforehand = assertThrows(RedshiftException.class, () -> probe.requireUnrestricted(selection, RestrictedData.FAIL));
            assertEquals(Reason.SOURCE_RESTRICTED, beforehand.reason(), beforehand.getMessage());
            probe.requireUnrestricted(selection, RestrictedData.UNLOAD_VISIBLE);
        }
    }

    private UnloadResult unload(final ConnectionSource source, final Selection selection, final RestrictedData restricted) throws Exception {
        final Migration run = migration.again();
        final UnloadRequest plain = run.unloadRequest(List.of(), run.role());
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(source, new UnloadRequest(selection, plain.database(), plain.prefix(), plain.authorization(), plain.encryption(),
                plain.nullMarker(), plain.region(), false, restricted, true, plain.timeoutSeconds()));
    }
}
