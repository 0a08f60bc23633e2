package io.github.unloadcopy.redshift;

import io.github.unloadcopy.BoundedPool;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sandbox.client.SandboxControl;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.PurgeResult;
import io.github.unloadcopy.staging.S3Location;
import io.github.unloadcopy.staging.StagedDataPurger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Statements that hang on the cluster, whose client is gone or has been forgotten, and what later attempts do about them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class EarlierAttemptsIT {
    private final SandboxSession sandbox = SandboxSession.get();
    private final SandboxControl control = sandbox.endpoints().controlClient();
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void removeFaults() throws Exception {
        control.clear();
        threads.shutdownNow();
    }

    @Test
    void anUnloadThatHangsIsEndedByTheNextOne() throws Exception {
        final Migration migration = manyRows();
        final Future<UnloadResult> hanging = hang("UNLOAD", migration, Effect.hang().afterObjects(1), migration::unload);

        final UnloadResult unloaded = migration.unload();

        assertEquals(3000, unloaded.rows());
        assertEquals(Reason.CANCELED, failure(hanging).reason());
        assertEquals(3000, new ManifestReader(sandbox.s3()).read(unloaded.manifest(), null).rows());
        assertEquals(3000, loader.load(target, migration.loadRequest(unloaded)).rows());
        assertEquals(migration.sourceRows(), migration.targetRows());
    }

    @Test
    void aCopyThatHangsIsEndedByTheNextOne() throws Exception {
        final Migration migration = manyRows();
        final LoadRequest request = migration.loadRequest(migration.unload());
        final Future<LoadResult> hanging = hang("COPY", migration, Effect.hang().afterRows(100), () -> loader.load(target, request));

        final LoadResult loaded = loader.load(target, request);

        assertFalse(loaded.alreadyLoaded());
        assertEquals(Reason.CANCELED, failure(hanging).reason());
        assertEquals(migration.sourceRows(), migration.targetRows());
        assertEquals(1, migration.ledgerRows().size());
    }

    /** Its NiFi froze between COPY and COMMIT, and comes back when another attempt has committed. */
    @Test
    void aTransactionThatIsLeftOpenIsEndedByTheNextOne() throws Exception {
        final Migration migration = manyRows();
        final LoadRequest request = migration.loadRequest(migration.unload());
        final SteppedLoad frozen = new SteppedLoad(target, request);

        while (frozen.pending() != SteppedLoad.Step.COMMIT) {
            frozen.send(SteppedLoad.Command.GO);
            frozen.await();
        }

        assertFalse(loader.load(target, request).alreadyLoaded());
        frozen.send(SteppedLoad.Command.GO);
        frozen.await();

        while (!frozen.isFinished()) {
            frozen.send(SteppedLoad.Command.GO);
            frozen.await();
        }

        assertTrue(frozen.result().alreadyLoaded(), "it finds the load of the other");
        assertEquals(migration.sourceRows(), migration.targetRows());
        assertEquals(1, migration.ledgerRows().size());
    }

    /** The pool has given the session of an earlier attempt to another load. */
    @Test
    void aSessionThatHasGoneOnToOtherWorkIsLeftAlone() throws Exception {
        final Migration first = manyRows();
        final Migration second = manyRows();
        final LoadRequest request = first.loadRequest(first.unload());

        try (BoundedPool pool = new BoundedPool(sockets -> sandbox.connectTo("target", Migration.DATABASE, sockets), 2)) {
            loader.load(pool, request);
            final SteppedLoad other = new SteppedLoad(pool, second.loadRequest(second.unload()));

            assertTrue(loader.load(target, request).alreadyLoaded());

            while (!other.isFinished()) {
                other.send(SteppedLoad.Command.GO);
                other.await();
            }

            assertFalse(other.result().alreadyLoaded());
            assertEquals(second.sourceRows(), second.targetRows());
        }
    }

    /** The connection is lost, and the cluster goes on: a statement without a client is still ended. */
    @Test
    void anUnloadWhoseClientIsGoneIsEndedByThePurge() throws Exception {
        final Migration migration = manyRows();
        final List<Socket> sockets = new CopyOnWriteArrayList<>();
        final Future<UnloadResult> hanging = hang("UNLOAD", migration, Effect.hang().afterObjects(1), () -> new TableUnloader(new ManifestReader(sandbox.s3())).unload(
                () -> sandbox.connectTo("source", Migration.DATABASE, sockets::add), migration.unloadRequest(List.of(), migration.role())));
        sockets.getLast().close();
        assertEquals(Reason.CONNECTION_FAILED, failure(hanging).reason());
        assertEquals(1, running(migration));

        final PurgeResult purged = new TablePurge(new StagedDataPurger(sandbox.s3())).purge(sandbox.connections("source"), migration.prefix());

        assertTrue(purged.objects() >= 1, purged.toString());
        assertEquals(0, running(migration));
        assertEquals(List.of(), staged(migration));
        assertEquals(List.of(), sandbox.s3().listMultipartUploads(request -> request.bucket(SandboxSession.BUCKET).prefix(migration.prefix().location().key())).uploads());
    }

    @Test
    void thePurgeOfOneTableLeavesOthersAlone() throws Exception {
        final Migration other = manyRows();
        final Future<UnloadResult> hanging = hang("UNLOAD", other, Effect.hang().afterObjects(1), other::unload);
        final Migration migration = manyRows();
        migration.unload();

        assertTrue(new TablePurge(new StagedDataPurger(sandbox.s3())).purge(sandbox.connections("source"), migration.prefix()).objects() > 1);

        assertEquals(1, running(other));
        assertFalse(hanging.isDone());
        assertFalse(staged(other).isEmpty());
        other.unload();
        failure(hanging);
    }

    @Test
    void aStatementThatDoesNotStopIsNamed() throws Exception {
        final Migration migration = manyRows();
        final Future<UnloadResult> hanging = hang("UNLOAD", migration, Effect.hang().afterObjects(1), migration::unload);
        final ClusterSession session = ClusterSession.open(sandbox.connections("source"));

        try {
            final EarlierAttempts impatient = new EarlierAttempts(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO);
            final RedshiftException failure = assertThrows(RedshiftException.class,
                    () -> impatient.end(session.connection(), migration.prefix().location().toString(), "UNLOAD of a table"));

            assertEquals(Reason.EARLIER_ATTEMPT_RUNNING, failure.reason());
            assertTrue(failure.getMessage().matches("UNLOAD of a table was not started: an earlier attempt still runs on the cluster, in session\\(s\\) \\d+, and did not stop within 0 s\\. .*"),
                    failure.getMessage());
            assertTrue(new EarlierAttempts().end(session.connection(), migration.prefix().location().toString(), "UNLOAD of a table"));
            assertFalse(new EarlierAttempts().end(session.connection(), migration.prefix().location().toString(), "UNLOAD of a table"));
        } finally {
            session.release();
        }

        failure(hanging);
    }

    @Test
    void theUsersOwnTimeoutDoesNotEndTheWork() throws Exception {
        final Migration migration = manyRows();
        final String user = "hasty_" + migration.suffix();

        for (final String cluster : List.of("source", "target")) {
            sandbox.execute(cluster, "CREATE USER %s PASSWORD 'Abcdefgh1'".formatted(user), "GRANT CREATE ON SCHEMA public TO " + user, "ALTER USER %s SET statement_timeout TO 100".formatted(user));
        }

        sandbox.execute("source", "GRANT SELECT ON %s TO %s".formatted(SqlText.table(migration.source()), user));
        sandbox.execute("target", "GRANT INSERT ON %s TO %s".formatted(SqlText.table(migration.target()), user));
        // Longer than the user's timeout.
        control.add(new FaultRule(null, Match.statement("UNLOAD").on("*" + migration.suffix() + "*"), Chance.always(), Effect.latency(Duration.ofMillis(300)).afterRows(1)));
        control.add(new FaultRule(null, Match.statement("COPY").on("*" + migration.suffix() + "*"), Chance.always(), Effect.latency(Duration.ofMillis(300)).afterRows(1)));

        final ConnectionSource hastySource = () -> sandbox.connectAs("source", user, "Abcdefgh1");
        final ConnectionSource hastyTarget = () -> sandbox.connectAs("target", user, "Abcdefgh1");
        final UnloadResult unloaded = new TableUnloader(new ManifestReader(sandbox.s3())).unload(hastySource, withoutLimit(migration.unloadRequest(List.of(), migration.role())));

        assertEquals(3000, loader.load(hastyTarget, migration.loadRequest(unloaded)).rows());
        assertEquals(migration.sourceRows(), migration.targetRows());
    }

    private static UnloadRequest withoutLimit(final UnloadRequest plain) {
        return new UnloadRequest(plain.selection(), plain.database(), plain.prefix(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false, 0);
    }

    private Migration manyRows() throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER, name VARCHAR(20)");
        sandbox.execute("source", "INSERT INTO %s SELECT n, 'row ' || n FROM generate_series(1, 3000) AS n".formatted(SqlText.table(migration.source())));
        return migration;
    }

    /** Runs a statement that hangs, once, and returns when it does. */
    private <T> Future<T> hang(final String statement, final Migration migration, final Effect effect, final Callable<T> work) throws Exception {
        control.add(new FaultRule("hang", Match.statement(statement).on("*" + migration.suffix() + "*"), Chance.times(1), effect));
        final Future<T> hanging = threads.submit(work);
        final String cluster = statement.equals("COPY") ? "target" : "source";

        while (!hanging.isDone() && (control.fault("hang").injected() == 0 || count(cluster, "%" + migration.suffix() + "%") == 0 || staged(migration).isEmpty())) {
            Thread.sleep(20);
        }

        assertFalse(hanging.isDone(), "it hangs");
        return hanging;
    }

    private long running(final Migration migration) throws SQLException {
        return count("source", "%" + migration.suffix() + "%");
    }

    private long count(final String cluster, final String label) throws SQLException {
        return Long.parseLong(sandbox.query(cluster, "SELECT count(*) FROM sys_query_history WHERE query_label LIKE '%s' AND status = 'running'".formatted(label)).getFirst().getFirst());
    }

    private List<String> staged(final Migration migration) {
        final S3Location folder = migration.prefix().location();
        return sandbox.s3().listObjectsV2(request -> request.bucket(folder.bucket()).prefix(folder.key())).contents().stream().map(S3Object::key).toList();
    }

    private static RedshiftException failure(final Future<?> work) {
        return assertInstanceOf(RedshiftException.class, assertThrows(ExecutionException.class, () -> work.get(60, TimeUnit.SECONDS)).getCause());
    }
}
