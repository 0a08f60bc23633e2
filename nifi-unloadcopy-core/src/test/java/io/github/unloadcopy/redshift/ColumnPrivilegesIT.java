package io.github.unloadcopy.redshift;

import io.github.unloadcopy.Intercepted;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.staging.ManifestReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Users who may read some of a table's columns, and users who may load a table without reading it. */
class ColumnPrivilegesIT {
    private static final String PASSWORD = "Clerk-12345";

    private final SandboxSession sandbox = SandboxSession.get();
    private Migration migration;
    private String user;

    @BeforeEach
    void makeTables() throws Exception {
        migration = Migration.sseKms().create("id INTEGER, name VARCHAR(10), \"ssn, secret\" VARCHAR(11)").insert("(1, 'a', 'x'), (2, 'b', 'y')");
        user = "clerk_" + migration.suffix();
        sandbox.execute("source", "CREATE USER %s PASSWORD '%s'".formatted(user, PASSWORD), "GRANT USAGE ON SCHEMA public TO " + user,
                "GRANT SELECT (id, name) ON %s TO %s".formatted(SqlText.table(migration.source()), user));
        sandbox.execute("target", "CREATE USER %s PASSWORD '%s'".formatted(user, PASSWORD), "GRANT USAGE, CREATE ON SCHEMA public TO " + user,
                "GRANT INSERT ON %s TO %s".formatted(SqlText.table(migration.target()), user));
    }

    @Test
    void columnsThatMayBeReadAreMovedIntoATableThatMayOnlyBeLoaded() throws Exception {
        final UnloadResult unloaded = unload(List.of("id", "name"), this::source);

        assertEquals(2, new TableLoader().load(this::target, migration.loadRequest(unloaded)).rows());
        assertEquals(List.of("1", "2"), migration.targetRows().stream().map(List::getFirst).toList());
    }

    @Test
    void aTableWithoutRowsNeedsNoSelectOnTheTarget() throws Exception {
        sandbox.execute("source", "DELETE FROM " + SqlText.table(migration.source()));
        final LoadRequest request = migration.loadRequest(unload(List.of("id", "name"), this::source));

        TargetCheck.check(this::source, this::target, new PlannedLoad(Selection.of(migration.source(), List.of("id", "name")), migration.target(), List.of(), false,
                TargetPlan.Mode.MUST_EXIST, false));
        assertEquals(0, new TableLoader().load(this::target, request).rows());
        assertEquals(1, migration.ledgerRows().size());
    }

    @Test
    void theColumnsThatMayNotBeReadAreNamed() {
        final String advice = "The user lacks SELECT on the column(s) ssn, secret. GRANT SELECT (\"ssn, secret\") ON %s to it, or list the columns to unload without them. It may read: "
                .formatted(SqlText.table(migration.source()));

        assertDenied(advice + "id, name", List.of(), this::source);
        assertDenied(advice + "name", List.of("name", "ssn, secret"), this::source);
    }

    /** As a cluster does: the columns that the user may not read are missing in its answer to SELECT *, without an error. */
    @Test
    void noColumnIsLeftOutInSilence() {
        assertDenied(migration.source() + " would lose columns: The user lacks SELECT on the column(s) ssn, secret. ", List.of(), () -> expanding(source()));
    }

    private void assertDenied(final String message, final List<String> columns, final ConnectionSource connections) {
        final RedshiftException unload = assertThrows(RedshiftException.class, () -> unload(columns, connections));
        assertEquals(Reason.PERMISSION_DENIED, unload.reason());
        assertTrue(unload.getMessage().contains(message), unload.getMessage());

        final RedshiftException check = assertThrows(RedshiftException.class, () -> {
            try (ClusterProbe probe = ClusterProbe.open(connections, "the source")) {
                probe.loadableColumns(Selection.of(migration.source(), columns));
            }
        });
        assertEquals(Reason.PERMISSION_DENIED, check.reason());
        assertTrue(check.getMessage().contains(message), check.getMessage());
    }

    private UnloadResult unload(final List<String> columns, final ConnectionSource connections) throws Exception {
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(connections, migration.unloadRequest(columns, migration.role()));
    }

    /** GRANT, "Usage notes for column-level access control". */
    private static Connection expanding(final Connection connection) {
        return Intercepted.of(Connection.class, connection, (method, arguments, real) -> method.equals("createStatement")
                ? Intercepted.of(Statement.class, (Statement) real.proceed(), (name, values, call) -> name.equals("executeQuery")
                        ? connection.createStatement().executeQuery(((String) values[0]).replace("SELECT *", "SELECT id, name")) : call.proceed())
                : real.proceed());
    }

    private Connection source() throws SQLException {
        return sandbox.connectAs("source", user, PASSWORD);
    }

    private Connection target() throws SQLException {
        return sandbox.connectAs("target", user, PASSWORD);
    }
}
