package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Values that the text of an UNLOAD does not carry: none of them changes in silence, and what the refusal advises works. */
class ValueProbeIT {
    private static final String FLOATS = "id INTEGER, precise DOUBLE PRECISION, single REAL, \"other, too\" DOUBLE PRECISION";
    private static final String EVERY_BIT = "SELECT id, precise, CAST(single AS DOUBLE PRECISION), \"other, too\" FROM %s ORDER BY id";
    private static final String SUPERS = "id INTEGER, doc SUPER";
    private static final int LONGEST = 65_535;

    private final SandboxSession sandbox = SandboxSession.get();

    @AfterEach
    void obeyTheSetting() throws IOException {
        sandbox.endpoints().controlClient().setExtraFloatDigits("source", true);
    }

    @Test
    void valuesThatFitTheDigitsOfAClusterThatIgnoresTheSettingArrive() throws Exception {
        final Migration migration = Migration.sseKms().create(FLOATS).insert("(1, 0.1, 14293.6455, 1e300), (2, 'NaN', 'NaN', 'Infinity'), (3, NULL, NULL, NULL), "
                + "(4, '-Infinity', 3.4028235e38, '-0'), (5, 1234567890.12, 1.17549435e-38, 2.2250738585072e-308)");
        ignoreTheSetting();

        load(migration, migration.unload());

        obeyTheSetting();
        assertEquals(rows("source", migration.source()), rows("target", migration.target()));
    }

    @Test
    void valuesThatWouldBeCutAreRefusedWithTheirColumns() throws Exception {
        final Migration migration = Migration.sseKms().create(FLOATS).insert("(1, 0.30000000000000004, 0.1, 1), (2, 1.7976931348623157e308, 0.1, 2), (3, -1.7976931348623155e308, 0.1, 0.1), "
                + "(4, 5, 0.1, 0.1234567890123456), (5, 1.79769313486231e308, 0.1, 'NaN')");
        ignoreTheSetting();

        final RedshiftException failure = assertThrows(RedshiftException.class, migration::unload);

        assertEquals(Reason.VALUES_WOULD_CHANGE, failure.reason());
        assertTrue(failure.getMessage().contains("was not started: the floating-point column precise has 3 row(s) whose values need more digits than this cluster writes; "
                + "the floating-point column other, too has 1 row(s)"), failure.getMessage());
        assertTrue(failure.getMessage().endsWith(Reason.VALUES_WOULD_CHANGE.advice()), failure.getMessage());
        requireNothingStaged(migration);
    }

    @Test
    void theSameValuesArriveFromAClusterThatObeysTheSetting() throws Exception {
        final Migration migration = Migration.sseKms().create(FLOATS).insert("(1, 0.30000000000000004, 0.1, 1.7976931348623157e308), (2, -1.7976931348623155e308, 16777217, 5e-324)");

        load(migration, migration.unload());

        assertEquals(rows("source", migration.source()), rows("target", migration.target()));
    }

    @Test
    void whatTheRefusalAdvisesForFloatingPointWorks() throws Exception {
        final Migration migration = Migration.sseKms().create(FLOATS).insert("(1, 0.30000000000000004, 0.1, 1), (2, 12345.123456789012, 0.1, 2)");
        final String table = SqlText.table(migration.source());
        ignoreTheSetting();

        load(migration, migration.unload(List.of("id", "single", "other, too"), migration.role()));
        assertEquals(List.of("null", "null"), arrived(migration, "precise"));

        final Migration again = emptied(migration);
        load(again, unload(again, "SELECT id, CAST(precise AS DECIMAL(38, 10)) AS precise FROM " + table, true));
        assertEquals(List.of("0.3", "12345.123456789"), arrived(again, "precise"));
    }

    /** What the property of RedshiftUnload says of it. */
    @Test
    void withoutTheCheckOtherValuesArrive() throws Exception {
        final Migration migration = Migration.sseKms().create(FLOATS).insert("(1, 0.30000000000000004, 0.1, 1)");
        ignoreTheSetting();

        load(migration, unload(migration, null, false));

        assertEquals(List.of("0.3"), arrived(migration, "precise"));
    }

    @Test
    void documentsThatAreTooLongForTextAreRefusedAndWhatTheRefusalAdvisesWorks() throws Exception {
        final Migration migration = Migration.sseKms().create(SUPERS);
        final String table = SqlText.table(migration.source());
        // {"k":"…","s":1}: 14 bytes beside the text.
        sandbox.execute("source", "INSERT INTO %s SELECT 1, JSON_PARSE('{\"k\":\"' || REPEAT('x', %d) || '\",\"s\":1}')".formatted(table, LONGEST - 14),
                "INSERT INTO %s SELECT 2, JSON_PARSE('{\"k\":\"' || REPEAT('x', 65530) || '\",\"s\":2}')".formatted(table), "INSERT INTO %s SELECT 3, NULL".formatted(table));

        final RedshiftException failure = assertThrows(RedshiftException.class, migration::unload);
        assertEquals(Reason.VALUES_WOULD_CHANGE, failure.reason());
        assertTrue(failure.getMessage().contains("the SUPER column doc has 1 row(s) whose text is longer than the 65535 bytes of a VARCHAR, the longest of 65544 bytes"), failure.getMessage());
        requireNothingStaged(migration);

        load(migration, migration.unload(List.of("id"), migration.role()));
        assertEquals(List.of("1", "2", "3"), arrived(migration, "id"));

        final Migration fitting = emptied(migration);
        load(fitting, unload(fitting, "SELECT id, doc FROM %s WHERE doc IS NULL OR JSON_SIZE(doc) <= 65535".formatted(table), true));
        assertEquals(List.of("1", "3"), arrived(fitting, "id"));
    }

    private void ignoreTheSetting() throws IOException {
        sandbox.endpoints().controlClient().setExtraFloatDigits("source", false);
    }

    private UnloadResult unload(final Migration migration, final String query, final boolean valueCheck) throws Exception {
        final UnloadRequest plain = migration.unloadRequest(List.of(), migration.role());
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(sandbox.connections("source"), new UnloadRequest(Selection.of(migration.source(), query, List.of()), plain.database(),
                plain.prefix(), plain.authorization(), plain.encryption(), plain.nullMarker(), plain.region(), false, RestrictedData.FAIL, valueCheck, 60));
    }

    private void load(final Migration migration, final UnloadResult unloaded) throws RedshiftException {
        new TableLoader(Duration.ofMillis(10)).load(sandbox.connections("target"), migration.loadRequest(unloaded));
    }

    private Migration emptied(final Migration migration) throws SQLException {
        sandbox.execute("target", "DELETE FROM " + SqlText.table(migration.target()));
        return migration.again();
    }

    private void requireNothingStaged(final Migration migration) {
        final String key = migration.prefix().location().toString().substring(("s3://" + SandboxSession.BUCKET + "/").length());
        assertEquals(0, sandbox.s3().listObjectsV2(request -> request.bucket(SandboxSession.BUCKET).prefix(key)).keyCount());
    }

    private List<List<String>> rows(final String cluster, final TableName table) throws SQLException {
        return sandbox.query(cluster, EVERY_BIT.formatted(SqlText.table(table)));
    }

    private List<String> arrived(final Migration migration, final String column) throws SQLException {
        return sandbox.query("target", "SELECT %s FROM %s ORDER BY id".formatted(column, SqlText.table(migration.target()))).stream().map(row -> String.valueOf(row.getFirst())).toList();
    }
}
