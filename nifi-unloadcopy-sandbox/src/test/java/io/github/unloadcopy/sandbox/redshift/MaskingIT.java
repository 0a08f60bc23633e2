package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Dynamic data masking, see the chapter of this name in the Redshift Database Developer Guide. */
class MaskingIT extends ClusterTest {

    private final String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final String schema = "s" + id;
    private final String cards = schema + ".cards";
    private final String full = "full_" + id;
    private final String partial = "partial_" + id;
    private final String analysts = "analysts_" + id;
    private final String administrator = "bob_" + id;
    private final String analyst = "alice_" + id;
    private final String other = "joe_" + id;
    private final RestrictedUsers users = new RestrictedUsers(cluster);

    @BeforeEach
    void prepare() throws SQLException {
        users.create(connection, administrator, analyst, other);
        Rows.execute(connection, "CREATE ROLE " + analysts, "GRANT ROLE " + analysts + " TO " + analyst, "GRANT ROLE sys:secadmin TO " + administrator,
                "CREATE SCHEMA " + schema, "GRANT ALL ON SCHEMA " + schema + " TO PUBLIC",
                "CREATE TABLE " + cards + " (customer int, card varchar(16), fraud boolean)", "INSERT INTO " + cards + " VALUES (1, '4532993817514842', false), (2, '4716002041425888', true)",
                "GRANT ALL ON " + cards + " TO PUBLIC");
        users.execute(administrator, "CREATE MASKING POLICY " + full + " WITH (card VARCHAR(256)) USING ('000000XXXX0000'::TEXT)",
                "CREATE MASKING POLICY " + partial + " WITH (bad boolean, digits varchar(256)) USING (CASE WHEN bad THEN 'XXXX' || right(digits, 4) ELSE digits END)",
                "ATTACH MASKING POLICY " + full + " ON " + cards + "(card) TO PUBLIC",
                "ATTACH MASKING POLICY " + partial + " ON " + cards + "(card) USING (fraud, card) TO ROLE " + analysts + " PRIORITY 10");
    }

    private List<String> seen(final String user, final String query) throws SQLException {
        return users.rows(user, query).stream().map(List::getFirst).toList();
    }

    private String refusal(final String statement) {
        return assertThrows(SQLException.class, () -> Rows.execute(connection, statement)).getSQLState();
    }

    /** The policy with the highest priority applies (page "Dynamic data masking policy hierarchy"), before the predicates of the query (page "Considerations when using dynamic data masking"). */
    @ParameterizedTest
    @ValueSource(strings = {"SELECT card FROM %1$s ORDER BY customer", "SELECT c.card FROM %1$s AS c ORDER BY c.customer", "SELECT x.card FROM %1$s x, (SELECT 1 AS one) y ORDER BY customer",
        "SELECT b.card FROM %1$s a JOIN %1$s b ON a.customer = b.customer ORDER BY 1 DESC", "WITH w AS (SELECT card, customer FROM %1$s) SELECT card FROM w ORDER BY customer",
        "SELECT (SELECT max(i.card) FROM %1$s i WHERE i.customer = cards.customer) FROM %1$s ORDER BY customer", "(SELECT card FROM %1$s) ORDER BY 1 DESC",
        "SELECT card FROM (SELECT * FROM %1$s) AS q ORDER BY q.customer", "SELECT card FROM %2$s.s%3$s.cards ORDER BY customer"})
    void queries(final String query) throws SQLException {
        final String sql = query.formatted(cards, TestCluster.DATABASE, id);
        final List<String> analystSees = seen(analyst, sql);
        assertTrue(analystSees.contains("4532993817514842") && analystSees.contains("XXXX5888"), analystSees.toString());
        assertEquals(List.of("000000XXXX0000", "000000XXXX0000"), seen(other, sql));
        // A policy for PUBLIC is for all users who access the table, says page ATTACH MASKING POLICY.
        assertEquals(List.of(List.of("000000XXXX0000"), List.of("000000XXXX0000")), Rows.of(connection, sql));
    }

    @Test
    void maskedValuesAreWhatPredicatesSee() throws SQLException {
        assertEquals(List.of("2"), seen(other, "SELECT count(*) FROM " + cards + " WHERE card = '000000XXXX0000'"));
        assertEquals(List.of("0"), seen(other, "SELECT count(*) FROM " + cards + " WHERE card LIKE '4%'"));
        try (Connection session = users.connect(analyst); PreparedStatement query = session.prepareStatement("SELECT customer FROM " + cards + " WHERE card = ?")) {
            query.setString(1, "XXXX5888");
            try (ResultSet rows = query.executeQuery()) {
                assertTrue(rows.next());
                assertEquals(2, rows.getInt(1));
            }
        }

        try (Connection session = users.connect(other)) {
            session.setAutoCommit(false);
            Rows.execute(session, "SET search_path TO " + schema, "INSERT INTO cards VALUES (3, 'plain', false)");
            assertEquals("000000XXXX0000", Rows.value(session, "SELECT DISTINCT card FROM cards"));
            session.rollback();
        }
    }

    /** UNLOAD, CREATE TABLE AS and INSERT write masked values. */
    @Test
    void copiesOfTheTableAreMasked() throws SQLException {
        final String role = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";
        final String place = "'s3://" + bucket + "/" + id + "/'";
        users.execute(other, "UNLOAD ('SELECT * FROM " + cards + "') TO " + place + role, "CREATE TABLE " + schema + ".copied AS SELECT * FROM " + cards,
                "INSERT INTO " + schema + ".copied SELECT * FROM " + cards, "CREATE TABLE " + schema + ".loaded (LIKE " + cards + ")", "COPY " + schema + ".loaded FROM " + place + role);
        assertEquals(List.of(List.of("000000XXXX0000", "4")), Rows.of(connection, "SELECT card, count(*) FROM " + schema + ".copied GROUP BY 1"));
        assertEquals(List.of(List.of("000000XXXX0000", "2")), Rows.of(connection, "SELECT card, count(*) FROM " + schema + ".loaded GROUP BY 1"));
        users.execute(other, "COPY " + cards + " FROM " + place + role);
        assertEquals(List.of("4"), seen(other, "SELECT count(*) FROM " + cards));
    }

    /** What the sandbox cannot mask is refused, and reads nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"SELECT * FROM %1$s_view", "SELECT * FROM %1$s_late", "UPDATE %1$s SET customer = 5 WHERE card LIKE '4%%'",
        "DELETE FROM %1$s WHERE card LIKE '4%%'", "UPDATE %1$s SET card = card || 'x'",
        "MERGE INTO %1$s_other USING %1$s ON %1$s_other.customer = %1$s.customer WHEN MATCHED THEN UPDATE SET card = %1$s.card "
                + "WHEN NOT MATCHED THEN INSERT VALUES (%1$s.customer, %1$s.card)"})
    void refusedWhereTheyCannotBeMasked(final String statement) throws SQLException {
        Rows.execute(connection, "CREATE VIEW " + cards + "_view AS SELECT card FROM " + cards, "GRANT SELECT ON " + cards + "_view TO PUBLIC",
                "CREATE VIEW " + cards + "_late AS SELECT card FROM " + cards + " WITH NO SCHEMA BINDING", "GRANT SELECT ON " + cards + "_late TO PUBLIC",
                "CREATE TABLE " + cards + "_other (customer int, card varchar(16))", "GRANT ALL ON " + cards + "_other TO PUBLIC");
        assertEquals("0A000", users.refusal(other, statement.formatted(cards)));
    }

    /** A column that may not be read is not readable by way of a mask. */
    @Test
    void columnPrivilegesHold() throws SQLException {
        Rows.execute(connection, "REVOKE ALL ON " + cards + " FROM PUBLIC", "GRANT SELECT (customer) ON " + cards + " TO " + other);
        assertEquals(List.of("1", "2"), seen(other, "SELECT customer FROM " + cards + " ORDER BY 1"));
        assertEquals("42501", users.refusal(other, "SELECT card FROM " + cards));
        assertEquals("42501", users.refusal(other, "SELECT * FROM " + cards));
        assertEquals("42501", users.refusal(analyst, "SELECT customer FROM " + cards));
    }

    /** Behind the front, what reads masked tables has more rights than its caller: it reads nothing else, and no column that the caller may not read. */
    @Test
    void otherRelationsAreNotReadByTheWay() throws Exception {
        Rows.execute(connection, "CREATE TABLE " + schema + ".secret (a int)", "REVOKE ALL ON " + cards + " FROM PUBLIC", "GRANT SELECT (customer) ON " + cards + " TO " + other);
        try (Connection behind = cluster.cluster().connectBehind(TestCluster.DATABASE)) {
            Rows.execute(behind, "SET ROLE " + other);
            assertEquals(List.of(List.of("2", "0")), Rows.of(behind, "SELECT count(customer), count(card) FROM pg_internal.masked_rows(NULL::" + cards + ")"));
            assertEquals("42809", assertThrows(SQLException.class, () -> Rows.execute(behind, "SELECT * FROM pg_internal.masked_rows(NULL::" + schema + ".secret)")).getSQLState());
        }
    }

    /** Rows are protected first: page "Considerations when using dynamic data masking". */
    @Test
    void rowLevelSecurityComesFirst() throws SQLException {
        users.execute(administrator, "CREATE RLS POLICY fraud_" + id + " WITH (fraud boolean) USING (fraud)", "ATTACH RLS POLICY fraud_" + id + " ON " + cards + " TO ROLE " + analysts,
                "ALTER TABLE " + cards + " ROW LEVEL SECURITY ON");
        assertEquals(List.of("XXXX5888"), seen(analyst, "SELECT card FROM " + cards));
        assertEquals(List.of(), seen(other, "SELECT card FROM " + cards));
    }

    /** Pages SVV_MASKING_POLICY and SVV_ATTACHED_MASKING_POLICY. */
    @Test
    void views() throws SQLException {
        final String policies = "SELECT policy_database, input_columns, policy_expression, policy_modified_by FROM svv_masking_policy WHERE policy_name = '" + full + "'";
        final List<List<String>> expected = List.of(List.of(TestCluster.DATABASE, "[{\"colname\" : \"card\", \"type\" : \"character varying(256)\"}]", "'000000XXXX0000'::TEXT", administrator));
        assertEquals(expected, Rows.of(connection, policies));
        assertEquals(expected, users.rows(administrator, policies));
        assertEquals(List.of(), users.rows(other, policies));
        final String attached = "SELECT policy_name, table_name, table_type, grantor, grantee, grantee_type, priority, input_columns, output_columns, is_masking_datashare_on "
                + "FROM svv_attached_masking_policy WHERE schema_name = '" + schema + "' ORDER BY priority";
        assertEquals(List.of(List.of(full, "cards", "table", administrator, "public", "public", "0", "[\"card\"]", "[\"card\"]", "f"),
                List.of(partial, "cards", "table", administrator, analysts, "role", "10", "[\"fraud\",\"card\"]", "[\"card\"]", "f")), users.rows(administrator, attached));
        assertEquals(List.of(), users.rows(other, attached));
    }

    /** A table of the same name is another one, and not protected. */
    @Test
    void droppedTablesLosePolicies() throws SQLException {
        assertEquals("2BP01", refusal("DROP MASKING POLICY " + full));
        assertEquals("2BP01", refusal("ALTER TABLE " + cards + " RENAME COLUMN card TO number"));
        users.execute(administrator, "DETACH MASKING POLICY " + full + " ON " + cards + "(card) FROM PUBLIC");
        assertEquals(List.of("4532993817514842", "4716002041425888"), seen(other, "SELECT card FROM " + cards + " ORDER BY 1"));
        users.execute(administrator, "DROP MASKING POLICY " + full);
        assertEquals(List.of("4532993817514842", "XXXX5888"), seen(analyst, "SELECT card FROM " + cards + " ORDER BY 1"));
        Rows.execute(connection, "DROP TABLE " + cards, "CREATE TABLE " + cards + " (card varchar(16))", "INSERT INTO " + cards + " VALUES ('4532')", "GRANT SELECT ON " + cards + " TO PUBLIC");
        assertEquals(List.of("4532"), seen(analyst, "SELECT card FROM " + cards));
        users.execute(administrator, "DROP MASKING POLICY " + partial, "DROP MASKING POLICY IF EXISTS " + partial);
    }

    /** The pages of the statements. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"42710|CREATE MASKING POLICY full_%1$s WITH (a int) USING (1)", "42601|CREATE MASKING POLICY p_%1$s USING (1)",
        "42703|CREATE MASKING POLICY p_%1$s WITH (a int) USING (b)", "0A000|CREATE MASKING POLICY p_%1$s WITH (a int) USING ((SELECT 1))",
        "42710|ATTACH MASKING POLICY partial_%1$s ON s%1$s.cards(card) USING (fraud, card) TO joe_%1$s", "42710|ATTACH MASKING POLICY full_%1$s ON s%1$s.cards(card) TO PUBLIC PRIORITY 30",
        "42804|ATTACH MASKING POLICY full_%1$s ON s%1$s.cards(customer) TO PUBLIC", "42611|ATTACH MASKING POLICY full_%1$s ON s%1$s.cards(card, fraud) TO PUBLIC",
        "0A000|ATTACH MASKING POLICY full_%1$s ON s%1$s.cards(card.first) TO PUBLIC", "42704|DETACH MASKING POLICY full_%1$s ON s%1$s.cards(card) FROM joe_%1$s",
        "42704|DROP MASKING POLICY p_%1$s", "0A000|ALTER MASKING POLICY full_%1$s USING (1)"})
    void refused(final String state, final String statement) {
        assertEquals(state, refusal(statement.formatted(id)));
    }

    @Test
    void administratorsOnly() {
        for (final String statement : List.of("CREATE MASKING POLICY mine_" + id + " WITH (a int) USING (1)", "ATTACH MASKING POLICY " + full + " ON " + cards + "(card) TO " + other + " PRIORITY 20",
                "DETACH MASKING POLICY " + full + " ON " + cards + "(card) FROM PUBLIC", "DROP MASKING POLICY " + full)) {
            assertEquals("42501", users.refusal(other, statement), statement);
        }
    }
}
