package io.github.unloadcopy.config;

import io.github.unloadcopy.redshift.SelectList;
import io.github.unloadcopy.redshift.TableName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class UnloadTemplateTest {
    private static final String TAIL = """
            \sto '{dataStagingPath}.' credentials
            '{s3_access_credentials};master_symmetric_key={master_symmetric_key}'
            manifest
            encrypted
            gzip
            null as 'NULL_STRING__'
            delimiter '^' addquotes escape allowoverwrite""";

    @Test
    void theOriginalsOwnStatementSelectsTheTable() {
        final UnloadTemplate template = UnloadTemplate.parse("unload ('SELECT {columns} FROM {schema_name}.{table_name}')" + TAIL);

        assertEquals("SELECT * FROM \"public\".\"Order \"\"Lines\"\"\"", template.query(new TableName("public", "Order \"Lines\""), SelectList.parse(null)));
        assertEquals("SELECT \"a\", \"b,c\" FROM \"public\".\"t\"", template.query(new TableName("public", "t"), SelectList.parse("a, \"b,c\"")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "SELECT a FROM {schema}.{table} WHERE d = ''2026-01-01'' ~ SELECT a FROM \"s'x\".\"t\"\"y\" WHERE d = '2026-01-01'",
        "SELECT a FROM \"{schema_name}\".\"{table_name}\" ~ SELECT a FROM \"s'x\".\"t\"\"y\"",
        "SELECT ''{schema_name}.{table_name}'' AS origin ~ SELECT 's''x.t\"y' AS origin",
        "SELECT \\'it\\' ~ SELECT 'it'",
        "SELECT ''{{}}'' FROM {table_name} ~ SELECT '{}' FROM \"t\"\"y\""})
    void namesAreQuotedAsTheirPlaceDemands(final String select, final String query) {
        assertEquals(query, UnloadTemplate.parse("UNLOAD('" + select + "')" + TAIL + ";").query(new TableName("s'x", "t\"y"), SelectList.parse(null)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "{cluster.password} ~ reaches into objects",
        "{0[x]} ~ reaches into objects",
        "{table_name.__class__} ~ reaches into objects",
        "{table_name!r} ~ reaches into objects",
        "{s3_access_credentials} ~ where no secret",
        "{master_symmetric_key} ~ where no secret",
        "{} ~ is not known",
        "{day} ~ is not known",
        "''{columns}'' ~ is not known",
        "a } b ~ brace",
        "a { b ~ brace",
        "a\\\\b ~ backslash"})
    void whatReachesFurtherIsRefused(final String part, final String reason) {
        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> UnloadTemplate.parse("unload ('SELECT " + part + "')" + TAIL));

        assertTrue(exception.getMessage().contains(reason), exception.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bzip2", "delimiter ','", "parallel off", "kms_key_id 'x'", "iam_role 'arn:x'", "to 's3://elsewhere/'", "credentials 'aws_access_key_id=AKIA;aws_secret_access_key=x'"})
    void otherOptionsAreRefused(final String option) {
        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> UnloadTemplate.parse("unload ('SELECT 1 AS a')" + TAIL + " " + option));

        assertTrue(exception.getMessage().startsWith("has an option of its own, beginning with "), exception.getMessage());
        assertTrue(!exception.getMessage().contains("AKIA"), exception.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SELECT 1", "unload (SELECT 1) to '{dataStagingPath}'", "unload ('SELECT 'a'') to '{dataStagingPath}'"})
    void otherStatementsAreRefused(final String statement) {
        assertThrows(IllegalArgumentException.class, () -> UnloadTemplate.parse(statement));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", ";;", " ; -- nightly", " -- nightly", "\n/* end; */ ;\n"})
    void whatEndsTheStatementDoesNotMatter(final String end) {
        final UnloadTemplate template = UnloadTemplate.parse("-- of old\nunload /* it */ ('SELECT a FROM {table_name} -- all;\n;')" + TAIL + end);

        assertEquals("SELECT a FROM \"t\"", template.query(new TableName("s", "t"), SelectList.parse(null)));
    }

    @Test
    void expressionsStandForTheColumns() {
        final UnloadTemplate template = UnloadTemplate.parse("unload ('SELECT {columns} FROM {schema_name}.{table_name}')" + TAIL);

        assertEquals("SELECT \"id\", id * 2 AS \"twice\" FROM \"s\".\"t\"", template.query(new TableName("s", "t"), SelectList.parse("id, id * 2 as twice")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "a) AS x; DROP TABLE y; COMMIT; SELECT * FROM (SELECT 1 ~ parenthesis|more than one statement",
        "1; DROP TABLE y ~ more than one statement",
        "a INTO b FROM c ~ INTO",
        "pre_{table_name} ~ touches another word",
        "{table_name}2 ~ touches another word",
        "''a ~ quote that is not closed",
        "a /* b ~ comment that is not closed"})
    void whatIsNotOneSelectIsRefused(final String part, final String reasons) {
        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> UnloadTemplate.parse("unload ('SELECT " + part + "')" + TAIL));

        assertTrue(exception.getMessage().matches("(?s).*(?:" + reasons + ").*"), exception.getMessage());
    }
}
