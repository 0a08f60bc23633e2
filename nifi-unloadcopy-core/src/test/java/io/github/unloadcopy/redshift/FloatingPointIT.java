package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Floating-point values through UNLOAD and COPY: every bit arrives. */
class FloatingPointIT {
    private static final int TRIES = 4;
    private static final int ROWS = 400;
    private static final String COLUMNS = "id INTEGER, precise DOUBLE PRECISION, single REAL";
    /** DOUBLE PRECISION tells every REAL apart, which the text of a REAL does not. */
    private static final String VALUES = "SELECT precise, CAST(single AS DOUBLE PRECISION) FROM %s ORDER BY id";

    private final SandboxSession sandbox = SandboxSession.get();

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
    void everyBitArrives(@ForAll("doubles") final List<Double> doubles, @ForAll("floats") final List<Float> floats) throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert(values(doubles, floats));

        new TableLoader(Duration.ofMillis(10)).load(sandbox.connections("target"), migration.loadRequest(migration.unload()));

        assertEquals(IntStream.range(0, ROWS).mapToObj(row -> bits(doubles.get(row), floats.get(row))).toList(), arrived(migration));
    }

    /** A query in the table's place, asked for by name. */
    @Example
    void everyBitOfAQueryArrives() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 0.30000000000000004, 14293.6455), (2, 5e-324, '-0')");
        final UnloadRequest plain = migration.unloadRequest(List.of(), migration.role());
        final Selection query = Selection.of(migration.source(), "SELECT id, precise, single FROM " + SqlText.table(migration.source()), List.of("single", "id", "precise"));
        final UnloadRequest queried = new UnloadRequest(query, plain.database(), plain.prefix(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false, 60);

        new TableLoader(Duration.ofMillis(10)).load(sandbox.connections("target"), migration.loadRequest(unloader().unload(sandbox.connections("source"), queried)));

        assertEquals(List.of(bits(0.30000000000000004, 14293.6455F), bits(Double.MIN_VALUE, -0F)), arrived(migration));
    }

    @Example
    void theSettingEndsWithTheUnload() throws Exception {
        final Migration migration = Migration.sseKms().create(COLUMNS).insert("(1, 0.30000000000000004, 14293.6455)");

        try (Connection pooled = sandbox.connections("source").open()) {
            final Connection borrowed = Intercepted.of(Connection.class, pooled, (method, arguments, real) -> method.equals("close") ? null : real.proceed());
            Queries.execute(pooled, "SET extra_float_digits TO -1", 0);
            final UnloadResult unloaded = unloader().unload(() -> borrowed, migration.unloadRequest(List.of(), migration.role()));

            assertEquals("-1", Queries.value(pooled, "SHOW extra_float_digits"));
            assertThrows(RedshiftException.class, () -> unloader().unload(() -> borrowed, migration.unloadRequest(List.of(), migration.role("Unknown"))));
            assertEquals("-1", Queries.value(pooled, "SHOW extra_float_digits"));

            new TableLoader(Duration.ofMillis(10)).load(sandbox.connections("target"), migration.loadRequest(unloaded));
            assertEquals(List.of(bits(0.30000000000000004, 14293.6455F)), arrived(migration));
        }
    }

    @Provide
    Arbitrary<List<Double>> doubles() {
        return Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.longs().withDistribution(RandomDistribution.uniform()).map(Double::longBitsToDouble)),
                Tuple.of(1, Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, Double.MIN_VALUE, Double.MIN_NORMAL, Double.MAX_VALUE, 0.1)))
                .list().ofSize(ROWS);
    }

    @Provide
    Arbitrary<List<Float>> floats() {
        return Arbitraries.frequencyOf(Tuple.of(20, Arbitraries.integers().withDistribution(RandomDistribution.uniform()).map(Float::intBitsToFloat)),
                Tuple.of(1, Arbitraries.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0F, 0F, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, 0.1F)))
                .list().ofSize(ROWS);
    }

    private TableUnloader unloader() {
        return new TableUnloader(new ManifestReader(sandbox.s3()));
    }

    private static String values(final List<Double> doubles, final List<Float> floats) {
        final List<String> rows = new ArrayList<>();

        for (int row = 0; row < ROWS; row++) {
            rows.add("(%d, '%s', '%s')".formatted(row, doubles.get(row), floats.get(row)));
        }

        return String.join(", ", rows);
    }

    private List<String> arrived(final Migration migration) throws SQLException {
        return sandbox.query("target", VALUES.formatted(SqlText.table(migration.target()))).stream()
                .map(row -> bits(Double.parseDouble(row.get(0)), (float) Double.parseDouble(row.get(1)))).toList();
    }

    /** NaN has one text, so that its bits are one kind too. */
    private static String bits(final double precise, final float single) {
        return Long.toHexString(Double.doubleToLongBits(precise)) + " " + Integer.toHexString(Float.floatToIntBits(single));
    }
}
