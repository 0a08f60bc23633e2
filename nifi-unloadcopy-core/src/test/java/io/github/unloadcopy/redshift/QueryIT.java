package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sql.Token;
import io.github.unloadcopy.sql.Tokens;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.S3Location;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Queries from outside, as a cluster sees them. */
class QueryIT {
    private static final String CANARY = "query_canary";
    private final SandboxSession sandbox = SandboxSession.get();

    @ParameterizedTest
    @ValueSource(strings = {";", ";;", "; -- nightly", " ;\n/* end */", " -- nightly"})
    void theEndOfAQueryDoesNotMatter(final String end) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER, name VARCHAR(20)").insert("(1, 'it''s; --'), (2, 'b')");

        assertEquals(1, unload(migration, "SELECT id, name FROM %s WHERE name = 'it''s; --' -- one;\n".formatted(SqlText.table(migration.source())) + end, List.of()).rows());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "SELECT * FROM %s ORDER BY id LIMIT 2 ~ 2",
        "WITH few AS (SELECT * FROM %s WHERE id < 3) SELECT id FROM few UNION ALL SELECT 9 ~ 3"})
    void whatUnloadForbidsOutsideIsInside(final String query, final long rows) throws Exception {
        final Migration migration = Migration.sseKms().create("id INTEGER").insert("(1), (2), (3)");

        assertEquals(rows, unload(migration, query.formatted(SqlText.table(migration.source())), List.of()).rows());
    }

    @Test
    void expressionsArriveUnderTheirNames() throws Exception {
        final String columns = "id INTEGER, double_id INTEGER, amount NUMERIC(10, 2), kind VARCHAR(20)";
        final Migration migration = Migration.sseKms().create("id INTEGER, amount NUMERIC(10, 2), name VARCHAR(20)", columns).insert("(1, NULL, 'a'), (2, 1.5, 'it''s')");
        final SelectList list = SelectList.parse("id, id * 2 as double_id, coalesce(amount, 0)::numeric(10, 2) AS amount, case when name in ('a', 'b') then 'x, y' else name end as kind");
        final UnloadResult unloaded = unload(migration, Selection.of(migration.source(), null, list));

        assertEquals(List.of("id", "double_id", "amount", "kind"), unloaded.columns());
        new TableLoader().load(sandbox.connections("target"), migration.loadRequest(unloaded));
        assertEquals(List.of(List.of("1", "2", "0.00", "x, y"), List.of("2", "4", "1.50", "it's")), migration.targetRows());
    }

    /** Whatever is not refused runs as a part of one SELECT, or fails, and changes nothing. */
    @Property(tries = 400)
    void nothingRunsBesideTheSelect(@ForAll("queries") final String query) throws SQLException, RedshiftException {
        final TableName canary = new TableName("public", CANARY);
        sandbox.execute("source", "CREATE TABLE IF NOT EXISTS %s (id INTEGER)".formatted(CANARY));
        final Selection selection;

        try {
            selection = Selection.of(canary, query, List.of());
        } catch (final IllegalArgumentException e) {
            return;
        }

        requireSameTokens(query, selection);

        try (ClusterProbe probe = ClusterProbe.open(sandbox.connections("source"), "the source")) {
            probe.columns(selection);
        } catch (final RedshiftException e) {
            // Most of these are no SQL that any cluster takes.
            assertFalse(e.reason() == Reason.CONNECTION_FAILED, e.getMessage());
        }

        assertEquals(List.of(List.of(CANARY)), sandbox.query("source", "SELECT relname FROM pg_class WHERE relname LIKE '%canary%'"));
    }

    @Test
    void whatRanBeforeIsRefusedNow() {
        assertThrows(IllegalArgumentException.class,
                () -> Selection.of(new TableName("public", CANARY), "SELECT 1 AS a) AS b; DROP TABLE %s; COMMIT; SELECT * FROM (SELECT 1 AS a".formatted(CANARY), List.of()));
    }

    /** Read by another reader, under both settings of backslashes, the SELECT within UNLOAD has the tokens of the query in its parentheses. */
    private static void requireSameTokens(final String query, final Selection selection) {
        final List<SqlToken> expected = new ArrayList<>();

        for (final Token token : Tokens.read(query)) {
            expected.addAll(SqlToken.read(token.text(), false));
        }

        while (expected.getLast().kind() == ';') {
            expected.removeLast();
        }

        final String sql = new UnloadStatement(selection, S3Location.parse("s3://bucket/x/"), new Authorization.Role(StatementFixtures.ROLE), new DataEncryption.SseKms(StatementFixtures.KEY_ARN),
                "NULL_1", null).sql();

        for (final boolean escapes : new boolean[] {false, true}) {
            final List<SqlToken> written = SqlToken.read(SqlToken.read(sql, escapes).get(2).value(), escapes);

            assertEquals(List.of(new SqlToken('w', "SELECT"), new SqlToken('*', "*"), new SqlToken('w', "FROM"), new SqlToken('(', "(")), written.subList(0, 4));
            assertEquals(expected, written.subList(4, written.size() - 3));
            assertEquals(List.of(new SqlToken(')', ")"), new SqlToken('w', "AS"), new SqlToken('"', "unloadcopy")), written.subList(written.size() - 3, written.size()));
        }
    }

    @Provide
    Arbitrary<String> queries() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.of("1", "'a'", "'", "''", "\"a\"", "\"", "\\", "a", "b", ",", "(", ")", ") AS x", "AS", "FROM", "+", "::int", "--", "/*", "*/", "\n", "E'", "$$")),
                Tuple.of(2, Arbitraries.of(";", "; DROP TABLE query_canary; COMMIT; SELECT 1", "INTO other_canary", "; CREATE TABLE other_canary (a int); COMMIT;", "UNION ALL SELECT 1",
                        "(DELETE FROM query_canary RETURNING 1)", "' ; DROP TABLE query_canary; --", "*/; DROP TABLE query_canary; /*")))
                .list().ofMaxSize(8).map(parts -> "SELECT 1 " + String.join(" ", parts));
    }

    private UnloadResult unload(final Migration migration, final String query, final List<String> columns) throws Exception {
        return unload(migration, Selection.of(migration.source(), query, columns));
    }

    private UnloadResult unload(final Migration migration, final Selection selection) throws Exception {
        final UnloadRequest plain = migration.unloadRequest(List.of(), migration.role());
        return new TableUnloader(new ManifestReader(sandbox.s3())).unload(sandbox.connections("source"), new UnloadRequest(selection, plain.database(), plain.prefix(), plain.authorization(),
                plain.encryption(), plain.nullMarker(), plain.region(), false, 60));
    }
}
