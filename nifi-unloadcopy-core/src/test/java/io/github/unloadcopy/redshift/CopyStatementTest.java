package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.staging.S3Location;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CopyStatementTest {
    private static final TableName TABLE = new TableName("schema", "table");
    private static final S3Location MANIFEST = S3Location.parse("s3://bucket/path/run/t/manifest");
    private static final Authorization ROLE = new Authorization.Role(StatementFixtures.ROLE);
    private static final DataEncryption KMS = new DataEncryption.SseKms(StatementFixtures.KEY_ARN);
    private static final String TAIL = " MANIFEST GZIP DELIMITER '^' REMOVEQUOTES ESCAPE NULL AS 'NULL_1' DATEFORMAT 'auto' TIMEFORMAT 'auto' COMPUPDATE OFF";

    @Test
    void roleAndKms() {
        assertEquals("COPY \"schema\".\"table\" (\"a\", \"b\") FROM 's3://bucket/path/run/t/manifest' IAM_ROLE '" + StatementFixtures.ROLE + "'" + TAIL + " REGION 'us-east-1' EXPLICIT_IDS",
                new CopyStatement(TABLE, List.of("a", "b"), MANIFEST, ROLE, KMS, "NULL_1", "us-east-1", true).sql());
    }

    @Test
    void allColumnsInTheClustersOwnRegion() {
        assertEquals("COPY \"schema\".\"table\" FROM 's3://bucket/path/run/t/manifest' IAM_ROLE '" + StatementFixtures.ROLE + "'" + TAIL,
                new CopyStatement(TABLE, List.of(), MANIFEST, ROLE, KMS, "NULL_1", " ", false).sql());
    }

    @Test
    void accessKeyAndKms() {
        final Authorization.AccessKey key = StatementFixtures.accessKey();
        final CopyStatement statement = new CopyStatement(TABLE, List.of("a"), MANIFEST, key, KMS, "NULL_1", null, false);

        assertTrue(statement.sql().endsWith(" ACCESS_KEY_ID '%s' SECRET_ACCESS_KEY '%s'".formatted(key.accessKeyId().text(), key.secretAccessKey().text()) + TAIL), "the clauses differ");
        requireRedacted(statement, key.accessKeyId(), key.secretAccessKey());
    }

    @Test
    void roleAndClientSide() {
        final Secret masterKey = StatementFixtures.masterKey();
        final CopyStatement statement = new CopyStatement(TABLE, List.of("a"), MANIFEST, ROLE, new DataEncryption.ClientSide(masterKey), "NULL_1", null, false);

        assertTrue(statement.sql().endsWith(" IAM_ROLE '%s' MASTER_SYMMETRIC_KEY '%s' ENCRYPTED".formatted(StatementFixtures.ROLE, masterKey.base64()) + TAIL), "the clauses differ");
        requireRedacted(statement, masterKey);
    }

    @Test
    void accessKeyAndClientSide() {
        final Secret masterKey = StatementFixtures.masterKey();
        final Authorization.AccessKey key = StatementFixtures.accessKey();
        final CopyStatement statement = new CopyStatement(TABLE, List.of("a"), MANIFEST, key, new DataEncryption.ClientSide(masterKey), "NULL_1", null, false);

        assertTrue(statement.sql().endsWith(" CREDENTIALS 'aws_access_key_id=%s;aws_secret_access_key=%s;master_symmetric_key=%s' ENCRYPTED"
                .formatted(key.accessKeyId().text(), key.secretAccessKey().text(), masterKey.base64()) + TAIL), "the clauses differ");
        requireRedacted(statement, key.accessKeyId(), key.secretAccessKey(), masterKey);
    }

    private static void requireRedacted(final CopyStatement statement, final Secret... secrets) {
        final String text = statement.toString();

        for (final Secret secret : secrets) {
            assertFalse(text.contains(secret.text()) || text.contains(secret.base64()), text);
        }

        assertTrue(text.endsWith(TAIL), text);
    }
}
