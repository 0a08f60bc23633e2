package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.UnloadManifest;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TableLoaderIT {
    private static final String SIMPLE = "id INTEGER, name VARCHAR(20)";
    private static final String EVERY_KIND = "id INTEGER, \"Odd \"\"Name\" VARCHAR(200), flag BOOLEAN, amount DECIMAL(12,2), day DATE, moment TIMESTAMP, ratio DOUBLE PRECISION";
    private static final String ODD_ROWS = "(1, 'plain', true, 1.50, '2026-11-22', '2026-11-22 23:59:58.123456', 0.1), (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, '', false, -0.01, '0001-01-01', "
            + "'1970-01-01 00:00:00', -1e300), (4, 'a^b''c\"d' || chr(92) || 'e' || chr(10) || chr(13) || 'f', true, 0, '2000-02-29', NULL, 0), "
            + "(5, ' Ünïcödé 😀 ', NULL, 9999999999.99, NULL, NULL, NULL), "
            + "(6, 'NULL', NULL, NULL, NULL, NULL, NULL), (7, chr(92) || 'N', NULL, NULL, NULL, NULL, NULL), (8, 'NULL_STRING__', NULL, NULL, NULL, NULL, NULL)";

    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));

    @Test
    void movesEveryValueUnderKms() throws Exception {
        requireMoved(Migration.sseKms().create(EVERY_KIND).insert(ODD_ROWS));
    }

    @Test
    void movesEveryValueUnderTheMasterKey() throws Exception {
        requireMoved(Migration.clientSide().create(EVERY_KIND).insert(ODD_ROWS));
    }

    @Test
    void movesOneRow() throws Exception {
        for (final Migration migration : List.of(Migration.sseKms(), Migration.clientSide())) {
            final UnloadResult unloaded = migration.create(SIMPLE).insert("(1, NULL)").unload();

            assertEquals(1, unloaded.rows());
            assertTrue(unloaded.files() >= 1 && unloaded.bytes() > 0, unloaded.toString());
            assertEquals(1, loader.load(target, migration.loadRequest(unloaded)).rows());
            assertEquals(migration.sourceRows(), migration.targetRows());
        }
    }

    @Test
    void movesManyFiles() throws Exception {
        for (final Migration migration : List.of(Migration.sseKms(), Migration.clientSide())) {
            migration.create(SIMPLE);
            sandbox.execute("source", "INSERT INTO %s SELECT n, CASE WHEN n %% 3 = 0 THEN NULL WHEN n %% 3 = 1 THEN '' ELSE 'row ' || n END FROM generate_series(1, 3000) AS n".formatted(
                    SqlText.table(migration.source())));
            final UnloadResult unloaded = migration.unload();

            assertEquals(3000, unloaded.rows());
            assertEquals(SandboxSession.SLICES, unloaded.files());
            assertEquals(3000, loader.load(target, migration.loadRequest(unloaded)).rows());
            assertEquals(migration.sourceRows(), migration.targetRows());
        }
    }

    @Test
    void loadsByNameIntoAnotherOrderOfColumns() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()), "CREATE TABLE %s (name VARCHAR(20), extra INTEGER, id INTEGER)".formatted(SqlText.table(migration.target())));
        final List<String> row = new ArrayList<>(List.of("a", "1"));
        row.add(1, null);

        loader.load(target, migration.loadRequest(migration.unload()));

        assertEquals(List.of(row), migration.targetRows());
    }

    @Test
    void keepsTheSourcesIdentitiesWhenAsked() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(42, 'a')");
        final LoadRequest plain = migration.loadRequest(migration.unload());
        final LoadRequest explicit = new LoadRequest(plain.table(), plain.plan(), plain.columns(), plain.manifest(), 1, plain.authorization(),
                plain.encryption(), plain.nullMarker(), plain.region(), true,
                plain.loadId(), plain.origin(), plain.ledger(), 0);
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()), "CREATE TABLE %s (id BIGINT IDENTITY(1,1), name VARCHAR(20))".formatted(SqlText.table(migration.target())));

        assertThrows(RedshiftException.class, () -> loader.load(target, plain));
        assertEquals(1, loader.load(target, explicit).rows());
        assertEquals(List.of(List.of("42", "a")), migration.targetRows());
    }

    @Test
    void aRepeatedLoadLoadsNothing() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a'), (2, 'b')");
        final LoadRequest request = migration.loadRequest(migration.unload());

        assertFalse(loader.load(target, request).alreadyLoaded());
        assertEquals(new LoadResult(2, true, null, false, List.of()), loader.load(target, request));
        assertEquals(2, migration.targetRows().size());
        assertEquals(List.of(List.of(request.loadId(), "public", migration.target().table(), "2", request.manifest().toString())), migration.ledgerRows());
    }

    @Test
    void theLedgerTellsWhereTheRowsComeFrom() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a'), (2, 'b')");
        final UnloadResult unloaded = migration.unload();
        final LoadRequest request = migration.loadRequest(unloaded);

        final LoadResult result = loader.load(target, request);

        final LoadOrigin origin = request.origin();
        assertEquals(List.of(List.of(origin.runId(), origin.source(), "public", migration.source().table(), "APPEND", Long.toString(unloaded.files()), Long.toString(unloaded.bytes()),
                unloaded.queryId(), result.queryId(), unloaded.manifestSha256())), sandbox.query("target", "SELECT run_id, source, source_schema, source_table, strategy, file_count, byte_count, "
                + "unload_query_id, copy_query_id, manifest_sha256 FROM %s WHERE attempt IS NOT NULL AND started_at <= loaded_at".formatted(SqlText.table(migration.ledger()))));
    }

    @Test
    void aLedgerOfTheFirstVersionIsReadAndExtended() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest before = migration.loadRequest(migration.unload());
        final Migration next = migration.again();
        final LoadRequest after = next.loadRequest(next.unload(), 1, migration.ledger());
        sandbox.execute("target", "CREATE TABLE %s (load_id VARCHAR(1024) NOT NULL, schema_name VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, row_count BIGINT NOT NULL, "
                .formatted(SqlText.table(migration.ledger())) + "manifest VARCHAR(2048) NOT NULL, loaded_at TIMESTAMP NOT NULL)",
                "INSERT INTO %s VALUES ('%s', 'public', 't', 1, 's3://b/m', '2026-01-01 00:00:00')".formatted(SqlText.table(migration.ledger()), before.loadId()));

        assertTrue(loader.load(target, before).alreadyLoaded());
        assertFalse(loader.load(target, after).alreadyLoaded());

        assertEquals(Arrays.asList(Arrays.asList(before.loadId(), null), List.of(after.loadId(), "APPEND")),
                sandbox.query("target", "SELECT load_id, strategy FROM %s ORDER BY loaded_at".formatted(SqlText.table(migration.ledger()))));
        assertEquals(1, migration.targetRows().size());
    }

    /** The ledger belongs to an administrator: the user of the loads may not extend it. */
    @Test
    void aLedgerThatMayNotBeExtendedIsUsedAsItIs() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest request = migration.loadRequest(migration.unload());
        final String user = "loader_" + migration.suffix();
        sandbox.execute("target", "CREATE TABLE %s (load_id VARCHAR(1024) NOT NULL, schema_name VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, row_count BIGINT NOT NULL, "
                .formatted(SqlText.table(migration.ledger())) + "manifest VARCHAR(2048) NOT NULL, loaded_at TIMESTAMP NOT NULL)",
                "CREATE TABLE %s (unused SMALLINT)".formatted(SqlText.table(TableLoader.gate(migration.ledger()))),
                "CREATE USER %s PASSWORD 'Abcdefgh1'".formatted(user),
                "GRANT INSERT ON %s TO %s".formatted(SqlText.table(migration.target()), user),
                "GRANT SELECT, INSERT ON %s TO %s".formatted(SqlText.table(migration.ledger()), user),
                "GRANT UPDATE ON %s TO %s".formatted(SqlText.table(TableLoader.gate(migration.ledger())), user));

        final ConnectionSource asLoader = () -> sandbox.connectAs("target", user, "Abcdefgh1");

        assertFalse(loader.load(asLoader, request).alreadyLoaded());
        assertTrue(loader.load(asLoader, request).alreadyLoaded());
        assertEquals(1, migration.targetRows().size());
        assertEquals(1, migration.ledgerRows().size());
    }

    @Test
    void anotherCountUnderTheSameIdIsRefused() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final UnloadResult unloaded = migration.unload();
        loader.load(target, migration.loadRequest(unloaded));

        requireFailure(Reason.COUNT_MISMATCH, migration, migration.loadRequest(unloaded, 5, migration.ledger()), "put 1 rows into", "but this one has 5");
        assertEquals(1, migration.targetRows().size());
    }

    @Test
    void aRowTooFewRollsBack() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a'), (2, 'b')");
        final UnloadResult unloaded = migration.unload();
        sandbox.execute("target", "INSERT INTO %s VALUES (9, 'before')".formatted(SqlText.table(migration.target())));

        requireFailure(Reason.COUNT_MISMATCH, migration, migration.loadRequest(unloaded, 3, migration.ledger()), "loaded 2 of 3 rows, rolled back, target unchanged, staged data kept at "
                + migration.prefix().location());

        assertEquals(List.of(List.of("9", "before")), migration.targetRows());
        assertEquals(List.of(), migration.ledgerRows());
        assertEquals(2, loader.load(target, migration.loadRequest(unloaded)).rows());
        assertEquals(3, migration.targetRows().size());
    }

    @Test
    void aFileThatIsGoneIsNoSilentLoss() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
        final UnloadResult unloaded = migration.unload();
        final UnloadManifest manifest = new ManifestReader(sandbox.s3()).read(unloaded.manifest(), null);
        final UnloadManifest.Entry entry = manifest.entries().stream().filter(candidate -> candidate.rows() > 0).findFirst().orElseThrow();
        final S3Location file = S3Location.parse(entry.url());
        sandbox.s3().deleteObject(request -> request.bucket(file.bucket()).key(file.key()));

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(target, migration.loadRequest(unloaded)));

        assertTrue(failure.reason() == Reason.COUNT_MISMATCH || failure.reason() == Reason.S3_OBJECT_MISSING, failure.getMessage());
        assertEquals(List.of(), migration.targetRows());
    }

    @Test
    void aLoadErrorTellsColumnLineAndReasonButNoData() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'much too long')");
        final UnloadResult unloaded = migration.unload();
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()), "CREATE TABLE %s (id INTEGER, name VARCHAR(3))".formatted(SqlText.table(migration.target())));

        final String message = requireFailure(Reason.LOAD_ERRORS, migration, migration.loadRequest(unloaded), "First error: ", "column name", "line 1 of s3://", "Nothing was loaded");

        assertFalse(message.contains("much too long"), message);
        assertEquals(List.of(), migration.targetRows());
    }

    @Test
    void theWrongMasterKeyLoadsNothing() throws Exception {
        final Migration migration = Migration.clientSide().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest right = migration.loadRequest(migration.unload());
        final LoadRequest wrong = new LoadRequest(right.table(), right.plan(), right.columns(), right.manifest(), 1, right.authorization(),
                Migration.clientSide().encryption(), right.nullMarker(), right.region(),
                false, right.loadId(), right.origin(), right.ledger(), 0);

        assertThrows(RedshiftException.class, () -> loader.load(target, wrong));
        assertEquals(List.of(), migration.targetRows());
        assertEquals(1, loader.load(target, right).rows());
    }

    @Test
    void namesWhatIsMissing() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final UnloadResult unloaded = migration.unload();
        sandbox.execute("target", "ALTER TABLE %s RENAME COLUMN name TO other".formatted(SqlText.table(migration.target())));
        requireFailure(Reason.COLUMN_MISSING, migration, migration.loadRequest(unloaded), "name");
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()));
        requireFailure(Reason.TABLE_MISSING, migration, migration.loadRequest(unloaded), migration.target().toString());
        requireFailure(Reason.TABLE_MISSING, migration, migration.loadRequest(unloaded, 1, new TableName("no_schema", "ledger")), "Asking the ledger no_schema.ledger");
        sandbox.s3().deleteObject(request -> request.bucket(unloaded.manifest().bucket()).key(unloaded.manifest().key()));
        sandbox.execute("target", "CREATE TABLE %s (%s)".formatted(SqlText.table(migration.target()), SIMPLE));
        requireFailure(Reason.S3_OBJECT_MISSING, migration, migration.loadRequest(unloaded), "Nothing was loaded");
    }

    @Test
    void noRowsStillNeedATarget() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE);
        final UnloadResult unloaded = migration.unload();

        assertEquals(new LoadResult(0, false, null, false, List.of()), loader.load(target, migration.loadRequest(unloaded)));

        assertEquals(new LoadResult(0, true, null, false, List.of()), loader.load(target, migration.loadRequest(unloaded)));
        sandbox.execute("target", "DROP TABLE " + SqlText.table(migration.target()));
        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(target, migration.again().loadRequest(unloaded)));
        assertEquals(Reason.TABLE_MISSING, failure.reason(), failure.getMessage());
    }

    @Test
    void aCommitThatWasDoneButNotAnsweredIsFound() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest request = migration.loadRequest(migration.unload());

        final LoadResult result = loader.load(losingCommit(true), request);

        assertEquals(1, result.rows());
        assertFalse(result.alreadyLoaded());
        assertEquals(1, migration.targetRows().size());
        assertEquals(1, migration.ledgerRows().size());
    }

    @Test
    void aCommitThatWasNotDoneIsReportedAndMayBeTriedAgain() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest request = migration.loadRequest(migration.unload());

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(losingCommit(false), request));

        assertEquals(Reason.CONNECTION_FAILED, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().contains("The ledger does not hold it. Nothing was loaded"), failure.getMessage());
        assertEquals(List.of(), migration.targetRows());
        assertFalse(loader.load(target, request).alreadyLoaded());
        assertEquals(1, migration.targetRows().size());
    }

    @Test
    void withoutALedgerALostCommitStaysUnknown() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest request = migration.loadRequest(migration.unload(), 1, null);

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(losingCommit(true), request));

        assertEquals(Reason.OUTCOME_UNKNOWN, failure.reason(), failure.getMessage());
        assertTrue(failure.getMessage().contains("no ledger is configured"), failure.getMessage());
    }

    @Test
    void aLedgerThatCannotBeAskedLeavesTheOutcomeUnknown() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final LoadRequest request = migration.loadRequest(migration.unload());
        final AtomicInteger opened = new AtomicInteger();
        final ConnectionSource losing = losingCommit(true);

        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(() -> {
            // The first two load, and read the ledger.
            if (opened.incrementAndGet() > 2) {
                throw new SQLException("The connection attempt failed.", "08001");
            }

            return losing.open();
        }, request));

        assertEquals(Reason.OUTCOME_UNKNOWN, failure.reason(), failure.getMessage());
        assertEquals(new LoadResult(1, true, null, false, List.of()), loader.load(target, request));
        assertEquals(1, migration.targetRows().size());
    }

    /** One that comes later ends what it finds of earlier ones. */
    @Test
    void simultaneousTriesOfOneLoadLoadOnce() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a'), (2, 'b')");
        final LoadRequest request = migration.loadRequest(migration.unload());
        final List<Callable<LoadResult>> tries = new ArrayList<>();

        for (int index = 0; index < 4; index++) {
            tries.add(() -> loader.load(target, request));
        }

        int loaded = 0;

        try (ExecutorService threads = Executors.newFixedThreadPool(tries.size())) {
            for (final Future<LoadResult> result : threads.invokeAll(tries)) {
                try {
                    loaded += result.get().alreadyLoaded() ? 0 : 1;
                } catch (final ExecutionException e) {
                    final RedshiftException ended = assertInstanceOf(RedshiftException.class, e.getCause());
                    assertTrue(Set.of(Reason.CANCELED, Reason.CONNECTION_FAILED, Reason.SESSION_TERMINATED).contains(ended.reason()), ended.getMessage());
                }
            }
        }

        loaded += loader.load(target, request).alreadyLoaded() ? 0 : 1;
        assertEquals(1, loaded);
        assertEquals(2, migration.targetRows().size());
        assertEquals(1, migration.ledgerRows().size());
    }

    @Test
    void leavesConnectionsOfAPoolAsTheyWere() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final UnloadResult unloaded = migration.unload();

        try (Connection pooled = target.open()) {
            final Connection borrowed = Intercepted.of(Connection.class, pooled, (method, arguments, real) -> method.equals("close") ? null : real.proceed());

            assertThrows(RedshiftException.class, () -> loader.load(() -> borrowed, migration.loadRequest(unloaded, 2, migration.ledger())));
            assertTrue(pooled.getAutoCommit());
            loader.load(() -> borrowed, migration.loadRequest(unloaded));
            assertTrue(pooled.getAutoCommit());
        }
    }

    @Test
    void takesRowsThatAnotherProgramUnloaded() throws Exception {
        final Migration migration = Migration.sseKms().create(SIMPLE).insert("(1, 'a')");
        final UnloadResult unloaded = migration.unload();
        final String plain = "{\"entries\":[{\"url\":\"%s\",\"mandatory\":true}]}".formatted(
                new ManifestReader(sandbox.s3()).read(unloaded.manifest(), null).entries().getFirst().url());
        sandbox.s3().putObject(request -> request.bucket(unloaded.manifest().bucket()).key(unloaded.manifest().key()), RequestBody.fromString(plain));

        assertEquals(1, loader.load(target, migration.loadRequest(unloaded, 1, null)).rows());
    }

    private void requireMoved(final Migration migration) throws Exception {
        final UnloadResult unloaded = migration.unload();

        final LoadResult result = loader.load(target, migration.loadRequest(unloaded));

        assertEquals(8, result.rows());
        assertFalse(result.alreadyLoaded());
        assertTrue(Long.parseLong(result.queryId()) > 0, result.queryId());
        assertEquals(migration.sourceRows(), migration.targetRows());
        assertEquals(1, migration.ledgerRows().size());
    }

    private String requireFailure(final Reason reason, final Migration migration, final LoadRequest request, final String... parts) {
        final RedshiftException failure = assertThrows(RedshiftException.class, () -> loader.load(target, request));
        final StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));

        assertEquals(reason, failure.reason(), failure.getMessage());
        assertFalse(migration.secrets().stream().anyMatch(trace.toString()::contains), failure.getMessage());

        for (final String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }

        return failure.getMessage();
    }

    /** Connections of which the first loses its cluster at the COMMIT that follows a COPY: behind the COMMIT, or before it. */
    private ConnectionSource losingCommit(final boolean done) {
        final AtomicInteger opened = new AtomicInteger();

        return () -> {
            final Connection real = target.open();

            if (opened.incrementAndGet() > 1) {
                return real;
            }

            return Intercepted.of(Connection.class, real, (method, arguments, call) -> {
                if (!method.equals("commit") || !isCopied(real)) {
                    return call.proceed();
                }

                if (done) {
                    call.proceed();
                }

                real.close();
                throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
            });
        };
    }

    private static boolean isCopied(final Connection connection) throws SQLException {
        return Queries.number(connection, "SELECT pg_last_copy_id()") > 0;
    }
}
