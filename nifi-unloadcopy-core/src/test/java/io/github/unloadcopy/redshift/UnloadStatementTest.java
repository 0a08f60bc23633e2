package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.staging.S3Location;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class UnloadStatementTest {
    private static final TableName TABLE = new TableName("schema", "table");
    private static final S3Location PREFIX = S3Location.parse("s3://bucket/path/run/t/");
    private static final Authorization ROLE = new Authorization.Role(StatementFixtures.ROLE);
    private static final DataEncryption KMS = new DataEncryption.SseKms(StatementFixtures.KEY_ARN);
    private static final String TAIL = " MANIFEST VERBOSE GZIP DELIMITER '^' ADDQUOTES ESCAPE NULL AS 'NULL_1' ALLOWOVERWRITE";

    @Test
    void roleAndKms() {
        final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of("a", "b")), PREFIX, ROLE, KMS, "NULL_1", "us-east-1");

        assertEquals("UNLOAD ('SELECT \"a\", \"b\" FROM \"schema\".\"table\"') TO 's3://bucket/path/run/t/' IAM_ROLE '" + StatementFixtures.ROLE + "' KMS_KEY_ID '" + StatementFixtures.KEY_ARN
                + "' ENCRYPTED" + TAIL + " REGION 'us-east-1'", statement.sql());
        assertEquals(statement.sql(), statement.toString());
    }

    @Test
    void allColumnsInTheClustersOwnRegion() {
        assertEquals("UNLOAD ('SELECT * FROM \"schema\".\"table\"') TO 's3://bucket/path/run/t/' IAM_ROLE '" + StatementFixtures.ROLE + "' KMS_KEY_ID '" + StatementFixtures.KEY_ARN
                + "' ENCRYPTED" + TAIL, new UnloadStatement(Selection.of(TABLE, List.of()), PREFIX, ROLE, KMS, "NULL_1", null).sql());
    }

    @Test
    void superTravelsAsEscapedText() {
        final Selection selection = new Selection(TABLE, null, List.of("a", "j\"son"), Map.of("a", "int4", "j\"son", "super"));

        assertTrue(new UnloadStatement(selection, PREFIX, ROLE, KMS, "NULL_1", null).sql()
                .startsWith("UNLOAD ('SELECT \"a\", JSON_SERIALIZE(\"j\"\"son\") AS \"j\"\"son\" FROM \"schema\".\"table\"') TO "));
    }

    @Test
    void realTravelsAsDoublePrecision() {
        final Selection selection = new Selection(TABLE, "SELECT * FROM b", List.of("d", "R"), Map.of("d", "float8", "R", "float4"));

        assertTrue(new UnloadStatement(selection, PREFIX, ROLE, KMS, "NULL_1", null).sql()
                .startsWith("UNLOAD ('SELECT \"d\", CAST(\"R\" AS DOUBLE PRECISION) AS \"R\" FROM (SELECT * FROM b) AS \"unloadcopy\"') TO "));
    }

    @Test
    void aQueryStandsForTheTable() {
        final Selection selection = new Selection(TABLE, " SELECT a FROM b WHERE c = 'it''s' -- all ;", List.of("a"), Map.of());

        assertTrue(new UnloadStatement(selection, PREFIX, ROLE, KMS, "NULL_1", null).sql()
                .startsWith("UNLOAD ('SELECT \"a\" FROM (SELECT a FROM b WHERE c = ''it''''s'') AS \"unloadcopy\"') TO "));
    }

    @Test
    void accessKeyAndKms() {
        final Authorization.AccessKey key = StatementFixtures.accessKey();
        final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of("a")), PREFIX, key, KMS, "NULL_1", null);

        assertTrue(statement.sql().contains(" TO 's3://bucket/path/run/t/' ACCESS_KEY_ID '%s' SECRET_ACCESS_KEY '%s' KMS_KEY_ID '%s' ENCRYPTED MANIFEST "
                .formatted(key.accessKeyId().text(), key.secretAccessKey().text(), StatementFixtures.KEY_ARN)), "the clauses differ");
        requireRedacted(statement, key.accessKeyId(), key.secretAccessKey());
    }

    @Test
    void roleAndClientSide() {
        final Secret masterKey = StatementFixtures.masterKey();
        final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of("a")), PREFIX, ROLE, new DataEncryption.ClientSide(masterKey), "NULL_1", null);

        assertTrue(statement.sql().contains(" IAM_ROLE '%s' MASTER_SYMMETRIC_KEY '%s' ENCRYPTED MANIFEST ".formatted(StatementFixtures.ROLE, masterKey.base64())), "the clauses differ");
        requireRedacted(statement, masterKey);
    }

    @Test
    void accessKeyAndClientSide() {
        final Secret masterKey = StatementFixtures.masterKey();
        final Authorization.AccessKey key = StatementFixtures.accessKey();
        final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of("a")), PREFIX, key, new DataEncryption.ClientSide(masterKey), "NULL_1", null);

        assertTrue(statement.sql().contains(" CREDENTIALS 'aws_access_key_id=%s;aws_secret_access_key=%s;master_symmetric_key=%s' ENCRYPTED MANIFEST "
                .formatted(key.accessKeyId().text(), key.secretAccessKey().text(), masterKey.base64())), "the clauses differ");
        requireRedacted(statement, key.accessKeyId(), key.secretAccessKey(), masterKey);
    }

    @Test
    void refusesSecretsThatWouldEndTheCredentials() {
        for (final String bad : List.of("a;b", "a'b", "a b", "a\n", "")) {
            final Authorization key = new Authorization.AccessKey(StatementFixtures.secret("AKIAEXAMPLE"), StatementFixtures.secret(bad));
            final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of()), PREFIX, key, new DataEncryption.ClientSide(StatementFixtures.masterKey()), "NULL_1", null);

            assertTrue(assertThrows(IllegalArgumentException.class, statement::sql).getMessage().startsWith("The secret access key holds characters"), bad);
        }
    }

    @Test
    void refusesAMasterKeyOfAnotherLength() {
        final UnloadStatement statement = new UnloadStatement(Selection.of(TABLE, List.of()), PREFIX, ROLE, new DataEncryption.ClientSide(Secret.of(new byte[16])), "NULL_1", null);

        assertTrue(assertThrows(IllegalArgumentException.class, statement::sql).getMessage().contains("has 16 bytes instead of 32"));
    }

    @Test
    void refusesANullMarkerThatWouldBeEscaped() {
        for (final String marker : List.of("", "\\N", "@NULL@", "a^b", "a'b")) {
            assertThrows(IllegalArgumentException.class, () -> new UnloadStatement(Selection.of(TABLE, List.of()), PREFIX, ROLE, KMS, marker, null), marker);
        }
    }

    @Property(tries = 500)
    void noNameEndsTheQuery(@ForAll @Size(min = 1, max = 4) final List<@NotEmpty @StringLength(max = 12) @CharRange(from = 'a', to = 'b') @Chars({'\'', '"', ' ', ')', ';', '-', '*'}) String> names) {
        final TableName table = new TableName(names.getFirst(), names.getLast());
        final String sql = new UnloadStatement(Selection.of(table, names), PREFIX, ROLE, KMS, "NULL_1", null).sql();

        for (final boolean escapes : new boolean[] {false, true}) {
            final List<SqlToken> tokens = SqlToken.read(sql, escapes);
            final List<SqlToken> query = SqlToken.read(tokens.get(2).value(), escapes);

            assertEquals(List.of(new SqlToken('w', "UNLOAD"), new SqlToken('(', "("), tokens.get(2), new SqlToken(')', ")"), new SqlToken('w', "TO"), new SqlToken('\'', PREFIX.toString())),
                    tokens.subList(0, 6));
            assertEquals(names, query.subList(1, names.size() * 2).stream().filter(token -> token.kind() == '"').map(SqlToken::value).toList());
            assertEquals(List.of(new SqlToken('w', "FROM"), new SqlToken('"', table.schema()), new SqlToken('.', "."), new SqlToken('"', table.table())),
                    query.subList(names.size() * 2, query.size()));
        }
    }

    private static void requireRedacted(final UnloadStatement statement, final Secret... secrets) {
        final String text = statement.toString();

        for (final Secret secret : secrets) {
            assertFalse(text.contains(secret.text()) || text.contains(secret.base64()), text);
        }

        assertTrue(text.endsWith(TAIL), text);
    }
}
