package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.UnloadManifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

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
        assertTrue(result.manifest().toString().matches(Pattern.quote(migration.prefix().location().toString()) + "attempt-[0-9a-f]{8}/manifest"), result.manifest().toString());
        assertEquals(manifests.read(result.manifest(), null).sha256(), result.manifestSha256());
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
    void attemptsShareNoFiles() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 'a'), (2, 'b')");
        final UnloadManifest first = manifests.read(migration.unload().manifest(), null);

        final UnloadManifest second = manifests.read(migration.unload().manifest(), null);

        assertEquals(2, first.rows());
        assertEquals(2, second.rows());
        assertTrue(Collections.disjoint(first.entries().stream().map(UnloadManifest.Entry::url).toList(), second.entries().stream().map(UnloadManifest.Entry::url).toList()));
        assertEquals(first.entries().size() + second.entries().size() + 2, staged(migration).size());
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "VARBYTE(10) | VARBYTE | or unload a view that gives FROM_VARBYTE(column, 'hex')",
        "GEOMETRY | GEOMETRY | or unload a view that gives ST_AsHexEWKB(column)",
        "GEOGRAPHY | GEOGRAPHY | or unload a view that gives ST_AsHexEWKB(column)",
        "HLLSKETCH | HLLSKETCH | and build the sketch anew in the target"})
    void refusesWhatCannotTravelAsText(final String type, final String name, final String advice) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER, odd " + type).insert("(1, NULL)");
        final UnloadRequest plain = migration.unloadRequest(List.of(), migration.role());
        final Selection query = Selection.of(migration.source(), "SELECT odd AS \"given\" FROM " + SqlText.table(migration.source()), List.of());
        final UnloadRequest queried = new UnloadRequest(query, plain.database(), plain.prefix(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false, 60);

        final String message = requireFailure(Reason.INVALID_REQUEST, migration, List.of(), migration.role());
        assertTrue(message.contains(" was not started: column odd is " + name + ", ") && message.contains(advice), message);
        assertTrue(requireFailure(Reason.INVALID_REQUEST, migration, List.of("id", "odd"), migration.role()).contains("column odd is " + name));
        assertTrue(assertThrows(RedshiftException.class, () -> new TableUnloader(manifests).unload(sandbox.connections("source"), queried)).getMessage().contains("column given is " + name));
        assertEquals(List.of(), staged(migration));
        assertEquals(1, migration.unload(List.of("id"), migration.role()).rows());
    }

    @Test
    void theAdviceHelps() throws Exception {
        final String point = "0101000020E6100000000000000000F03F0000000000000040";
        final Migration migration = Migration.sseKms().create("id INTEGER, bin VARBYTE(10), shape GEOMETRY, place GEOGRAPHY")
                .insert("(1, 'a^\"', '%s', '%s'), (2, NULL, NULL, NULL)".formatted(point, point));
        final Migration viewed = Migration.sseKms();
        sandbox.execute("source", "CREATE VIEW %s AS SELECT id, FROM_VARBYTE(bin, 'hex') AS bin, ST_AsHexEWKB(shape) AS shape, ST_AsHexEWKB(place) AS place FROM %s"
                .formatted(SqlText.table(viewed.source()), SqlText.table(migration.source())));
        sandbox.execute("target", "CREATE TABLE %s (id INTEGER, bin VARCHAR(20), shape VARCHAR(200), place VARCHAR(200))".formatted(SqlText.table(viewed.target())));

        new TableLoader(Duration.ofMillis(10)).load(sandbox.connections("target"), viewed.loadRequest(viewed.unload()));

        assertEquals(List.of(List.of("1", "615e22", point, point), Arrays.asList("2", null, null, null)), viewed.targetRows());
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
        final List<String> stored = staged(migration);

        assertEquals(result.rows(), manifest.rows());
        assertEquals(result.bytes(), manifest.bytes());
        assertEquals(result.files(), manifest.entries().size());
        assertEquals(manifest.entries().size() + 1, stored.size());
        assertTrue(stored.containsAll(manifest.entries().stream().map(entry -> S3Location.parse(entry.url()).key()).toList()), stored.toString());
    }

    private List<String> staged(final Migration migration) {
        final S3Location folder = migration.prefix().location();
        return sandbox.s3().listObjectsV2(request -> request.bucket(folder.bucket()).prefix(folder.key())).contents().stream().map(S3Object::key).toList();
    }
}
