package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.UnloadManifest;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TableUnloaderIT {
    private static final String COLUMNS = "id INTEGER, \"Some \"\"Name\"\", quoted\" VARCHAR(100)";

    private final SandboxSession sandbox = SandboxSession.get();
    private final ManifestReader manifests = new ManifestReader(sandbox.s3());

    @Test
    void writesFilesAndAManifestUnderKms() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 'a'), (2, NULL), (3, 'c')");

        final UnloadResult result = migration.unload();

        assertEquals(3, result.rows());
        // Redshift folds names in double quotes, too.
        assertEquals(List.of("id", "some \"name\", quoted"), result.columns());
        assertEquals(migration.prefix().location().resolve("manifest"), result.manifest());
        assertTrue(Long.parseLong(result.queryId()) > 0, result.queryId());
        requireStored(migration, result, null);
    }

    @Test
    void writesFilesAndAManifestUnderTheMasterKey() throws Exception {
        final Migration migration = Migration.clientSide().create(COLUMNS).insert("(1, 'a'), (2, NULL), (3, 'c')");

        final UnloadResult result = migration.unload(List.of("id"), migration.accessKey());

        assertEquals(3, result.rows());
        assertEquals(List.of("id"), result.columns());
        requireStored(migration, result, (DataEncryption.ClientSide) migration.encryption());
    }

    @Test
    void aTableWithoutRowsGivesNoManifest() throws Exception {
        final UnloadResult result = Migration.sseKms().create(COLUMNS).unload();

        assertEquals(0, result.rows());
        assertEquals(0, result.files());
        assertEquals(0, result.bytes());
        // Redshift folds names in double quotes, too.
        assertEquals(List.of("id", "some \"name\", quoted"), result.columns());
        assertNull(result.manifest());
    }

    @Test
    void unloadingAgainGivesTheSame() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 'a'), (2, 'b')");

        assertEquals(migration.unload().manifest(), migration.unload().manifest());
        assertEquals(2, manifests.read(migration.unload().manifest(), null).rows());
    }

    @Test
    void leavesConnectionsOfAPoolAsTheyWere() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 'a')");

        try (Connection pooled = sandbox.connections("source").open()) {
            final Connection borrowed = Intercepted.of(Connection.class, pooled, (method, arguments, real) -> method.equals("close") ? null : real.proceed());
            new TableUnloader(manifests).unload(() -> borrowed, migration.unloadRequest(List.of(), migration.role()));

            assertTrue(pooled.getAutoCommit());

            assertThrows(RedshiftException.class, () -> new TableUnloader(manifests).unload(() -> borrowed, migration.unloadRequest(List.of("nope"), migration.role())));
            assertTrue(pooled.getAutoCommit());
        }
    }

    @Test
    void namesATableThatIsMissing() throws Exception {
        final Migration migration = Migration.sseKms();

        requireFailure(Reason.TABLE_MISSING, migration, List.of(), migration.role());
    }

    @Test
    void namesAColumnThatIsMissing() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS);

        assertTrue(requireFailure(Reason.COLUMN_MISSING, migration, List.of("id", "nope"), migration.role()).contains("nope"));
    }

    @Test
    void saysWhatTheRoleMayNot() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 'a')");

        requireFailure(Reason.S3_ACCESS_DENIED, migration, List.of(), migration.role("ReadOnly"));
        requireFailure(Reason.KMS_REFUSED, migration, List.of(), migration.role("NoKms"));
        requireFailure(Reason.ROLE_REFUSED, migration, List.of(), migration.role("Unknown"));
    }

    @Test
    void saysThatTheAccessKeyIsWrong() throws Exception {
        final Migration migration = Migration.clientSide().create(COLUMNS).insert("(1, 'a')");
        final Authorization.AccessKey right = (Authorization.AccessKey) migration.accessKey();

        requireFailure(Reason.S3_ACCESS_DENIED, migration, List.of(), new Authorization.AccessKey(right.accessKeyId(), StatementFixtures.accessKey().secretAccessKey()));
    }

    @Test
    void saysThatTheLoginIsRefused() throws Exception {
        final Migration migration = Migration.sseKms();

        final RedshiftException failure = assertThrows(RedshiftException.class,
                () -> new TableUnloader(manifests).unload(() -> sandbox.connect("source", "wrong"), migration.unloadRequest(List.of(), migration.role())));

        assertEquals(Reason.LOGIN_REFUSED, failure.reason(), failure.getMessage());
    }

    @Test
    void saysThatTheClusterCannotBeReached() throws Exception {
        final Migration migration = Migration.sseKms();

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> new TableUnloader(manifests).unload(() -> {
            throw new SQLException("The connection attempt failed.", "08001");
        }, migration.unloadRequest(List.of(), migration.role())));

        assertEquals(Reason.CONNECTION_FAILED, failure.reason(), failure.getMessage());
    }

    @Test
    void stopsWhenTheTimeIsUp() throws Exception {
        final Migration migration = Migration.sseKms();
        sandbox.execute("source", "CREATE VIEW %s AS SELECT pg_sleep(5)::text AS slow".formatted(SqlText.table(migration.source())));
        final UnloadRequest patient = migration.unloadRequest(List.of(), migration.role());
        final UnloadRequest hasty = new UnloadRequest(patient.selection(), patient.database(), patient.prefix(), patient.authorization(), patient.encryption(), patient.nullMarker(),
                patient.region(), false, 1);

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> new TableUnloader(manifests).unload(sandbox.connections("source"), hasty));

        assertEquals(Reason.CANCELED, failure.reason(), failure.getMessage());
    }

    @Test
    void refusesNamesThatReadInTwoWays() throws Exception {
        final Migration migration = Migration.sseKms().create("\"back\\slash\" INTEGER").insert("(1)");

        assertTrue(requireFailure(Reason.INVALID_REQUEST, migration, List.of(), migration.role()).contains("backslash"));
    }

    private String requireFailure(final Reason reason, final Migration migration, final List<String> columns, final Authorization authorization) {
        final RedshiftException failure = assertThrows(RedshiftException.class, () -> migration.unload(columns, authorization));
        final StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));

        assertEquals(reason, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().startsWith("UNLOAD of %s in database dev ".formatted(migration.source())), failure.getMessage());
        assertFalse(migration.secrets().stream().anyMatch(trace.toString()::contains), failure.getMessage());
        return failure.getMessage();
    }

    private void requireStored(final Migration migration, final UnloadResult result, final DataEncryption.ClientSide clientSide) throws Exception {
        final UnloadManifest manifest = manifests.read(result.manifest(), clientSide == null ? null : clientSide.masterKey());
        final S3Location folder = migration.prefix().location();
        final List<String> stored = sandbox.s3().listObjectsV2(request -> request.bucket(folder.bucket()).prefix(folder.key())).contents().stream().map(S3Object::key).toList();

        assertEquals(result.rows(), manifest.rows());
        assertEquals(result.bytes(), manifest.bytes());
        assertEquals(result.files(), manifest.entries().size());
        assertEquals(manifest.entries().size() + 1, stored.size());
        assertTrue(stored.containsAll(manifest.entries().stream().map(entry -> S3Location.parse(entry.url()).key()).toList()), stored.toString());
    }
}
