package io.github.unloadcopy.sandbox.redshift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class UnloadCopyIT extends ClusterTest {

    private static final String SENTINEL = "NULL_7f3a";
    private static final String UNLOAD_OPTIONS = " MANIFEST VERBOSE GZIP DELIMITER '^' ADDQUOTES ESCAPE NULL AS '" + SENTINEL + "' ALLOWOVERWRITE REGION 'us-east-1'";
    private static final String COPY_OPTIONS = " MANIFEST GZIP DELIMITER '^' REMOVEQUOTES ESCAPE NULL AS '" + SENTINEL + "' DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF REGION 'us-east-1'";
    private static final String ROLE = " IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "'";

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private final String copy = table + "_copy";
    private final String prefix = "path/2026-11-22_10:11:12-" + UUID.randomUUID() + "/dev.public." + table + "/";
    private final byte[] masterKey = randomKey();

    private enum Mode {
        SSE_KMS,
        CLIENT_SIDE,
        CLIENT_SIDE_IN_CREDENTIALS,
        ACCESS_KEY
    }

    @ParameterizedTest
    @EnumSource
    void hardValuesComeBack(final Mode mode) throws SQLException {
        final String columns = "(id int, s smallint, b bigint, n numeric(30,10), r real, d double precision, f boolean, c char(10), v varchar(max), day date, ts timestamp, tz timestamptz, "
                + "\"Mixed \"\"Name\" varchar(300))";
        Rows.execute(connection, "CREATE TABLE " + table + columns, "CREATE TABLE " + copy + columns);
        final List<String> texts = Arrays.asList("", " ", null, "\\", "\\N", "\\\\", "\"", "'", "''", "\"quoted\"", "^", "a^b", "line\nfeed", "carriage\rreturn", "both\r\n", "\t", "\u0001\u007F",
                "é€𝄞", "ends with \\", "\\\n", "NULL", "null_7f3a", "\"", "x".repeat(65535), ",|;");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, -32768, 9223372036854775807, 12345678901234567890.0123456789, 1.5e-30, 0.1, ?, "
                + "'char', ?, '0001-01-01', '2026-11-22 23:59:59.999999', '2026-11-22 10:00:00.5+02', ?)")) {
            for (int row = 0; row < texts.size(); row++) {
                insert.setInt(1, row);
                insert.setObject(2, row % 3 == 0 ? null : row % 3 == 1, Types.BOOLEAN);
                insert.setString(3, texts.get(row));
                insert.setString(4, texts.get(row) == null || texts.get(row).length() > 300 ? null : texts.get(row));
                insert.addBatch();
            }

            insert.executeBatch();
        }

        Rows.execute(connection, "INSERT INTO " + table + " (id) VALUES (1000)", "SET TimeZone = 'Asia/Tokyo'");
        Rows.execute(connection, "UNLOAD ('SELECT * FROM \"public\".\"" + table + "\"') TO 's3://" + bucket + "/" + prefix + "'" + authorization(mode, true) + UNLOAD_OPTIONS);
        assertEquals(Long.toString(texts.size() + 1), Rows.value(connection, "SELECT pg_last_unload_count()"));
        Rows.execute(connection, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + authorization(mode, false) + COPY_OPTIONS);

        assertEquals(Long.toString(texts.size() + 1), Rows.value(connection, "SELECT pg_last_copy_count()"));
        assertEquals(texts.size() + 1, Rows.count(connection, copy));
        assertEquals(List.of(), Rows.of(connection, "(TABLE " + table + " EXCEPT ALL TABLE " + copy + ") UNION ALL (TABLE " + copy + " EXCEPT ALL TABLE " + table + ")"));
        assertEquals("Asia/Tokyo", Rows.value(connection, "SHOW TimeZone"));
    }

    private String authorization(final Mode mode, final boolean unload) {
        final AccessKey root = cluster.cloud().iam().rootKey();
        final String key = Base64.getEncoder().encodeToString(masterKey);
        return switch (mode) {
            case SSE_KMS -> ROLE + (unload ? " KMS_KEY_ID '" + kmsKey() + "' ENCRYPTED" : "");
            case CLIENT_SIDE -> ROLE + " MASTER_SYMMETRIC_KEY '" + key + "' ENCRYPTED";
            case CLIENT_SIDE_IN_CREDENTIALS -> " CREDENTIALS 'aws_access_key_id=" + root.accessKeyId() + ";aws_secret_access_key=" + root.secretAccessKey() + ";master_symmetric_key=" + key
                    + "' ENCRYPTED";
            case ACCESS_KEY -> " ACCESS_KEY_ID '" + root.accessKeyId() + "' SECRET_ACCESS_KEY '" + root.secretAccessKey() + "'";
        };
    }

    @Test
    void filesAndManifestAreNamedAndEncryptedAsAsked() throws SQLException, IOException {
        fill(1001);
        final String key = kmsKey();
        unload(ROLE + " KMS_KEY_ID '" + key + "' ENCRYPTED" + UNLOAD_OPTIONS);

        assertEquals(List.of(prefix + "0000_part_00.gz", prefix + "0001_part_00.gz", prefix + "manifest"), keys());
        for (final String name : keys()) {
            final HeadObjectResponse head = cluster.s3().headObject(request -> request.bucket(bucket).key(name));
            assertEquals(ServerSideEncryption.AWS_KMS, head.serverSideEncryption());
            assertEquals(key, head.ssekmsKeyId());
        }

        final JsonNode manifest = new ObjectMapper().readTree(cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(prefix + "manifest")).asByteArray());
        assertEquals("s3://" + bucket + "/" + prefix + "0000_part_00.gz", manifest.at("/entries/0/url").textValue());
        assertEquals(size(prefix + "0000_part_00.gz"), manifest.at("/entries/0/meta/content_length").longValue());
        assertEquals(501, manifest.at("/entries/0/meta/record_count").longValue());
        assertEquals(500, manifest.at("/entries/1/meta/record_count").longValue());
        assertEquals(1001, manifest.at("/meta/record_count").longValue());
        assertEquals(size(prefix + "0000_part_00.gz") + size(prefix + "0001_part_00.gz"), manifest.at("/meta/content_length").longValue());
        assertEquals("{\"elements\":[{\"name\":\"a\",\"type\":{\"base\":\"integer\"}},"
                + "{\"name\":\"b\",\"type\":{\"base\":\"character varying\",\"max_length\":20}}]}", manifest.get("schema").toString());
        assertEquals("{\"name\":\"Amazon Redshift\",\"version\":\"1.0.0\"}", manifest.get("author").toString());
    }

    @Test
    void zeroRowsMakeNoFileAndNoManifest() throws SQLException {
        fill(0);
        unload(ROLE + UNLOAD_OPTIONS);

        assertEquals(List.of(), keys());
        assertEquals("0", Rows.value(connection, "SELECT pg_last_unload_count()"));
    }

    @Test
    void oneSliceWithoutParallelAndHeadersThatCopyIgnores() throws SQLException {
        fill(3);
        unload(ROLE + " PARALLEL OFF HEADER DELIMITER ','");
        assertEquals(List.of(prefix + "000"), keys());
        assertEquals("a,b\n1,value 1\n2,value 2\n3,value 3\n", text(prefix + "000"));

        Rows.execute(connection, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "'" + ROLE + " CSV IGNOREHEADER 1");
        assertEquals(3, Rows.count(connection, copy));
    }

    @Test
    void largeFilesAreSplit() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(1000))", "INSERT INTO " + table + " SELECT i, repeat('x', 1000) FROM generate_series(1, 12000) i");
        unload(ROLE + " PARALLEL OFF MAXFILESIZE 5 MB EXTENSION 'txt' MANIFEST");

        assertEquals(List.of(prefix + "000.txt", prefix + "001.txt", prefix + "002.txt", prefix + "manifest"), keys());
        assertTrue(keys().stream().allMatch(key -> size(key) <= 5 * 1024 * 1024), "each file keeps to MAXFILESIZE");
    }

    @Test
    void existingFilesAreRefusedOverwrittenOrCleaned() throws SQLException {
        fill(10);
        put(prefix + "old", "x");
        assertTrue(assertThrows(SQLException.class, () -> unload(ROLE)).getMessage().contains("Specified unload destination on S3 is not empty"));
        assertEquals(List.of(prefix + "old"), keys());

        unload(ROLE + " ALLOWOVERWRITE");
        assertEquals(List.of(prefix + "0000_part_00", prefix + "0001_part_00", prefix + "old"), keys());

        unload(ROLE + " CLEANPATH GZIP");
        assertEquals(List.of(prefix + "0000_part_00.gz", prefix + "0001_part_00.gz"), keys());
    }

    @Test
    void rollbackUndoesACopy() throws SQLException {
        fill(10);
        unload(ROLE + UNLOAD_OPTIONS);
        connection.setAutoCommit(false);
        copy(COPY_OPTIONS);
        assertEquals(10, Rows.count(connection, copy));
        connection.rollback();

        assertEquals(0, Rows.count(connection, copy));
        assertEquals("10", Rows.value(connection, "SELECT pg_last_copy_count()"));
        copy(COPY_OPTIONS);
        connection.commit();
        connection.rollback();
        assertEquals(10, Rows.count(connection, copy));
    }

    @Test
    void unloadSeesItsOwnTransaction() throws SQLException {
        fill(5);
        connection.setAutoCommit(false);
        Rows.execute(connection, "DELETE FROM " + table + " WHERE a > 2");
        unload(ROLE + UNLOAD_OPTIONS);
        assertEquals("2", Rows.value(connection, "SELECT pg_last_unload_count()"));
        connection.rollback();
        assertEquals(5, Rows.count(connection, table));
    }

    @Test
    void failureFailsTheTransaction() throws SQLException {
        fill(5);
        connection.setAutoCommit(false);
        assertThrows(SQLException.class, () -> copy(COPY_OPTIONS));

        assertEquals("25P02", assertThrows(SQLException.class, () -> Rows.count(connection, table)).getSQLState());
        connection.rollback();
        assertEquals(5, Rows.count(connection, table));
    }

    @Test
    void idsBelongToTheSession() throws SQLException {
        assertEquals(List.of(List.of("-1", "-1", "-1", "0", "0")),
                Rows.of(connection, "SELECT pg_last_query_id(), pg_last_unload_id(), pg_last_copy_id(), pg_last_unload_count(), pg_last_copy_count()"));
        fill(5);
        unload(ROLE + UNLOAD_OPTIONS);
        final String unloadId = Rows.value(connection, "SELECT pg_last_query_id()");
        copy(COPY_OPTIONS);
        assertEquals(unloadId, Rows.value(connection, "SELECT pg_last_unload_id()"));
        assertEquals(Rows.value(connection, "SELECT pg_last_query_id()"), Rows.value(connection, "SELECT pg_last_copy_id()"));
        assertEquals(List.of(List.of("5", "2")), Rows.of(connection, "SELECT unloaded_rows, unloaded_files_count FROM sys_unload_history WHERE query_id = pg_last_unload_id()"));
        assertEquals(List.of(List.of("completed", "5", "2")), Rows.of(connection, "SELECT status, loaded_rows, source_file_count FROM sys_load_history WHERE query_id = pg_last_copy_id()"));
        assertEquals(List.of(List.of("3"), List.of("2")), Rows.of(connection, "SELECT line_count FROM stl_unload_log WHERE query = pg_last_unload_id() ORDER BY slice"));
        assertEquals("2", Rows.value(connection, "SELECT count(*) FROM stl_load_commits WHERE query = pg_last_copy_id()"));
        try (Connection other = cluster.connect()) {
            assertEquals("0", Rows.value(other, "SELECT pg_last_copy_count()"));
        }
    }

    @Test
    void missingFilesOfAManifest() throws SQLException {
        fill(0);
        put(prefix + "data", "1|one\n");
        put(prefix + "twice", manifest("{\"url\":\"%s\"},{\"url\":\"%s\",\"mandatory\":true}", "data", "data"));
        put(prefix + "optional", manifest("{\"url\":\"%s\"},{\"url\":\"%s\",\"mandatory\":false}", "data", "missing"));
        put(prefix + "mandatory", manifest("{\"url\":\"%s\"},{\"url\":\"%s\",\"mandatory\":true}", "data", "missing"));
        put(prefix + "broken", "{\"entries\":[{\"mandatory\":true}]}");
        put(prefix + "nonsense", "nonsense");

        copyFrom("twice", " MANIFEST");
        assertEquals(2, Rows.count(connection, copy));
        copyFrom("optional", " MANIFEST");
        assertEquals(3, Rows.count(connection, copy));
        final SQLException missing = assertThrows(SQLException.class, () -> copyFrom("mandatory", " MANIFEST"));
        assertTrue(missing.getMessage().contains("Status 404,Error NoSuchKey"), missing.getMessage());
        assertThrows(SQLException.class, () -> copyFrom("broken", " MANIFEST"));
        assertThrows(SQLException.class, () -> copyFrom("nonsense", " MANIFEST"));
        assertThrows(SQLException.class, () -> copyFrom("absent", " MANIFEST"));
        assertTrue(assertThrows(SQLException.class, () -> copyFrom("nothing-here", "")).getMessage().contains("The specified S3 prefix"));
        assertEquals(3, Rows.count(connection, copy));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "IAM_ROLE 'arn:aws:iam::000000000000:role/Nobody' ~ Not authorized to assume IAM Role",
        "IAM_ROLE 'arn:aws:iam::000000000000:role/Nothing' ~ Status 403,Error AccessDenied,Rid ",
        "IAM_ROLE 'arn:aws:iam::000000000000:role/ReadOnly' ~ Status 403,Error AccessDenied,Rid ",
        "ACCESS_KEY_ID 'AKIAAAAAAAAAAAAAAAAA' SECRET_ACCESS_KEY 'topsecret' ~ Status 403,Error InvalidAccessKeyId,Rid ",
        "IAM_ROLE default REGION 'eu-west-1' ~ S3ServiceException:The bucket you are attempting to access must be addressed using the specified endpoint.",
        "IAM_ROLE default KMS_KEY_ID 'alias/none' ENCRYPTED ~ ,Error "})
    void unloadRefusals(final String options, final String message) throws SQLException {
        fill(5);
        final SQLException refusal = assertThrows(SQLException.class, () -> unload(" " + options));

        assertEquals("XX000", refusal.getSQLState());
        assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("code:      8001"), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("topsecret"), refusal.getMessage());
        assertEquals(List.of(), keys());
        assertEquals(5, Rows.count(connection, table));
    }

    @Test
    void copyRefusals() throws SQLException {
        fill(5);
        unload(ROLE + UNLOAD_OPTIONS);
        final String from = "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'";
        assertRefused("Error AccessDenied", from + " IAM_ROLE '" + Role.NOTHING.arn() + "'" + COPY_OPTIONS);
        assertRefused("Error PermanentRedirect", from + ROLE + COPY_OPTIONS.replace("us-east-1", "eu-west-1"));
        assertRefused("Error NoSuchBucket", from.replace(bucket, bucket + "x") + ROLE + COPY_OPTIONS);
        assertRefused("Error SignatureDoesNotMatch", from + " ACCESS_KEY_ID '" + cluster.cloud().iam().rootKey().accessKeyId() + "' SECRET_ACCESS_KEY 'wrong'" + COPY_OPTIONS);
        assertRefused("Cannot COPY into nonexistent table", from.replace(copy, "none") + ROLE + COPY_OPTIONS);
        assertRefused("does not exist", from.replace(" FROM", " (a, z) FROM") + ROLE + COPY_OPTIONS);
        assertRefused("is no whole gzip file", "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + ROLE + " GZIP");
        assertEquals(0, Rows.count(connection, copy));
    }

    @Test
    void keyOfKmsIsNeeded() throws SQLException {
        fill(5);
        final String key = kmsKey();
        unload(ROLE + " KMS_KEY_ID '" + key + "' ENCRYPTED" + UNLOAD_OPTIONS);
        final String from = "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'";
        assertRefused("S3ServiceException:", from + " IAM_ROLE '" + Role.NO_KMS.arn() + "'" + COPY_OPTIONS);
        try (KmsClient kms = cluster.cloud().kmsClient()) {
            kms.disableKey(request -> request.keyId(key));
        }

        assertRefused("KMS.Disabled", from + ROLE + COPY_OPTIONS);
        assertEquals(0, Rows.count(connection, copy));
    }

    @Test
    void wrongMasterKey() throws SQLException {
        fill(5);
        unload(ROLE + " MASTER_SYMMETRIC_KEY '" + Base64.getEncoder().encodeToString(masterKey) + "' ENCRYPTED" + UNLOAD_OPTIONS);
        final String wrong = Base64.getEncoder().encodeToString(randomKey());

        assertRefused("cannot be decrypted with the given master symmetric key",
                "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + ROLE + " MASTER_SYMMETRIC_KEY '" + wrong + "' ENCRYPTED" + COPY_OPTIONS);
        assertRefused("must be the base64 form of 32 bytes",
                "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + ROLE + " MASTER_SYMMETRIC_KEY 'c2hvcnQ=' ENCRYPTED" + COPY_OPTIONS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {
        "1|'aaaaaaaaaabbbbbbbbbbc'|2026-01-01|1.5 ~ 1204 ~ String length exceeds DDL length ~ b",
        "1|ééééééééééé|2026-01-01|1.5 ~ 1204 ~ String length exceeds DDL length ~ b",
        "1|b|2026-01-01 ~ 1214 ~ Delimiter not found ~ c",
        "1|b|2026-01-01|1.5|x ~ 1202 ~ Extra column(s) found ~ d",
        "x1|b|2026-01-01|1.5 ~ 1207 ~ Invalid digit, Value 'x', Pos 0, Type: Integer ~ a",
        "1|b|soon|1.5 ~ 1205 ~ Invalid Date Format - length must be 10 or more ~ c",
        "|b|2026-01-01|1.5 ~ 1213 ~ Missing data for not-null field ~ a",
        "1|b|2026-01-01|1e9 ~ 1209 ~ Invalid digit, Value 'e', Pos 1, Type: Decimal ~ d",
        "1|\"b|2026-01-01|1.5 ~ 1214 ~ Delimited value missing end quote ~ b"})
    void failingRowIsReported(final String line, final int code, final String reason, final String column) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (a int NOT NULL, b varchar(20), c date, d numeric(5,2))");
        put(prefix + "first", "7|fine|2026-01-01|1.50\n");
        put(prefix + "second", "8|fine\\\nline|2026-01-01|1.50\n" + line + "\n9|fine|2026-01-01|1.50\n");
        connection.setAutoCommit(false);
        final SQLException failure = assertThrows(SQLException.class, () -> copyFrom("", " REMOVEQUOTES ESCAPE"));
        assertEquals("XX000", failure.getSQLState());
        assertTrue(failure.getMessage().contains("Load into table '" + copy + "' failed.  Check 'sys_load_error_detail' system table for details."), failure.getMessage());
        connection.rollback();

        assertEquals(List.of(List.of("s3://" + bucket + "/" + prefix + "second", "3", column, Integer.toString(code), reason)),
                Rows.of(connection, "SELECT trim(file_name), line_number, trim(column_name), error_code, trim(error_message) FROM sys_load_error_detail WHERE query_id = pg_last_copy_id()"));
        assertEquals(List.of(List.of("s3://" + bucket + "/" + prefix + "second", "3", column, line, Integer.toString(code))),
                Rows.of(connection, "SELECT trim(filename), line_number, trim(colname), trim(raw_line), err_code FROM stl_load_errors WHERE query = pg_last_copy_id()"));
        assertEquals(0, Rows.count(connection, copy));
    }

    @Test
    void maxErrorToleratesFewer() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (a int, b varchar(3))");
        put(prefix + "data", "1|a\nx|b\n3|long\n4|d\n5\n6|f\n");
        final SQLException failure = assertThrows(SQLException.class, () -> copyFrom("data", " MAXERROR 3"));
        assertTrue(failure.getMessage().contains("failed"), failure.getMessage());
        copyFrom("data", " MAXERROR 4");

        assertEquals(List.of(List.of("1"), List.of("4"), List.of("6")), Rows.of(connection, "SELECT a FROM " + copy + " ORDER BY a"));
        assertEquals("3", Rows.value(connection, "SELECT pg_last_copy_count()"));
        assertEquals(List.of(List.of("2", "1207"), List.of("3", "1204"), List.of("5", "1214")),
                Rows.of(connection, "SELECT line_number, err_code FROM stl_load_errors WHERE query = pg_last_copy_id() ORDER BY line_number"));
    }

    @Test
    void emptyFieldsAndExcessScale() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (a int, b varchar(20), c char(5), d numeric(5,1))");
        put(prefix + "data", "||| \n1|\\N|x|2.39\n2| |y|-0.99\n".replace("| \n", "|\n"));
        copyFrom("data", "");
        assertEquals(List.of(Arrays.asList(null, "", "     ", null), Arrays.asList("1", null, "x    ", "2.3"), Arrays.asList("2", " ", "y    ", "-0.9")),
                Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY a NULLS FIRST"));

        Rows.execute(connection, "DELETE FROM " + copy);
        put(prefix + "data", "1||x|2.35\n2| |y123456\n");
        copyFrom("data", " EMPTYASNULL BLANKSASNULL FILLRECORD TRUNCATECOLUMNS ROUNDEC");
        assertEquals(List.of(Arrays.asList("1", null, "x    ", "2.4"), Arrays.asList("2", null, "y1234", null)), Rows.of(connection, "SELECT * FROM " + copy + " ORDER BY a"));
    }

    @Test
    void identityColumnsNeedExplicitIds() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + copy + " (id bigint IDENTITY(1, 1), b varchar(20))");
        put(prefix + "data", "40|forty\n");
        put(prefix + "names", "one\n");
        assertThrows(SQLException.class, () -> Rows.execute(connection, "COPY " + copy + " (id, b) FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE));
        assertThrows(SQLException.class, () -> Rows.execute(connection, "COPY " + copy + " (b) FROM 's3://" + bucket + "/" + prefix + "names'" + ROLE + " EXPLICIT_IDS"));
        Rows.execute(connection, "COPY " + copy + " (id, b) FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE + " EXPLICIT_IDS",
                "COPY " + copy + " (b) FROM 's3://" + bucket + "/" + prefix + "names'" + ROLE);

        assertEquals(List.of(List.of("forty"), List.of("one")), Rows.of(connection, "SELECT b FROM " + copy + " ORDER BY b"));
        assertEquals("40", Rows.value(connection, "SELECT id FROM " + copy + " WHERE b = 'forty'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT no_such_column FROM pg_class", "SELECT 1 LIMIT 1", "DELETE FROM pg_class", "SELECT 1; SELECT 2"})
    void wrongQueriesAreRefused(final String query) {
        final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, "UNLOAD ('" + query + "') TO 's3://" + bucket + "/" + prefix + "'" + ROLE));
        assertTrue(refusal.getSQLState().startsWith("42") || refusal.getSQLState().equals("0A000"), refusal.getSQLState() + refusal.getMessage());
    }

    @Test
    void othersSeeNoSecret() throws SQLException {
        fill(5);
        final String secret = cluster.cloud().iam().rootKey().secretAccessKey();
        unload(authorization(Mode.ACCESS_KEY, true) + UNLOAD_OPTIONS);
        try (Connection other = cluster.connect()) {
            for (final List<String> row : Rows.of(other, "SELECT query FROM pg_stat_activity WHERE query IS NOT NULL")) {
                assertFalse(row.get(0).contains(secret), row.get(0));
            }
        }
    }

    @Test
    void ordinaryUsersUnloadAndCopyAndSeeTheirOwnErrorsOnly() throws SQLException {
        put(prefix + "data", "1|one\nx|two\n");
        Rows.execute(connection, "CREATE TABLE " + copy + " (a int, b varchar(20))");
        assertThrows(SQLException.class, () -> copyFrom("data", ""));
        assertEquals("1", Rows.value(connection, "SELECT count(*) FROM stl_load_errors WHERE query = pg_last_copy_id()"));
        final String user = "u" + table;
        Rows.execute(connection, "CREATE USER " + user + " PASSWORD 'Secret1word'");
        try (Connection other = cluster.connect(user, "Secret1word", new Properties())) {
            assertEquals("0", Rows.value(other, "SELECT count(*) FROM stl_load_errors"));
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(other, "UNLOAD ('SELECT * FROM " + copy + "') TO 's3://" + bucket + "/" + prefix + "u/'" + ROLE)).getSQLState());
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.execute(other, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE)).getSQLState());
            Rows.execute(other, "CREATE TABLE " + table + " (a int PRIMARY KEY, b varchar(20))", "COPY " + table + " FROM 's3://" + bucket + "/" + prefix + "data'" + ROLE + " MAXERROR 2",
                    "UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/" + prefix + "u/'" + ROLE, "TRUNCATE " + table);
            assertEquals(List.of(List.of("1", "1")), Rows.of(other, "SELECT pg_last_unload_count(), pg_last_copy_count()"));
            assertEquals("1", Rows.value(other, "SELECT count(*) FROM stl_load_errors"));
        }
    }

    @Test
    void cancelStopsAnUnload() throws SQLException, InterruptedException {
        assertCancelled("UNLOAD ('SELECT i, repeat(''x'', 100) FROM generate_series(1, 100000000) i') TO 's3://" + bucket + "/" + prefix + "'" + ROLE + " GZIP MANIFEST",
                "%generate_series%TO STDOUT%");
        assertEquals(List.of(), keys());
    }

    @Test
    void cancelStopsACopy() throws SQLException, InterruptedException {
        fill(0);
        put(prefix + "data", "1|value\n".repeat(50_000));
        put(prefix + "manifest", manifest(String.join(",", Collections.nCopies(3000, "{\"url\":\"%1$s\"}")), "data"));
        assertCancelled("COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + "manifest'" + ROLE + " MANIFEST", "COPY %" + copy + "%FROM STDIN%");
        assertEquals(0, Rows.count(connection, copy));
    }

    private void assertCancelled(final String sql, final String activity) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement()) {
            final Thread canceller = Thread.ofVirtual().unstarted(() -> cancelWhenRunning(statement, activity));
            canceller.start();
            final SQLException cancelled = assertThrows(SQLException.class, () -> statement.execute(sql));
            canceller.join();
            assertEquals("57014", cancelled.getSQLState(), cancelled.getMessage());
        }

        assertEquals("1", Rows.value(connection, "SELECT 1"));
    }

    private static void cancelWhenRunning(final Statement statement, final String activity) {
        try (Connection other = cluster.connect()) {
            final long deadline = System.nanoTime() + 20_000_000_000L;
            while (Rows.value(other, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '" + activity + "' AND state = 'active' AND pid <> pg_backend_pid()").equals("0")) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("The statement does not run");
                }

                Thread.onSpinWait();
            }

            statement.cancel();
        } catch (final SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fill(final int rows) throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(20))", "CREATE TABLE " + copy + " (a int, b varchar(20))",
                "INSERT INTO " + table + " SELECT i, 'value ' || i FROM generate_series(1, " + rows + ") i");
    }

    private void unload(final String options) throws SQLException {
        Rows.execute(connection, "UNLOAD ('SELECT * FROM " + table + " ORDER BY a') TO 's3://" + bucket + "/" + prefix + "'" + options);
    }

    private void copy(final String options) throws SQLException {
        copyFrom("manifest", options);
    }

    private void copyFrom(final String name, final String options) throws SQLException {
        Rows.execute(connection, "COPY " + copy + " FROM 's3://" + bucket + "/" + prefix + name + "'" + ROLE + options);
    }

    private void assertRefused(final String part, final String sql) {
        final SQLException refusal = assertThrows(SQLException.class, () -> Rows.execute(connection, sql));
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    private String manifest(final String entries, final String... names) {
        return "{\"entries\":[" + entries.formatted(Arrays.stream(names).map(name -> "s3://" + bucket + "/" + prefix + name).toArray()) + "]}";
    }

    private List<String> keys() {
        return cluster.s3().listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::key).toList();
    }

    private long size(final String key) {
        return cluster.s3().headObject(request -> request.bucket(bucket).key(key)).contentLength();
    }

    private String text(final String key) {
        return cluster.s3().getObjectAsBytes(request -> request.bucket(bucket).key(key)).asUtf8String();
    }

    private void put(final String key, final String content) {
        cluster.s3().putObject(request -> request.bucket(bucket).key(key), RequestBody.fromString(content));
    }

    private static String kmsKey() {
        try (KmsClient kms = cluster.cloud().kmsClient()) {
            return kms.createKey().keyMetadata().arn();
        }
    }

    private static byte[] randomKey() {
        final byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        return key;
    }
}
