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
        assertEquals(new CopyStatement.Text("^", false, (byte) '"', true, true, "NULL_1f", 0, false, CopyStatement.Encoding.UTF8), statement.format());
        assertTrue(statement.manifest() && statement.explicitIds());
        assertEquals(Compression.GZIP, statement.compression());
    }

    @Test
    void copyDefaults() {
        final CopyStatement statement = copy("COPY Tab FROM 's3://b/p' ACCESS_KEY_ID 'AK' SECRET_ACCESS_KEY 'SK' SESSION_TOKEN 'ST'");

        assertNull(statement.schema());
        assertEquals("tab", statement.table());
        assertEquals(List.of(), statement.columns());
        assertEquals(new CopyStatement.Text("|", false, (byte) '"', false, false, "\\N", 0, false, CopyStatement.Encoding.UTF8), statement.format());
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
        assertEquals(Character.toString(delimiter), assertInstanceOf(CopyStatement.Text.class, copy(COPY + option).format()).delimiter());
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
    @ValueSource(strings = {"FIXEDWIDTH 'a:1'", "FORMAT AS JSON", "JSON"})
    void unloadRefusesByName(final String option) {
        assertEquals("UNLOAD option " + option.replace("FORMAT AS ", "").split(" ")[0] + " is not supported by the sandbox", refusal(UNLOAD + option));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FROBNICATE", "FORMAT AS GZIP", "VERBOSE", "AUTO", "INCLUDE", "WITH", "MASTER_SYMMETRIC_KEY", "IGNOREHEADER 1", "DELIMITER", "DELIMITER X'41'", ", GZIP", "\"gzip\"",
        "PARTITION (a)", "PARTITION BY ()", "PARTITION BY ('a')", "MAXFILESIZE GB", "MAXFILESIZE -1", "MAXFILESIZE 1e99999999", "ROWGROUPSIZE 32 MB 5", "CREDENTIALS CREDENTIALS"})
    void unknownOptionsAreSyntaxErrors(final String option) {
        final SqlError refusal = assertThrows(SqlError.class, () -> staged(UNLOAD + option));
        assertEquals("42601", refusal.state(), refusal.getMessage());
    }

    @Test
    void unknownOptionsAreNamed() {
        assertEquals("syntax error at or near \"frobnicate\": COPY needs an option that it has there", refusal(COPY + "GZIP FROBNICATE"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIXEDWIDTH 'a:1'", "FORMAT AS ORC", "ORC", "JSON 'auto'", "FORMAT JSON AS 'auto ignorecase'", "AVRO", "SHAPEFILE", "SHAPEFILE SIMPLIFY AUTO '1.1'", "LZOP",
        "JOB CREATE j AUTO ON"})
    void copyRefusesByName(final String option) {
        assertEquals("COPY option " + option.replace("FORMAT AS ", "").replace("FORMAT ", "").split(" ")[0] + " is not supported by the sandbox", refusal(COPY + option));
    }

    @ParameterizedTest
    @CsvSource({"SSH, for remote hosts only", "READRATIO 50, for DynamoDB only"})
    void copyRefusesWhatIsNotForS3(final String option, final String reason) {
        assertEquals("COPY option " + option.split(" ")[0] + " cannot be used with Amazon S3: it is " + reason, refusal(COPY + option));
    }

    @ParameterizedTest
    @CsvSource({"dynamodb://Movies, Amazon DynamoDB (dynamodb://) is", "emr://j-SAMPLE/part-*, Amazon EMR (emr://) is", "file:///x, other sources are"})
    void copyRefusesOtherSources(final String source, final String name) {
        assertEquals("COPY reads and writes s3://bucket/key locations; " + name + " not supported by the sandbox", refusal("COPY t FROM '" + source + "' IAM_ROLE default"));
    }

    @Test
    void everyConversionOfCopy() {
        final CopyStatement statement = copy(COPY + "ACCEPTANYDATE ACCEPTINVCHARS AS '^' BLANKSASNULL DATEFORMAT AS 'auto' EMPTYASNULL ENCODING AS utf16le EXPLICIT_IDS FILLRECORD IGNOREBLANKLINES "
                + "IGNOREHEADER AS 2 NULL '\\000' ROUNDEC TIMEFORMAT 'epochsecs' TRIMBLANKS TRUNCATECOLUMNS MAXERROR AS 100000 NOLOAD STATUPDATE ON COMPUPDATE PRESET COMPROWS 1000 CSV QUOTE AS '%' "
                + "DELIMITER '|~|' ZSTD");

        assertEquals(new CopyStatement.Text("|~|", true, (byte) '%', false, false, "\0", 2, true, CopyStatement.Encoding.UTF16LE), statement.format());
        assertEquals(new CopyStatement.Conversions(true, true, true, true, true, true, (byte) '^', true, "auto", "epochsecs"), statement.conversions());
        assertTrue(statement.noLoad() && statement.statUpdate() && statement.explicitIds());
        assertEquals(100_000, statement.maxError());
        assertEquals(Compression.ZSTD, statement.compression());
        assertEquals(Long.MAX_VALUE, copy(COPY + "IGNOREALLERRORS").maxError());
        assertEquals((byte) '?', copy(COPY + "ACCEPTINVCHARS TEXT").conversions().replacement());
    }

    @Test
    void partitionsOfUnload() {
        final UnloadStatement statement = unload("UNLOAD ('SELECT 1') TO 's3://bucket/prefix' PARTITION BY (a, \"B\") INCLUDE FORMAT AS CSV ENCRYPTED AUTO WITH CREDENTIALS AS 'aws_iam_role=" + ROLE
                + "' BZIP2");

        assertEquals(new UnloadStatement.Partitioning(List.of("a", "B"), true), statement.partitioning());
        assertEquals(new S3Location("bucket", "prefix/"), statement.target());
        assertEquals(new UnloadStatement.Csv((byte) ',', "", false), statement.format());
        assertEquals(Compression.BZIP2, statement.compression());
        assertTrue(statement.encryptedAuto());
    }

    @ParameterizedTest
    @CsvSource({
        "CLEANPATH ALLOWOVERWRITE, CLEANPATH, ALLOWOVERWRITE",
        "PARQUET DELIMITER '|', PARQUET, DELIMITER",
        "FORMAT PARQUET GZIP, PARQUET, GZIP",
        "CSV ADDQUOTES, CSV, ADDQUOTES",
        "ADDQUOTES FIXEDWIDTH 'a:1' CSV, CSV, FIXEDWIDTH",
        "PARQUET FIXEDWIDTH 'a:1', PARQUET, FIXEDWIDTH",
        "PARQUET ADDQUOTES, PARQUET, ADDQUOTES",
        "PARQUET ESCAPE, PARQUET, ESCAPE",
        "NULL 'x' PARQUET, PARQUET, NULL AS",
        "PARQUET HEADER, PARQUET, HEADER",
        "PARQUET BZIP2, PARQUET, BZIP2",
        "PARQUET ZSTD, PARQUET, ZSTD",
        "PARQUET MASTER_SYMMETRIC_KEY 'k' ENCRYPTED, PARQUET, MASTER_SYMMETRIC_KEY",
        "JSON DELIMITER ';', JSON, DELIMITER",
        "JSON HEADER, JSON, HEADER",
        "JSON FIXEDWIDTH 'a:1', JSON, FIXEDWIDTH",
        "JSON ADDQUOTES, JSON, ADDQUOTES",
        "JSON ESCAPE, JSON, ESCAPE",
        "FIXEDWIDTH '1' DELIMITER '|', FIXEDWIDTH, DELIMITER",
        "ENCRYPTED AUTO MASTER_SYMMETRIC_KEY 'k', ENCRYPTED AUTO, MASTER_SYMMETRIC_KEY",
        "SESSION_TOKEN 't', IAM_ROLE, SESSION_TOKEN",
        "SECRET_ACCESS_KEY 't', IAM_ROLE, SECRET_ACCESS_KEY",
        "GZIP ZSTD, GZIP, ZSTD",
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
        "CSV FIXEDWIDTH 'a:1', CSV, FIXEDWIDTH",
        "FIXEDWIDTH '1' ESCAPE, FIXEDWIDTH, ESCAPE",
        "SHAPEFILE FIXEDWIDTH 'a:1', SHAPEFILE, FIXEDWIDTH",
        "SHAPEFILE REMOVEQUOTES, SHAPEFILE, REMOVEQUOTES",
        "SHAPEFILE ESCAPE, SHAPEFILE, ESCAPE",
        "JSON 'auto' CSV, CSV, JSON",
        "JSON 'auto' DELIMITER ';', JSON, DELIMITER",
        "JSON 'auto' FILLRECORD, JSON, FILLRECORD",
        "JSON 'auto' IGNOREBLANKLINES, JSON, IGNOREBLANKLINES",
        "JSON 'auto' NULL AS '', JSON, NULL AS",
        "JSON 'auto' REMOVEQUOTES, JSON, REMOVEQUOTES",
        "JSON 'auto' READRATIO 5, JSON, READRATIO",
        "PARQUET MAXERROR 5, PARQUET, MAXERROR",
        "PARQUET COMPUPDATE OFF, PARQUET, COMPUPDATE",
        "PARQUET GZIP, PARQUET, GZIP",
        "ORC IGNOREALLERRORS, ORC, IGNOREALLERRORS",
        "GZIP LZOP, GZIP, LZOP",
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
        UNLOAD + "CSV ESCAPE",
        UNLOAD + "ROWGROUPSIZE 64 MB",
        UNLOAD + "PARQUET ROWGROUPSIZE 129 MB",
        UNLOAD + "PARQUET ROWGROUPSIZE 32.5",
        UNLOAD + "PARTITION BY (a, a)",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'aws_iam_role=arn:x;master_symmetric_key=k'",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'aws_iam_role=arn:x;master_symmetric_key=k' ENCRYPTED AUTO",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'aws_iam_role=arn:x; master_symmetric_key=k' ENCRYPTED",
        "UNLOAD ('SELECT 1') TO 's3://b/p' CREDENTIALS 'AWS_IAM_ROLE=arn:x'",
        "UNLOAD ('SELECT 1') TO 's3://b/p' SESSION_TOKEN 't' SECRET_ACCESS_KEY 's'",
        "UNLOAD ('SELECT \\0') TO 's3://b/p' IAM_ROLE default",
        "UNLOAD ($$SELECT 1$$) TO E's3://b/p' IAM_ROLE default NULL",
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
        COPY + "MAXERROR 1.5",
        COPY + "COMPROWS 999",
        COPY + "ENCODING LATIN1",
        COPY + "ACCEPTINVCHARS 'ab'",
        COPY + "NULL AS '\\n'",
        COPY + "DELIMITER ''",
        COPY + "CSV QUOTE ','",
        COPY + "QUOTE '%'",
        COPY + "GZIP QUOTE '%'",
        COPY + "HEADER",
        COPY + "USING TEMPLATE x",
        "COPY JOB RUN j",
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
