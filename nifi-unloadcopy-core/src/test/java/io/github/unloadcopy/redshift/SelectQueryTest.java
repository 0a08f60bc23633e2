package io.github.unloadcopy.redshift;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SelectQueryTest {
    private static final TableName TABLE = new TableName("s", "t");

    @ParameterizedTest
    @ValueSource(strings = {"", ";", ";;", "; ;\n;", " ; -- nightly", " -- nightly", " ;\n/* end */", "/* ; */;/* ; */", " -- no line break"})
    void endsOfAQueryAreTakenAway(final String end) {
        assertEquals("SELECT a FROM b", SelectQuery.parse("SELECT a -- ; all\nFROM b".replace("\n", " \n") + end).sql().replace('\n', ' '));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "SELECT 1 AS a",
        "select ';' as a, '--' AS b, '/*' AS c, \";\" FROM d",
        "WITH x AS (SELECT 1 AS a) SELECT * FROM x",
        "SELECT * FROM a ORDER BY b LIMIT 10",
        "SELECT TOP 10 * FROM a",
        "SELECT a.b[0].c, d::varchar(10), \"into\" FROM e WHERE f = 'it''s' UNION ALL SELECT coalesce(update, delete) FROM g"})
    void oneSelectStaysAsItIs(final String query) {
        assertEquals(query, SelectQuery.parse(query).sql());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "SELECT 1) AS x; DROP TABLE y; COMMIT; SELECT * FROM (SELECT 2 ~ more than one statement",
        "SELECT 1) AS x UNION SELECT * FROM (SELECT 2 ~ parenthesis that was not opened",
        "SELECT (1 ~ parenthesis that is not closed",
        "SELECT a[(1]) ~ bracket|parenthesis",
        "SELECT 1; SELECT 2 ~ more than one statement",
        "; SELECT 1 ~ begins with SELECT",
        "DELETE FROM a ~ begins with SELECT",
        "CREATE TABLE a AS SELECT 1 ~ begins with SELECT",
        "-- SELECT ~ begins with SELECT",
        "\"SELECT\" 1 ~ begins with SELECT",
        "SELECT a INTO b FROM c ~ INTO",
        "WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a ~ DELETE in a subquery",
        "WITH a AS (insert into b values (1)) SELECT 1 ~ INTO|insert",
        "SELECT {fn now()} ~ brace",
        "SELECT \"a\\b\" ~ backslash in a name",
        "SELECT 'a ~ quote that is not closed",
        "SELECT 1 /* ~ comment that is not closed"})
    void anythingElseIsRefused(final String query, final String reasons) {
        final IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> Selection.of(TABLE, query, List.of()));

        assertTrue(refusal.getMessage().matches("(?s)The query .*(?:" + reasons + ").*"), refusal.getMessage());
    }

    @Test
    void whatIsAppendedIsNotSwallowed() {
        assertEquals("SELECT * FROM (SELECT a FROM b) AS \"unloadcopy\"", Selection.of(TABLE, "SELECT a FROM b -- all of it;", List.of()).sql());
    }

    @Test
    void expressionsBecomeAQuery() {
        final SelectList list = SelectList.parse("id, id * 2 as double_id, coalesce(amount, 0) AS amount, \"My, Name\", a::int AS \"A\", case when x in (1, 2) then 'a, b' else z end as kind");

        assertEquals(List.of("id", "double_id", "amount", "My, Name", "A", "kind"), list.names());
        assertEquals("SELECT \"id\", \"double_id\", \"amount\", \"My, Name\", \"A\", \"kind\" FROM (SELECT \"id\", id * 2 AS \"double_id\", coalesce(amount, 0) AS \"amount\", \"My, Name\", "
                + "a::int AS \"A\", case when x in (1, 2) then 'a, b' else z end AS \"kind\" FROM \"s\".\"t\") AS \"unloadcopy\"", Selection.of(TABLE, null, list).sql());
        assertTrue(Selection.of(TABLE, "SELECT 1 AS id", SelectList.parse("id + 1 AS id")).sql().contains(" FROM (SELECT 1 AS id) AS \"unloadcopy\") AS \"unloadcopy\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"column1, \"Column 2\"", "Order Id, b", "*", "", "  "})
    void plainListsStayPlain(final String list) {
        assertFalse(SelectList.parse(list).hasExpressions());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "id, id * 2 ~ without a name for column 2",
        "a-b ~ double quotes",
        "coalesce(a, 0) ~ write AS",
        "a as b c ~ without a name",
        "a, , b ~ no name for column 2",
        "a, ~ no name for column 2",
        "*, a * 2 AS b ~ without a name for column 1",
        "a FROM b; DROP TABLE c; SELECT 1 AS d ~ more than one statement",
        "a FROM b UNION SELECT c AS d ~ has FROM in column 1",
        "(SELECT 1) FROM b WHERE c = (2) AS d ~ has FROM",
        "DISTINCT a + 1 AS b ~ DISTINCT",
        "a) AS b ~ parenthesis that was not opened",
        "(a AS b ~ parenthesis that is not closed",
        "'a AS b ~ quote that is not closed",
        "a + 1 INTO b AS c ~ INTO"})
    void otherListsAreRefused(final String list, final String reason) {
        final IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> SelectList.parse(list));

        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    @Test
    void anElementOfAnArrayIsANameUnlessItSaysAs() {
        assertEquals(new SelectList.Item("Order-Id, 2", null), SelectList.element("Order-Id, 2"));
        assertEquals(new SelectList.Item("total", "coalesce(a, 0)"), SelectList.element("coalesce(a, 0) AS total"));
        assertThrows(IllegalArgumentException.class, () -> SelectList.element("a AS b, c AS d"));
    }
}
