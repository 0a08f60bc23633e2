package io.github.unloadcopy.redshift;

import io.github.unloadcopy.BoundedPool;
import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** Loads of different tables at the same time do not fail for each other, at either isolation level, and need one connection more than there are loads. */
class ConcurrentLoadsIT {
    private static final int LOADS = 8;
    private static final int WAVES = 20;

    private final SandboxSession sandbox = SandboxSession.get();

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void loadsOfDifferentTablesAllSucceed(final IsolationLevel level) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1), (2), (3)");
        final UnloadResult unloaded = migration.unload();
        final List<TableName> tables = new ArrayList<>();
        final long start = System.nanoTime();

        for (int index = 0; index < LOADS; index++) {
            tables.add(new TableName("public", "target_%d_%s".formatted(index, migration.suffix())));
            level.execute(sandbox, "CREATE TABLE %s (id INTEGER)".formatted(SqlText.table(tables.getLast())));
        }

        try (BoundedPool pool = level.pool(sandbox, LOADS + 1); ExecutorService threads = Executors.newFixedThreadPool(LOADS)) {
            for (int wave = 0; wave < WAVES; wave++) {
                final CyclicBarrier together = new CyclicBarrier(LOADS);
                final List<Callable<LoadResult>> loads = new ArrayList<>();

                for (final TableName table : tables) {
                    final LoadRequest request = request(migration, unloaded, table, "wave %d of %s".formatted(wave, table));
                    loads.add(() -> {
                        together.await();
                        return new TableLoader(Duration.ofMillis(100)).load(pool, request);
                    });
                }

                for (final Future<LoadResult> load : threads.invokeAll(loads)) {
                    assertFalse(load.get().alreadyLoaded());
                }
            }
        }

        for (final TableName table : tables) {
            assertEquals(Integer.toString(3 * WAVES), level.value(sandbox, "SELECT count(*) FROM " + SqlText.table(table)));
        }

        assertEquals(Integer.toString(LOADS * WAVES), level.value(sandbox, "SELECT count(DISTINCT load_id) FROM " + SqlText.table(migration.ledger())));
        System.out.printf("%s: %d waves of %d loads in %d s%n", level, WAVES, LOADS, Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    private static LoadRequest request(final Migration migration, final UnloadResult unloaded, final TableName table, final String loadId) {
        final LoadRequest plain = migration.loadRequest(unloaded);
        return new LoadRequest(table, plain.plan(), plain.columns(), plain.manifest(), plain.expectedRows(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false,
                loadId, plain.origin(), plain.ledger(), 60);
    }
}
