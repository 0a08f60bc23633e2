package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Schemas, tables and columns that differ only in their case: what the catalog is asked about is what the statements of the same session mean. */
class CatalogNamesIT {
    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource insensitive = sandbox.connections("target");
    private final ConnectionSource sensitive = () -> caseSensitive(sandbox.connections("target").open());
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));
    private Migration migration;
    private TableName lower;
    private TableName capital;
    private String reader;

    @BeforeEach
    void makeTwins() throws Exception {
        final String suffix = Migration.sseKms().suffix();
        lower = new TableName("public", "twin_" + suffix);
        capital = new TableName("public", "Twin_" + suffix);
        reader = "twin_reader_" + suffix;
        migration = Migration.sseKms().of(new TableName("public", "twin_source_" + suffix), capital);
        sandbox.execute("source", "CREATE TABLE %s (id INTEGER NOT NULL)".formatted(SqlText.table(migration.source())), "INSERT INTO %s VALUES (1)".formatted(SqlText.table(migration.source())));
        executeCaseSensitively("CREATE TABLE %s (id INTEGER, only_lower INTEGER)".formatted(SqlText.table(lower)), "CREATE TABLE %s (id INTEGER)".formatted(SqlText.table(capital)),
                "CREATE USER %s PASSWORD 'Abcdefgh1'".formatted(reader), "GRANT SELECT ON %s TO %s".formatted(SqlText.table(capital), reader));
    }

    @Test
    void aCaseInsensitiveSessionMeansTheTwinInLowerCase() throws Exception {
        load(insensitive, TargetPlan.Mode.REPLACE);

        assertFalse(mayRead(lower));
        assertTrue(mayRead(capital));
        assertEquals(List.of(List.of("1")), rows(lower));
        assertEquals(List.of(), rows(capital));
    }

    @Test
    void aCaseSensitiveSessionMeansTheTwinAsWritten() throws Exception {
        load(sensitive, TargetPlan.Mode.REPLACE);

        assertFalse(mayRead(lower));
        assertTrue(mayRead(capital));
        assertEquals(List.of(), rows(lower));
        assertEquals(List.of(List.of("1")), rows(capital));
    }

    @Test
    void aMissingTwinIsMissing() throws Exception {
        executeCaseSensitively("DROP TABLE " + SqlText.table(capital));

        try (ClusterProbe probe = ClusterProbe.open(sensitive, "the target")) {
            assertTrue(probe.catalogNames().isCaseSensitive());
            assertEquals(Reason.TABLE_MISSING, assertThrows(RedshiftException.class, () -> probe.may(capital, "SELECT")).reason());
            assertTrue(probe.may(lower, "SELECT"));
        }

        assertTrue(load(sensitive, TargetPlan.Mode.CREATE_IF_MISSING).created());
        assertEquals(List.of(List.of("1")), rows(capital));
        assertEquals(List.of(), rows(lower));
    }

    @Test
    void viewsPrivilegesAndColumnsAreThoseOfTheTwinThatIsMeant() throws Exception {
        executeCaseSensitively("CREATE VIEW twin_view_%s AS SELECT id FROM %s".formatted(reader, SqlText.table(capital)), "CREATE SCHEMA \"Twin %s\"".formatted(reader));

        try (ClusterProbe probe = ClusterProbe.open(insensitive, "the target")) {
            assertFalse(probe.catalogNames().isCaseSensitive());
            assertTrue(TargetCheck.isToBeMade(probe, replacement()));
            probe.targetColumns(capital, capital).require(List.of("ID"), false);
            assertEquals(Reason.TABLE_MISSING, assertThrows(RedshiftException.class, () -> probe.mayUse("Twin " + reader)).reason());
        }

        try (ClusterProbe probe = ClusterProbe.open(sensitive, "the target")) {
            assertEquals(Reason.DEPENDENT_VIEWS, assertThrows(RedshiftException.class, () -> TargetCheck.isToBeMade(probe, replacement())).reason());
            assertTrue(probe.mayUse("Twin " + reader));
        }
    }

    private PlannedLoad replacement() {
        return new PlannedLoad(Selection.of(migration.source(), List.of()), capital, List.of(), false, TargetPlan.Mode.REPLACE, false, UnverifiedPolicies.FAIL);
    }

    private LoadResult load(final ConnectionSource target, final TargetPlan.Mode mode) throws Exception {
        return loader.load(target, migration.creatingRequest(migration.unloadWithDefinition(), mode, 0));
    }

    private boolean mayRead(final TableName table) throws SQLException {
        return sandbox.query("target", "SELECT has_table_privilege('%s', '%s', 'SELECT')".formatted(reader, SqlText.table(table))).equals(List.of(List.of("t")));
    }

    private List<List<String>> rows(final TableName table) throws SQLException {
        try (Connection connection = sensitive.open(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT id FROM " + SqlText.table(table))) {
            return rows.next() ? List.of(List.of(rows.getString(1))) : List.of();
        }
    }

    private void executeCaseSensitively(final String... statements) throws SQLException {
        try (Connection connection = sensitive.open()) {
            for (final String sql : statements) {
                Queries.execute(connection, sql, 0);
            }
        }
    }

    private static Connection caseSensitive(final Connection connection) throws SQLException {
        Queries.execute(connection, "SET enable_case_sensitive_identifier TO true", 0);
        return connection;
    }
}
