package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Row-level security, see chapter "Row-level security" of the Redshift Database Developer Guide. */
class RowLevelSecurityIT extends ClusterTest {

    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String schema = "s" + id;
    private final String table = schema + ".category";
    private final String concerts = "concerts_" + id;
    private final String small = "small_" + id;
    private final String analysts = "analysts_" + id;
    private final String administrator = "bob_" + id;
    private final String analyst = "alice_" + id;
    private final String other = "joe_" + id;
    private final RestrictedUsers users = new RestrictedUsers(cluster);

    @BeforeEach
    void prepare() throws SQLException {
        users.create(connection, administrator, analyst, other);
        Rows.execute(connection, "CREATE ROLE " + analysts, "GRANT ROLE " + analysts + " TO " + analyst, "GRANT ROLE sys:secadmin TO " + administrator,
                "CREATE SCHEMA " + schema + " AUTHORIZATION " + other, "GRANT USAGE ON SCHEMA " + schema + " TO PUBLIC");
        users.execute(other, "CREATE TABLE " + table + " (catid int, catgroup varchar(10))", "INSERT INTO " + table + " VALUES (1, 'Concerts'), (2, 'Shows'), (9, 'Concerts')",
                "GRANT ALL ON " + table + " TO PUBLIC");
        users.execute(administrator, "CREATE RLS POLICY " + concerts + " WITH (catgroup VARCHAR(10)) USING (catgroup = 'Concerts')",
                "CREATE RLS POLICY " + small + " WITH (catid int) AS rls_table USING (rls_table.catid < 5 AND current_user = '" + analyst + "')");
    }

    private List<String> ids(final String user) throws SQLException {
        return users.rows(user, "SELECT catid FROM " + table + " ORDER BY 1").stream().map(List::getFirst).toList();
    }

    private String refusal(final String statement) {
        return assertThrows(SQLException.class, () -> Rows.execute(connection, statement)).getSQLState();
    }

    /** Pages ATTACH RLS POLICY, DETACH RLS POLICY and ALTER TABLE. Owners are not exempt; superusers, sys:secadmin and roles with IGNORE RLS are: page "RLS policy ownership and management". */
    @Test
    void policiesOfTheUserAndItsRolesDecide() throws SQLException {
        users.execute(administrator, "ATTACH RLS POLICY " + concerts + " ON " + table + " TO ROLE " + analysts);
        assertEquals(List.of("1", "2", "9"), ids(analyst));
        users.execute(administrator, "ALTER TABLE " + table + " ROW LEVEL SECURITY ON");
        assertEquals(List.of("1", "9"), ids(analyst));
        assertEquals(List.of(), ids(other));
        assertEquals(List.of("1", "2", "9"), ids(administrator));
        assertEquals(3, Rows.count(connection, table));

        users.execute(administrator, "ATTACH RLS POLICY " + small + " ON TABLE " + table + " TO " + analyst + ", " + other);
        assertEquals(List.of("1"), ids(analyst));
        assertEquals(List.of(), ids(other));
        users.execute(administrator, "ALTER TABLE " + table + " ROW LEVEL SECURITY ON CONJUNCTION TYPE OR");
        assertEquals(List.of("1", "2", "9"), ids(analyst));
        assertEquals(List.of(), ids(other));
        users.execute(administrator, "DETACH RLS POLICY " + small + " ON " + table + " FROM " + analyst, "ATTACH RLS POLICY " + concerts + " ON " + table + " TO PUBLIC");
        assertEquals(List.of("1", "9"), ids(other));
        Rows.execute(connection, "GRANT IGNORE RLS TO ROLE " + analysts);
        assertEquals(List.of("1", "2", "9"), ids(analyst));
        Rows.execute(connection, "REVOKE IGNORE RLS FROM ROLE " + analysts);
        assertEquals(List.of("1", "9"), ids(analyst));
        users.execute(administrator, "ALTER TABLE " + table + " ROW LEVEL SECURITY OFF");
        assertEquals(List.of("1", "2", "9"), ids(analyst));
    }

    /** Page "Using RLS policies in SQL statements": SELECT, UNLOAD, UPDATE and DELETE see the rows of the policy; INSERT, COPY and TRUNCATE are not restricted. */
    @Test
    void statements() throws SQLException {
        final String role = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
        final String place = "'s3://" + bucket + "/" + id + "/'";
        users.execute(administrator, "ATTACH RLS POLICY " + concerts + " ON " + table + " TO " + analyst, "ALTER TABLE " + table + " ROW LEVEL SECURITY ON");
        users.execute(analyst, "UPDATE " + table + " SET catid = catid + 100", "DELETE FROM " + table + " WHERE catid = 109", "INSERT INTO " + table + " VALUES (3, 'Shows')",
                "UNLOAD ('SELECT * FROM " + table + "') TO " + place + role);
        assertEquals(List.of(List.of("2"), List.of("3"), List.of("101")), Rows.of(connection, "SELECT catid FROM " + table + " ORDER BY 1"));
        users.execute(other, "COPY " + table + " FROM " + place + role, "COPY " + table + " (catgroup, catid) FROM " + place + role + " MAXERROR 10");
        assertEquals("XX000", users.refusal(other, "COPY " + table + " (catgroup, catid) FROM " + place + role));
        assertEquals(List.of(List.of("2"), List.of("3"), List.of("101"), List.of("101")), Rows.of(connection, "SELECT catid FROM " + table + " ORDER BY 1"));
        users.execute(other, "TRUNCATE " + table);
        assertEquals(0, Rows.count(connection, table));
    }

    /** "Policies attached to the user running the query are applied on the respective base objects": page "Considerations and limitations using RLS policies". */
    @Test
    void viewsApplyThePoliciesOfWhoReadsThem() throws SQLException {
        Rows.execute(connection, "CREATE VIEW " + schema + ".v AS SELECT catid FROM " + table, "GRANT SELECT ON " + schema + ".v TO PUBLIC",
                "ATTACH RLS POLICY " + small + " ON " + table + " TO PUBLIC",
                "ALTER TABLE " + table + " ROW LEVEL SECURITY ON");
        final String query = "SELECT catid FROM " + schema + ".v ORDER BY 1";
        assertEquals(List.of(List.of("1"), List.of("2")), users.rows(analyst, query));
        assertEquals(List.of(), users.rows(other, query));
        assertEquals(List.of(List.of("1"), List.of("2"), List.of("9")), Rows.of(connection, query));
        Rows.execute(connection, "SET SESSION AUTHORIZATION " + analyst);
        assertEquals(List.of(List.of("1"), List.of("2")), Rows.of(connection, query));
        Rows.execute(connection, "RESET SESSION AUTHORIZATION");
    }

    /** Pages SVV_RLS_POLICY, SVV_RLS_ATTACHED_POLICY and SVV_RLS_RELATION. */
    @Test
    void views() throws SQLException {
        users.execute(administrator, "ATTACH RLS POLICY " + small + " ON " + table + " TO ROLE " + analysts + ", PUBLIC", "ALTER TABLE " + table + " ROW LEVEL SECURITY ON CONJUNCTION TYPE OR");
        final String policies = "SELECT poldb, polalias, polatts, polenabled, polmodifiedby FROM svv_rls_policy WHERE polname IN ('" + concerts + "', '" + small + "') ORDER BY polatts";
        final List<List<String>> expected = List.of(List.of(TestCluster.DATABASE, "rls_table", "[{\"colname\" : \"catgroup\", \"type\" : \"character varying(10)\"}]", "t", administrator),
                List.of(TestCluster.DATABASE, "rls_table", "[{\"colname\" : \"catid\", \"type\" : \"integer\"}]", "t", administrator));
        assertEquals(expected, Rows.of(connection, policies));
        assertEquals(expected, users.rows(administrator, policies));
        assertEquals(List.of(), users.rows(other, policies));
        final String attached = "SELECT relname, relkind, polname, grantor, grantee, granteekind, is_pol_on, is_rls_on, trim(rls_conjunction_type) FROM svv_rls_attached_policy WHERE relschema = '"
                + schema + "' ORDER BY granteekind";
        assertEquals(List.of(List.of("category", "table", small, administrator, "public", "public", "t", "t", "or"),
                List.of("category", "table", small, administrator, analysts, "role", "t", "t", "or")),
                users.rows(administrator, attached));
        assertEquals(List.of(), users.rows(other, attached));
        final String relations = "SELECT datname, relname, relkind, is_rls_on, trim(rls_conjunction_type) FROM svv_rls_relation WHERE relschema = '" + schema + "'";
        final List<List<String>> relation = List.of(List.of(TestCluster.DATABASE, "category", "table", "t", "or"));
        assertEquals(relation, Rows.of(connection, relations));
        assertEquals(relation, users.rows(other, relations));
        assertEquals(List.of(), users.rows(analyst, relations));
    }

    /** Page "Policy-dependent objects and principles". */
    @Test
    void droppedTablesLosePolicies() throws SQLException {
        users.execute(administrator, "ATTACH RLS POLICY " + concerts + " ON " + table + " TO " + analyst, "ALTER TABLE " + table + " ROW LEVEL SECURITY ON");
        final String attached = "SELECT relname FROM svv_rls_attached_policy WHERE relschema = '" + schema + "'";
        users.execute(other, "ALTER TABLE " + table + " RENAME TO renamed");
        assertEquals(List.of(List.of("renamed")), Rows.of(connection, attached));
        users.execute(other, "ALTER TABLE " + schema + ".renamed RENAME TO category", "ALTER TABLE " + table + " RENAME COLUMN catid TO id", "ALTER TABLE " + table + " DROP COLUMN id");
        for (final String statement : List.of("RENAME COLUMN catgroup TO g", "DROP COLUMN catgroup", "DROP COLUMN catgroup CASCADE")) {
            assertEquals("2BP01", users.refusal(other, "ALTER TABLE " + table + ' ' + statement), statement);
        }

        assertEquals("0A000", users.refusal(other, "ALTER TABLE " + table + " ALTER COLUMN catgroup TYPE varchar(20)"));
        assertEquals("2BP01", users.refusal(administrator, "DROP RLS POLICY " + concerts));
        users.execute(other, "DROP TABLE " + table, "CREATE TABLE " + table + " (catid int, catgroup varchar(10))", "INSERT INTO " + table + " VALUES (2, 'Shows')",
                "GRANT SELECT ON " + table + " TO " + analyst);
        assertEquals(List.of(), Rows.of(connection, attached));
        assertEquals(List.of("2"), ids(analyst));
        users.execute(administrator, "DROP RLS POLICY " + concerts, "ATTACH RLS POLICY " + small + " ON " + table + " TO " + analyst, "DROP RLS POLICY " + small + " CASCADE",
                "DROP RLS POLICY IF EXISTS " + small);
        assertEquals(List.of(), Rows.of(connection, attached));
    }

    /** Page "Policy-dependent objects and principles": policies of users and roles that are dropped are detached. */
    @Test
    void droppedIdentitiesLosePolicies() throws SQLException {
        users.create(connection, "gone_" + id);
        Rows.execute(connection, "CREATE ROLE gone_role_" + id, "ATTACH RLS POLICY " + concerts + " ON " + table + " TO gone_" + id + ", ROLE gone_role_" + id,
                "DROP USER gone_" + id, "DROP ROLE gone_role_" + id);
        assertEquals(List.of(), Rows.of(connection, "SELECT * FROM svv_rls_attached_policy WHERE relschema = '" + schema + "'"));
        Rows.execute(connection, "DROP RLS POLICY " + concerts);
    }

    /** "Superusers and users or roles that have the sys:secadmin role": the pages of the statements. Owners may not. */
    @Test
    void administratorsOnly() throws SQLException {
        for (final String statement : List.of("CREATE RLS POLICY mine_" + id + " USING (true)", "ATTACH RLS POLICY " + small + " ON " + table + " TO PUBLIC",
                "DETACH RLS POLICY " + small + " ON " + table + " FROM PUBLIC", "DROP RLS POLICY " + small, "ALTER TABLE " + table + " ROW LEVEL SECURITY ON")) {
            assertEquals("42501", users.refusal(other, statement), statement);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"42710|CREATE RLS POLICY %2$s USING (true)", "42703|CREATE RLS POLICY p_%1$s WITH (a int) USING (b > 1)",
        "42804|CREATE RLS POLICY p_%1$s WITH (a int) USING (a)",
        "0A000|CREATE RLS POLICY p_%1$s WITH (a int) USING (a IN (SELECT 1))", "42601|CREATE RLS POLICY p_%1$s WITH (a int)",
        "42704|ATTACH RLS POLICY p_%1$s ON s%1$s.category TO PUBLIC",
        "42704|ATTACH RLS POLICY %2$s ON s%1$s.category TO ROLE nobody_%1$s", "42P01|ATTACH RLS POLICY %2$s ON s%1$s.nothing TO PUBLIC", "42704|DETACH RLS POLICY %2$s ON s%1$s.category FROM PUBLIC",
        "0A000|ALTER TABLE s%1$s.category ROW LEVEL SECURITY ON FOR DATASHARES", "42809|ATTACH RLS POLICY %2$s ON pg_catalog.pg_class TO PUBLIC", "0A000|ALTER RLS POLICY %2$s USING (true)"})
    void refused(final String state, final String statement) {
        assertEquals(state, refusal(statement.formatted(id, concerts)));
    }

    /** All policies of a table have one alias (page CREATE RLS POLICY), and it has the columns of their WITH clauses (page ATTACH RLS POLICY). */
    @Test
    void policiesThatDoNotFit() throws SQLException {
        Rows.execute(connection, "CREATE RLS POLICY aliased_" + id + " WITH (catid int) t USING (t.catid > 0)", "CREATE RLS POLICY foreign_" + id + " WITH (price int) USING (price > 0)",
                "ATTACH RLS POLICY " + concerts + " ON " + table + " TO PUBLIC");
        assertEquals("42P17", refusal("ATTACH RLS POLICY aliased_" + id + " ON " + table + " TO PUBLIC"));
        assertEquals("42703", refusal("ATTACH RLS POLICY foreign_" + id + " ON " + table + " TO PUBLIC"));
        assertEquals("42710", refusal("ATTACH RLS POLICY " + concerts + " ON " + table + " TO PUBLIC"));
        Rows.execute(connection, "CREATE VIEW " + schema + ".v AS SELECT catgroup FROM " + table);
        assertEquals("0A000", refusal("ATTACH RLS POLICY " + concerts + " ON " + schema + ".v TO PUBLIC"));
    }
}
