package io.github.unloadcopy.redshift;

import io.github.unloadcopy.BoundedPool;
import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterProbeIT {
    private static final SandboxSession SANDBOX = SandboxSession.get();
    private static final String PASSWORD = "Probe-12345";
    private static final TableName ORDERS = new TableName("probed", "Or\"ders'");
    private static final TableName SECRET = new TableName("probed", "secret");

    @BeforeAll
    static void makeTables() throws SQLException {
        SANDBOX.execute("source",
                "CREATE SCHEMA probed", "CREATE SCHEMA hidden",
                "CREATE TABLE probed.\"Or\"\"ders'\" (\"Id\" BIGINT, name VARCHAR(10), price NUMERIC(12,2))",
                "INSERT INTO probed.\"Or\"\"ders'\" SELECT 1, 'a', 1 UNION ALL SELECT 2, 'b', 2", "ANALYZE probed.\"Or\"\"ders'\"",
                "CREATE TABLE probed.secret (raw VARBYTE(10))", "CREATE TABLE hidden.t (id INT)",
                "CREATE USER prober PASSWORD '" + PASSWORD + "'", "GRANT USAGE ON SCHEMA probed TO prober", "GRANT SELECT ON probed.\"Or\"\"ders'\" TO prober");
    }

    @Test
    void tellsWhatTheUserMayDo() throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(this::connect, "source")) {
            assertTrue(probe.mayUse("probed"));
            assertTrue(probe.mayUse("Probed"));
            assertFalse(probe.mayUse("hidden"));
            assertFalse(probe.mayCreateIn("probed"));
            assertTrue(probe.may(ORDERS, "SELECT"));
            assertFalse(probe.may(ORDERS, "INSERT"));
            assertFalse(probe.may(SECRET, "SELECT"));
        }
    }

    @Test
    void tellsColumnsAndRows() throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(this::connect, "source")) {
            final List<ClusterProbe.Column> columns = probe.columns(ORDERS, List.of());

            assertEquals(List.of("id", "name", "price"), columns.stream().map(ClusterProbe.Column::name).toList());
            assertEquals(10, columns.get(1).precision());
            assertEquals(12, columns.get(2).precision());
            assertEquals(2, columns.get(2).scale());
            assertEquals(columns, probe.loadableColumns(Selection.of(ORDERS, List.of())));
            assertEquals(List.of("price"), probe.columns(ORDERS, List.of("price")).stream().map(ClusterProbe.Column::name).toList());
            assertEquals(OptionalLong.of(2), probe.approximateRows(ORDERS));
            assertEquals(OptionalLong.empty(), probe.approximateRows(SECRET));
        }
    }

    @Test
    void goesOnAfterARefusal() throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(this::connect, "source")) {
            assertEquals(Reason.TABLE_MISSING, assertThrows(RedshiftException.class, () -> probe.may(new TableName("probed", "none"), "SELECT")).reason());
            assertEquals(Reason.TABLE_MISSING, assertThrows(RedshiftException.class, () -> probe.mayUse("none")).reason());
            assertEquals(Reason.PERMISSION_DENIED, assertThrows(RedshiftException.class, () -> probe.columns(SECRET, List.of())).reason());
            assertEquals(Reason.COLUMN_MISSING, assertThrows(RedshiftException.class, () -> probe.columns(ORDERS, List.of("none"))).reason());
            assertTrue(probe.mayUse("probed"));
        }
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    void tellsTheIsolationLevel(final IsolationLevel level) throws Exception {
        try (BoundedPool connections = level.pool(SANDBOX, 1); ClusterProbe probe = ClusterProbe.open(connections, "target")) {
            assertEquals(Optional.of(level.name()), probe.isolationLevel());
        }
    }

    /** Regular users do not see the level of a database of others in the first view that is asked. */
    @Test
    void tellsTheIsolationLevelToARegularUserAndGoesOn() throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(this::connect, "source")) {
            assertEquals(Optional.of(SandboxSession.ISOLATION.toUpperCase(Locale.ROOT)), probe.isolationLevel());
            assertTrue(probe.mayUse("probed"));
        }
    }

    @Test
    void namesTheClusterThatRefusesTheLogin() {
        final RedshiftException failure = assertThrows(RedshiftException.class, () -> ClusterProbe.open(() -> SANDBOX.connect("source", "wrong-1"), "the old cluster"));

        assertEquals(Reason.LOGIN_REFUSED, failure.reason());
        assertTrue(failure.getMessage().startsWith("The connection to the old cluster failed: "), failure.getMessage());
    }

    private Connection connect() throws SQLException {
        return SANDBOX.connectAs("source", "prober", PASSWORD);
    }
}
