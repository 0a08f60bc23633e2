package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The delivered flow in the real NiFi, from end to end, at a small scale. */
class MigrationIT {
    private static final double SCALE = 0.001;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static Landscape landscape;

    @BeforeAll
    static void start() throws Exception {
        landscape = new Landscape(Build.current(), folder.resolve("landscape"));
        landscape.openClouds(SCALE);
        landscape.launchNiFi();

        for (final Table table : Landscape.tables()) {
            landscape.loadSource(table, SCALE);
        }

        landscape.awaitNiFi();
    }

    @AfterAll
    static void stop() throws IOException {
        landscape.close();
    }

    @ParameterizedTest
    @EnumSource
    void movesEveryValue(final EncryptionMode mode) throws Exception {
        assumeTrue(mode != EncryptionMode.CLIENT_SIDE || landscape.clouds().settings().clientSideEncryption(), "The clusters refuse client-side encryption.");
        final RecordingNarrator narrator = new RecordingNarrator();

        final Migration migration = new Migration(landscape, SCALE, narrator);
        final MigrationReport report = migration.run(mode, System.nanoTime());
        migration.disableServices();

        assertTrue(report.holds(), () -> report + "\n" + narrator.text());
        assertEquals(mode.label(), report.encryption());
        assertEquals(List.of("Summary of the run: 8 of 8 tables succeeded, 0 failed, 0 not begun", "Summary of the run: 1 of 1 tables succeeded, 0 failed, 0 not begun"),
                narrator.text().lines().map(String::strip).filter(line -> line.startsWith("Summary")).toList());
        assertEquals(List.of("tpch.region", "tpch.nation", "tpch.supplier", "tpch.part", "tpch.partsupp", "tpch.customer", "tpch.orders", "tpch.lineitem", "hard.values_of_every_kind"),
                report.tables().stream().map(TableReport::table).toList());
        assertEquals(List.of(5L, 25L, 10L, 200L, 800L, 150L, 1500L, 6005L), report.tables().stream().limit(8).map(TableReport::rowsSource).toList());
        assertTrue(report.tables().stream().allMatch(table -> table.files() > 0 && table.bytes() > 0), () -> report.toString());
    }

    @Test
    void makesAndReplacesTheTargetsTables() throws Exception {
        landscape.dropTargetTables();

        for (final String targetTable : List.of("CREATE_IF_MISSING", "REPLACE")) {
            final RecordingNarrator narrator = new RecordingNarrator();
            final Migration migration = new Migration(landscape, SCALE, narrator);
            migration.leaveTablesToFlow(targetTable);

            final MigrationReport report = migration.run(EncryptionMode.SSE_KMS, System.nanoTime());
            migration.disableServices();

            assertTrue(report.holds(), () -> targetTable + " " + report + "\n" + narrator.text());
        }

        for (final Table table : Landscape.tables()) {
            assertEquals(shown("source", table), shown("target", table), "the definitions are the same");
        }
    }

    private static String shown(final String cluster, final Table table) throws SQLException {
        try (Connection connection = landscape.clouds().connect(cluster); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TABLE " + table.qualifiedName())) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void comparisonsSeeEveryDifference() throws SQLException {
        final Table table = new Table("differences", "compared", List.of("id"), "id INTEGER NOT NULL, value VARCHAR(10)", "");

        landscape.createSchema("source", table.schema());
        landscape.createSchema("target", table.schema());

        try (Connection source = landscape.clouds().connect("source");
             Connection target = landscape.clouds().connect("target")) {
            execute(source, table.createStatement(), "INSERT INTO differences.compared VALUES (1, 'same'), (2, NULL), (3, ''), (4, 'a'), (5, 'only here')");
            execute(target, table.createStatement(), "INSERT INTO differences.compared VALUES (1, 'same'), (2, ''), (3, NULL), (4, 'a ')");

            final TableComparison comparison = TableComparison.compare(table, source, target);

            assertFalse(comparison.equal());
            assertEquals(5, comparison.sourceRows());
            assertEquals(4, comparison.targetRows());
            assertEquals(List.of(
                    "id=2, column value: NULL in the source, '' in the target",
                    "id=3, column value: '' in the source, NULL in the target",
                    "id=4, column value: 'a' in the source, 'a ' in the target",
                    "the row with id=5 is in the source only"), comparison.differences());
        }
    }

    private static void execute(final Connection connection, final String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
