package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a table keeps that is replaced, and what keeps it from being replaced: as a superuser, as its owner, and as another user. */
class ReplacementIT {
    private static final String PASSWORD = "Abcdefgh1";
    private static final String GRANTS = """
            SELECT identity_type, identity_name, privilege_type, admin_option FROM svv_relation_privileges WHERE namespace_name = '%1$s' AND relation_name = '%2$s'
            UNION ALL SELECT identity_type, identity_name, privilege_type || ' ' || column_name, NULL FROM svv_column_privileges WHERE namespace_name = '%1$s' AND relation_name = '%2$s'
            ORDER BY 1, 2, 3""";

    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource source = sandbox.connections("source");
    private final ConnectionSource superuser = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));
    private Migration migration;
    private TableName table;
    private String owner;
    private String reader;
    private String other;

    /** The new table has one column less than the old one. */
    @BeforeEach
    void makeTables() throws Exception {
        final Migration plain = Migration.sseKms();
        final String suffix = plain.suffix();
        owner = "owner_" + suffix;
        reader = "reader \"it's\" " + suffix;
        other = "other_" + suffix;
        table = new TableName("kept " + suffix, "kept.\"table\"");
        migration = plain.of(new TableName("public", "kept_" + suffix), table);
        sandbox.execute("source", "CREATE TABLE %s (\"the id\" INTEGER, b VARCHAR(10))".formatted(SqlText.table(migration.source())),
                "INSERT INTO %s VALUES (1, 'new')".formatted(SqlText.table(migration.source())));
        sandbox.execute("target", "CREATE USER %s PASSWORD '%s'".formatted(owner, PASSWORD), "CREATE USER %s PASSWORD '%s'".formatted(SqlText.identifier(reader), PASSWORD),
                "CREATE USER %s PASSWORD '%s'".formatted(other, PASSWORD), "GRANT CREATE ON SCHEMA public TO " + owner,
                "CREATE SCHEMA %s AUTHORIZATION %s".formatted(SqlText.identifier(table.schema()), owner),
                "CREATE TABLE %s (\"the id\" INTEGER, b VARCHAR(10), gone INTEGER)".formatted(SqlText.table(table)),
                "INSERT INTO %s VALUES (7, 'old', 0)".formatted(SqlText.table(table)), "ALTER TABLE %s OWNER TO %s".formatted(SqlText.table(table), owner));
    }

    @Test
    void aSuperuserKeepsOwnerAndGrants() throws Exception {
        sandbox.execute("target", "CREATE GROUP \"Group %s\"".formatted(other), "CREATE ROLE \"Role %s\"".formatted(other),
                "GRANT SELECT, INSERT ON %s TO %s".formatted(SqlText.table(table), SqlText.identifier(reader)), "GRANT UPDATE ON %s TO %s WITH GRANT OPTION".formatted(SqlText.table(table), other),
                "GRANT DELETE ON %s TO GROUP \"Group %s\"".formatted(SqlText.table(table), other), "GRANT SELECT ON %s TO ROLE \"Role %s\"".formatted(SqlText.table(table), other),
                "GRANT REFERENCES ON %s TO PUBLIC".formatted(SqlText.table(table)), "GRANT SELECT (\"the id\", b) ON %s TO %s".formatted(SqlText.table(table), other),
                "GRANT UPDATE (b) ON %s TO GROUP \"Group %s\"".formatted(SqlText.table(table), other));
        final List<List<String>> grants = grants();
        assertTrue(grants.size() >= 9, grants.toString());

        check(superuser, UnverifiedPolicies.FAIL);
        final LoadResult result = load(superuser, UnverifiedPolicies.FAIL);

        requireReplaced();
        assertEquals(List.of(), result.notes());
        assertEquals(grants, grants());
        assertEquals(owner, ownerOfTable());
    }

    @Test
    void grantsOnColumnsThatAreGoneAreNoted() throws Exception {
        sandbox.execute("target", "GRANT SELECT (\"the id\", gone) ON %s TO %s".formatted(SqlText.table(table), other), "GRANT UPDATE (gone) ON %s TO %s".formatted(SqlText.table(table), other));

        final LoadResult result = load(superuser, UnverifiedPolicies.FAIL);

        requireReplaced();
        assertEquals(List.of(List.of("user", other, "SELECT the id")), grants().stream().map(row -> row.subList(0, 3)).toList());
        assertEquals(List.of("The old table had SELECT (gone, the id) to user %s granted, and the new one has no column gone".formatted(other),
                "The old table had UPDATE (gone) to user %s granted, and the new one has no column gone".formatted(other)), result.notes());
    }

    @Test
    void anOwnerReplacesATableWithoutOtherGrantees() throws Exception {
        check(this::asOwner, UnverifiedPolicies.IGNORE);
        load(this::asOwner, UnverifiedPolicies.IGNORE);

        requireReplaced();
        assertEquals(owner, ownerOfTable());
    }

    @Test
    void anOwnerWhoseGrantsAreHiddenIsRefused() throws Exception {
        sandbox.execute("target", "GRANT SELECT ON %s TO %s".formatted(SqlText.table(table), SqlText.identifier(reader)));
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.GRANTS_WOULD_BE_LOST, reader, "SYSLOG ACCESS UNRESTRICTED", "set Target Table to Must Exist");
        sandbox.execute("target", "REVOKE SELECT ON %s FROM %s".formatted(SqlText.table(table), SqlText.identifier(reader)), "GRANT SELECT (b) ON %s TO %s".formatted(SqlText.table(table), other));
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.GRANTS_WOULD_BE_LOST, other);
        sandbox.execute("target", "CREATE ROLE hidden_%s".formatted(other), "REVOKE SELECT (b) ON %s FROM %s".formatted(SqlText.table(table), other),
                "GRANT SELECT ON %s TO ROLE hidden_%s".formatted(SqlText.table(table), other));
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.GRANTS_WOULD_BE_LOST, "hidden_" + other);
    }

    /** What the refusal advises. */
    @Test
    void anOwnerWhoSeesAllGrantsCarriesThemOver() throws Exception {
        sandbox.execute("target", "GRANT SELECT ON %s TO %s".formatted(SqlText.table(table), SqlText.identifier(reader)), "GRANT SELECT (b) ON %s TO %s".formatted(SqlText.table(table), other),
                "ALTER USER %s SYSLOG ACCESS UNRESTRICTED".formatted(owner));
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.GRANTS_WOULD_BE_LOST, other);
        sandbox.execute("target", "GRANT ROLE sys:monitor TO " + owner);
        final List<List<String>> grants = grants();

        load(this::asOwner, UnverifiedPolicies.IGNORE);

        requireReplaced();
        assertEquals(grants, grants());
    }

    /** The new table gets into the datashare by itself; GRANT to its role is refused. */
    @Test
    void aTableWhoseSchemaIsSharedWithNewTablesStaysShared() throws Exception {
        sandbox.execute("target", "CREATE DATASHARE share_" + other, "ALTER DATASHARE share_%s ADD SCHEMA %s".formatted(other, SqlText.identifier(table.schema())),
                "ALTER DATASHARE share_%s ADD TABLE %s".formatted(other, SqlText.table(table)),
                "ALTER DATASHARE share_%s SET INCLUDENEW = TRUE FOR SCHEMA %s".formatted(other, SqlText.identifier(table.schema())));

        check(superuser, UnverifiedPolicies.FAIL);
        final LoadResult result = load(superuser, UnverifiedPolicies.FAIL);

        requireReplaced();
        assertTrue(result.notes().toString().contains("ds:share_" + other), result.notes().toString());
        assertEquals(List.of(List.of("1")), sandbox.query("target", "SELECT count(*) FROM svv_datashare_objects WHERE share_name = 'share_%s' AND object_name = %s".formatted(other,
                SqlText.literal(table.toString()))));
        sandbox.execute("target", "DROP DATASHARE share_" + other);
    }

    @Test
    void anOwnerCarriesOverWhatItSees() throws Exception {
        sandbox.execute("target", "GRANT SELECT ON %s TO PUBLIC".formatted(SqlText.table(table)), "CREATE ROLE seen_%s".formatted(other), "GRANT ROLE seen_%s TO %s".formatted(other, owner),
                "GRANT INSERT ON %s TO ROLE seen_%s".formatted(SqlText.table(table), other));
        final List<List<String>> grants = grants();
        assertEquals(2, grants.size(), grants.toString());

        check(this::asOwner, UnverifiedPolicies.IGNORE);
        assertEquals(List.of(), load(this::asOwner, UnverifiedPolicies.IGNORE).notes());

        requireReplaced();
        assertEquals(grants, grants());
    }

    @Test
    void anOwnerWhoCannotSeeMaskingPoliciesIsRefusedUnlessThatIsAccepted() throws Exception {
        requireRefused(this::asOwner, UnverifiedPolicies.FAIL, Reason.POLICIES_UNVERIFIED, "does not show user %s whether masking policies".formatted(owner), "role sys:secadmin",
                "set Unverified Policies Strategy to Ignore", "set Target Table to Must Exist");
        sandbox.execute("target", "GRANT ROLE sys:secadmin TO " + owner);
        load(this::asOwner, UnverifiedPolicies.FAIL);
        requireReplaced();
    }

    @Test
    void aUserWhoIsNotTheOwnerIsRefused() throws Exception {
        sandbox.execute("target", "GRANT CREATE, USAGE ON SCHEMA %s TO %s".formatted(SqlText.identifier(table.schema()), other), "GRANT CREATE ON SCHEMA public TO " + other,
                "GRANT SELECT, INSERT ON %s TO %s".formatted(SqlText.table(table), other));
        requireRefused(() -> sandbox.connectAs("target", other, PASSWORD), UnverifiedPolicies.IGNORE, Reason.OWNER_WOULD_CHANGE, "it belongs to " + owner);
    }

    @Test
    void viewsKeepTheirTable() throws Exception {
        sandbox.execute("target", "CREATE VIEW public.on_%s AS SELECT b FROM %s".formatted(other, SqlText.table(table)));
        requireRefused(superuser, UnverifiedPolicies.FAIL, Reason.DEPENDENT_VIEWS, "public.on_%s would lose it".formatted(other));
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.DEPENDENT_VIEWS, "public.on_" + other);
    }

    @Test
    void aDatashareKeepsItsTable() throws Exception {
        sandbox.execute("target", "CREATE DATASHARE share_" + other, "ALTER DATASHARE share_%s ADD SCHEMA %s".formatted(other, SqlText.identifier(table.schema())),
                "ALTER DATASHARE share_%s ADD TABLE %s".formatted(other, SqlText.table(table)));
        requireRefused(superuser, UnverifiedPolicies.FAIL, Reason.SHARED_TABLE, "would no longer be in datashare share_" + other);
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.GRANTS_WOULD_BE_LOST, "ds:share_" + other);
        sandbox.execute("target", "DROP DATASHARE share_" + other);
        load(superuser, UnverifiedPolicies.FAIL);
        requireReplaced();
    }

    @Test
    void rowLevelSecurityKeepsItsTable() throws Exception {
        sandbox.execute("target", "CREATE RLS POLICY rows_%s WITH (b VARCHAR(10)) USING (b = 'old')".formatted(other),
                "ATTACH RLS POLICY rows_%s ON %s TO PUBLIC".formatted(other, SqlText.table(table)));
        requireRefused(superuser, UnverifiedPolicies.IGNORE, Reason.POLICIES_WOULD_BE_LOST, "row-level security policy rows_%s is attached to it".formatted(other), "set Target Table to Must Exist");
        sandbox.execute("target", "ALTER TABLE %s ROW LEVEL SECURITY ON".formatted(SqlText.table(table)));
        requireRefused(superuser, UnverifiedPolicies.IGNORE, Reason.POLICIES_WOULD_BE_LOST, "row-level security protects its rows");
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.POLICIES_WOULD_BE_LOST, "row-level security protects its rows");
        sandbox.execute("target", "ALTER TABLE %s ROW LEVEL SECURITY OFF".formatted(SqlText.table(table)), "DROP RLS POLICY rows_%s CASCADE".formatted(other));
        load(superuser, UnverifiedPolicies.FAIL);
        requireReplaced();
    }

    @Test
    void maskingKeepsItsTable() throws Exception {
        sandbox.execute("target", "CREATE MASKING POLICY mask_%s WITH (b VARCHAR(10)) USING ('x'::VARCHAR(10))".formatted(other),
                "ATTACH MASKING POLICY mask_%s ON %s (b) TO %s".formatted(other, SqlText.table(table), other));
        requireRefused(superuser, UnverifiedPolicies.IGNORE, Reason.POLICIES_WOULD_BE_LOST, "masking policy mask_%s is attached to it".formatted(other));
        requireRefused(this::asOwner, UnverifiedPolicies.FAIL, Reason.POLICIES_UNVERIFIED, "masking policies");
        sandbox.execute("target", "GRANT ROLE sys:secadmin TO " + owner);
        requireRefused(this::asOwner, UnverifiedPolicies.IGNORE, Reason.POLICIES_WOULD_BE_LOST, "masking policy mask_" + other);
        sandbox.execute("target", "DROP MASKING POLICY mask_%s CASCADE".formatted(other));
        load(this::asOwner, UnverifiedPolicies.FAIL);
        requireReplaced();
    }

    /** The way that the refusals name. */
    @Test
    void emptyingTheTableKeepsEverything() throws Exception {
        sandbox.execute("target", "GRANT SELECT ON %s TO %s".formatted(SqlText.table(table), SqlText.identifier(reader)), "DELETE FROM " + SqlText.table(table));
        final List<List<String>> grants = grants();
        final UnloadResult unloaded = migration.unload();

        loader.load(this::asOwner, migration.loadRequest(unloaded));

        assertEquals(List.of(Arrays.asList("1", "new", null)), rows());
        assertEquals(grants, grants());
    }

    private Connection asOwner() throws SQLException {
        return sandbox.connectAs("target", owner, PASSWORD);
    }

    private void check(final ConnectionSource target, final UnverifiedPolicies unverified) throws RedshiftException {
        TargetCheck.check(source, target, new PlannedLoad(Selection.of(migration.source(), List.of()), table, List.of(), false, TargetPlan.Mode.REPLACE, false, unverified));
    }

    private LoadResult load(final ConnectionSource target, final UnverifiedPolicies unverified) throws Exception {
        final Migration again = migration.again();
        final LoadRequest request = again.creatingRequest(again.unloadWithDefinition(), TargetPlan.Mode.REPLACE, 0);
        final TargetPlan plan = request.plan();
        return loader.load(target, new LoadRequest(request.table(), new TargetPlan(plan.mode(), plan.definition(), false, unverified, 0), request.columns(), request.manifest(),
                request.expectedRows(), request.authorization(), request.encryption(), request.nullMarker(), request.region(), request.explicitIds(), request.loadId(), request.origin(),
                ledger(target), request.timeoutSeconds()));
    }

    /** Each user owns a ledger. */
    private TableName ledger(final ConnectionSource target) throws SQLException {
        try (Connection connection = target.open()) {
            return new TableName(table.schema(), "ledger_of_" + connection.getMetaData().getUserName());
        }
    }

    /** Before the unload, and before the COPY: the table stays as it is. */
    private void requireRefused(final ConnectionSource target, final UnverifiedPolicies unverified, final Reason reason, final String... words) throws SQLException {
        final List<List<String>> grants = grants();

        for (final RedshiftException failure : List.of(assertThrows(RedshiftException.class, () -> check(target, unverified)), assertThrows(RedshiftException.class, () -> load(target, unverified)))) {
            assertEquals(reason, failure.reason(), failure.getMessage());

            for (final String word : words) {
                assertTrue(failure.getMessage().contains(word), failure.getMessage());
            }
        }

        assertEquals(List.of(List.of("7", "old", "0")), rows());
        assertEquals(grants, grants());
        assertEquals(owner, ownerOfTable());
    }

    private void requireReplaced() throws SQLException {
        assertEquals(List.of(List.of("1", "new")), rows());
        assertFalse(ownerOfTable().isEmpty());
    }

    private List<List<String>> rows() throws SQLException {
        return sandbox.query("target", "SELECT * FROM " + SqlText.table(table));
    }

    private List<List<String>> grants() throws SQLException {
        return sandbox.query("target", GRANTS.formatted(table.schema(), table.table()));
    }

    private String ownerOfTable() throws SQLException {
        return sandbox.query("target", "SELECT tableowner FROM pg_tables WHERE schemaname = '%s' AND tablename = '%s'".formatted(table.schema(), table.table())).getFirst().getFirst();
    }
}
