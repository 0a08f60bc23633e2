package io.github.unloadcopy.sandbox.redshift.sql;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagedStatementParserTest {

    private static final String ROLE = "arn:aws:iam::000000000000:role/r";
    private static final String UNLOAD = "UNLOAD ('SELECT 1') TO 's3://bucket/prefix/' IAM_ROLE '" + ROLE + "' ";
    private static final String COPY = "COPY t FROM 's3://bucket/prefix/' IAM_ROLE '" + ROLE + "' ";

    @Test
    void unloadAsTheFlowSendsIt() {
        final UnloadStatement statement = unload("UNLOAD ('SELECT \"a\", \"b\" FROM \"schema\".\"table\" WHERE b = ''it''') TO 's3://bucket/path/2026-11-22_10:11:12-x/db.schema.table/' IAM_ROLE '"
                + ROLE + "' KMS_KEY_ID 'arn:aws:kms:us-east-1:000000000000:key/k' ENCRYPTED MANIFEST VERBOSE GZIP DELIMITER '^' ADDQUOTES ESCAPE NULL AS 'NULL_1f' ALLOWOVERWRITE REGION 'us-east-1'");

        assertEquals("SELECT \"a\", \"b\" FROM \"schema\".\"table\" WHERE b = 'it'", statement.query());
        assertEquals(new S3Location("bucket", "path/2026-11-22_10:11:12-x/db.schema.table/"), statement.target());
        assertEquals(new Authorization.Roles(List.of(ROLE)), statement.authorization());
        assertEquals("arn:aws:kms:us-east-1:000000000000:key/k", statement.kmsKeyId());
        assertTrue(statement.manifest() && statement.verbose() && statement.allowOverwrite() && statement.parallel());
        assertEquals(new UnloadStatement.Delimited((byte) '^', true, true, "NULL_1f", false), statement.format());
        assertEquals(Compression.GZIP, statement.compression());
        assertEquals("us-east-1", statement.region());
        assertNull(statement.masterSymmetricKey());
    }

    @Test
    void unloadAsTheOriginalUtilitySendsIt() {
        final UnloadStatement statement = unload("unload ('SELECT * FROM s.t') to 's3://b/p.' credentials 'aws_access_key_id=AK;aws_secret_access_key=SK;master_symmetric_key=KEY=' "
                + "manifest \n\tencrypted -- a comment\n gzip /* another /* nested */ */ null as 'NULL_STRING__' delimiter '^' addquotes escape allowoverwrite");

        final Authorization.AccessKey key = assertInstanceOf(Authorization.AccessKey.class, statement.authorization());
        assertEquals("AK", key.accessKeyId());
        assertEquals("SK", key.secretAccessKey().reveal());
        assertNull(key.sessionToken());
        assertEquals("KEY=", statement.masterSymmetricKey().reveal());
        assertFalse(statement.toString().contains("SK") || statement.toString().contains("KEY="), statement.toString());
    }

    @Test
    void copyAsTheFlowSendsIt() {
        final CopyStatement statement = copy("COPY \"Schema\".\"ta\"\"ble\" (\"a\", \"B\") FROM 's3://b/p/manifest' IAM_ROLE '" + ROLE + "," + ROLE + "2' MANIFEST GZIP DELIMITER '^' REMOVEQUOTES "
                + "ESCAPE NULL AS 'NULL_1f' DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF REGION 'us-east-1' EXPLICIT_IDS");

        assertEquals("Schema", statement.schema());
        assertEquals("ta\"ble", statement.table());
        assertEquals(List.of("a", "B"), statement.columns());
        assertEquals(new Authorization.Roles(List.of(ROLE, ROLE + "2")), statement.authorization());
        assertEquals(new CopyStatement.Text((byte) '^', false, (byte) '"', true, true, "NULL_1f", 0), statement.format());
        assertTrue(statement.manifest() && statement.explicitIds());
        assertEquals(Compression.GZIP, statement.compression());
    }

    @Test
    void copyDefaults() {
        final CopyStatement statement = copy("COPY Tab FROM 's3://b/p' ACCESS_KEY_ID 'AK' SECRET_ACCESS_KEY 'SK' SESSION_TOKEN 'ST'");

        assertNull(statement.schema());
        assertEquals("tab", statement.table());
        assertEquals(List.of(), statement.columns());
        assertEquals(new CopyStatement.Text((byte) '|', false, (byte) '"', false, false, "\\N", 0), statement.format());
        assertEquals("ST", assertInstanceOf(Authorization.AccessKey.class, statement.authorization()).sessionToken().reveal());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "'SELECT ''a''' ~ SELECT 'a'",
        "'SELECT \\'a\\'' ~ SELECT 'a'",
        "$$SELECT 'a'$$ ~ SELECT 'a'",
        "$q$SELECT '$$'$q$ ~ SELECT '$$'",
        "'SELECT \\\\' ~ SELECT \\"})
    void queryIsUnquoted(final String literal, final String query) {
        assertEquals(query, unload("UNLOAD (" + literal + ") TO 's3://b/p' IAM_ROLE default").query());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"DELIMITER '\\t' ~ 9", "DELIMITER AS '\\t' ~ 9", "DELIMITER '\\001' ~ 1", "DELIMITER ',' ~ 44"})
    void delimiterIsUnescaped(final String option, final byte delimiter) {
        assertEquals(delimiter, assertInstanceOf(UnloadStatement.Delimited.class, unload(UNLOAD + option).format()).delimiter());
        assertEquals(delimiter, assertInstanceOf(CopyStatement.Text.class, copy(COPY + option).format()).delimiter());
    }

    @ParameterizedTest
    @CsvSource({"PARALLEL OFF, false", "PARALLEL FALSE, false", "PARALLEL ON, true", "PARALLEL TRUE, true", "PARALLEL, true", "GZIP, true"})
    void parallel(final String option, final boolean parallel) {
        assertEquals(parallel, unload(UNLOAD + option).parallel());
    }

    @ParameterizedTest
    @CsvSource({"MAXFILESIZE 5 MB, 5242880", "MAXFILESIZE AS 6 mb, 6291456", "MAXFILESIZE 6.2 GB, 6657199308", "MAXFILESIZE 10, 10485760"})
    void maxFileSize(final String option, final long bytes) {
        assertEquals(bytes, unload(UNLOAD + option).maxFileSize());
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIXEDWIDTH 'a:1'", "FORMAT AS JSON", "JSON", "BZIP2", "ZSTD", "PARTITION BY (a, b) INCLUDE", "FROBNICATE"})
    void unloadRefusesByName(final String option) {
        final String name = option.startsWith("PARTITION") ? "PARTITION BY" : option.replace("FORMAT AS ", "").split(" ")[0];
        assertEquals("UNLOAD option " + name + " is not supported by the sandbox", refusal(UNLOAD + option));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIXEDWIDTH 'a:1'", "FORMAT AS ORC", "ORC", "JSON 'auto'", "AVRO 'auto'", "BZIP2", "LZOP", "ZSTD", "SSH", "READRATIO 3", "ENCODING UTF16", "ACCEPTINVCHARS '?'",
        "ACCEPTANYDATE", "IGNOREALLERRORS", "IGNOREBLANKLINES", "NOLOAD", "TRIMBLANKS", "COMPROWS 5", "FROBNICATE"})
    void copyRefusesByName(final String option) {
        final String sent = option.equals("ENCODING UTF16") ? "ENCODING AS 'UTF16'" : option;
        assertEquals("COPY option " + option.replace("FORMAT AS ", "").split(" ")[0] + " is not supported by the sandbox", refusal(COPY + sent));
    }

    @Test
    void copyRefusesPatterns() {
        assertEquals("COPY option DATEFORMAT with the pattern 'DD.MM.YYYY' is not supported by the sandbox", refusal(COPY + "DATEFORMAT 'DD.MM.YYYY'"));
        assertEquals("COPY option TIMEFORMAT with the pattern 'epochsecs' is not supported by the sandbox", refusal(COPY + "TIMEFORMAT 'epochsecs'"));
    }

    @ParameterizedTest
    @CsvSource({
        "CLEANPATH ALLOWOVERWRITE, CLEANPATH, ALLOWOVERWRITE",
        "PARQUET DELIMITER '|', PARQUET, DELIMITER",
        "FORMAT PARQUET GZIP, PARQUET, GZIP",
        "CSV ADDQUOTES, CSV, ADDQUOTES",
        "JSON NULL AS 'x', JSON, NULL AS",
        "FIXEDWIDTH '1' HEADER, FIXEDWIDTH, HEADER",
        "KMS_KEY_ID 'k' ENCRYPTED AUTO, KMS_KEY_ID, ENCRYPTED AUTO",
        "KMS_KEY_ID 'k' ENCRYPTED MASTER_SYMMETRIC_KEY 'k', KMS_KEY_ID, MASTER_SYMMETRIC_KEY",
        "ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 's', IAM_ROLE, ACCESS_KEY_ID",
        "CREDENTIALS 'aws_iam_role=arn:x', IAM_ROLE, CREDENTIALS"})
    void unloadRefusesConflicts(final String options, final String first, final String second) {
        assertEquals("UNLOAD options " + first + " and " + second + " cannot be used together", refusal(UNLOAD + options));
    }

    @ParameterizedTest
    @CsvSource({
        "CSV REMOVEQUOTES, CSV, REMOVEQUOTES",
        "CSV ESCAPE, CSV, ESCAPE",
        "FIXEDWIDTH '1' DELIMITER '|', FIXEDWIDTH, DELIMITER",
        "MAXERROR 3 IGNOREALLERRORS, MAXERROR, IGNOREALLERRORS",
        "PARQUET REGION 'x', PARQUET, REGION",
        "GZIP BZIP2, GZIP, BZIP2"})
    void copyRefusesConflicts(final String options, final String first, final String second) {
        assertEquals("COPY options " + first + " and " + second + " cannot be used together", refusal(COPY + options));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "UNLOAD ('SELECT 1') TO 's3://b/p'",
        "UNLOAD ('SELECT 1') TO 's3://b/p' ACCESS_KEY_ID 'only'",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'nonsense'",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'aws_iam_role=arn:x' KMS_KEY_ID 'k' ENCRYPTED",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'aws_iam_role=arn:x' MASTER_SYMMETRIC_KEY 'k' ENCRYPTED",
        UNLOAD + "KMS_KEY_ID 'k'",
        UNLOAD + "MASTER_SYMMETRIC_KEY 'k'",
        UNLOAD + "ENCRYPTED",
        UNLOAD + "GZIP GZIP",
        UNLOAD + "DELIMITER 'ab'",
        UNLOAD + "MAXFILESIZE 4 MB",
        UNLOAD + "'stray'",
        "UNLOAD 'SELECT 1' TO 's3://b/p' IAM_ROLE default",
        "UNLOAD ('SELECT 1') TO 'file:///b/p' IAM_ROLE default",
        "UNLOAD ('SELECT 1') TO 's3:///p' IAM_ROLE default",
        COPY + "ENCRYPTED",
        COPY + "MASTER_SYMMETRIC_KEY 'k'",
        COPY + "MAXERROR 100001",
        COPY + "MAXERROR 'x'",
        "COPY t (a, a) FROM 's3://b/p' IAM_ROLE default",
        "COPY t FROM STDIN",
        "COPY t TO 's3://b/p' IAM_ROLE default"})
    void refusesWhatRedshiftRefuses(final String sql) {
        assertTrue(refusal(sql).length() > 10, sql);
    }

    @Test
    void noRefusalRepeatsALiteral() {
        final String secret = "wJalrXUtnFEMI";
        for (final String sql : List.of(
                UNLOAD + "'" + secret + "'",
                UNLOAD + "MASTER_SYMMETRIC_KEY '" + secret + "'",
                UNLOAD + "SECRET_ACCESS_KEY '" + secret + "'",
                "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS '" + secret + "'",
                "UNLOAD ('SELECT 1') TO 's3://b/p' ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY '" + secret + "' FROBNICATE",
                "UNLOAD ('SELECT 1') TO 's3://b/p' ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY '" + secret)) {
            final String refusal = refusal(sql);
            assertFalse(refusal.contains(secret), refusal);
        }
    }

    private static UnloadStatement unload(final String sql) {
        return assertInstanceOf(UnloadStatement.class, staged(sql));
    }

    private static CopyStatement copy(final String sql) {
        return assertInstanceOf(CopyStatement.class, staged(sql));
    }

    private static StagedStatement staged(final String sql) {
        return switch (plan(sql)) {
            case final PlannedStatement.Staged staged -> staged.statement();
            case final PlannedStatement.Refused refused -> throw refused.error();
            case final PlannedStatement.Sequence sequence -> throw new AssertionError("taken for a sequence");
            case final PlannedStatement.Forwarded forwarded -> throw new AssertionError("forwarded: " + forwarded.sql());
        };
    }

    private static String refusal(final String sql) {
        return assertThrows(SqlError.class, () -> staged(sql)).getMessage();
    }

    private static PlannedStatement plan(final String sql) {
        final List<PlannedStatement> plans = new StatementPlanner(List.of()).plan(sql, new SessionSettings(true));
        assertEquals(1, plans.size());
        return plans.get(0);
    }
}
