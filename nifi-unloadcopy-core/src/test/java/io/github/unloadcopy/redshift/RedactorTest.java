package io.github.unloadcopy.redshift;

import io.github.unloadcopy.kms.Secret;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedactorTest {
    /** Their texts are SQL and patterns of it, which has secrets where these are taken out. */
    private static final Set<String> STATEMENTS = Set.of("Redactor.java", "StatementOptions.java", "UnloadTemplate.java");
    private static final Pattern LITERAL = Pattern.compile("(?<![\\\\'\"])\"((?:[^\"\\\\\\n]|\\\\.)*)\"(?!\")");

    @ParameterizedTest
    @ValueSource(strings = {
            "COPY t CREDENTIALS 'aws_access_key_id=SECRET;aws_secret_access_key=x' MANIFEST",
            "COPY t CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=SECRET;token=y' MANIFEST",
            "COPY t CREDENTIALS 'aws_iam_role=r;master_symmetric_key=SECRET' MANIFEST",
            "COPY t CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=y;token=SECRET' MANIFEST",
            "copy t with credentials as 'AWS_ACCESS_KEY_ID = x ; AWS_SECRET_ACCESS_KEY = SECRET ' MANIFEST",
            "UNLOAD ('x') MASTER_SYMMETRIC_KEY 'SECRET' MANIFEST",
            "UNLOAD ('x') master_symmetric_key as 'SECRET' MANIFEST",
            "UNLOAD ('x') ACCESS_KEY_ID 'SECRET' SECRET_ACCESS_KEY 'y' MANIFEST",
            "UNLOAD ('x') ACCESS_KEY_ID 'x'\n SECRET_ACCESS_KEY\t'SECRET' MANIFEST",
            "UNLOAD ('x') SESSION_TOKEN 'SECRET' MANIFEST",
            "UNLOAD ('x') SESSION_TOKEN AS 'SECRET' MANIFEST",
            "CREATE USER u PASSWORD 'SECRET' MANIFEST",
            "ALTER USER u WITH PASSWORD 'a''SECRET' MANIFEST",
            "CREATE USER u PASSWORD '''SECRET' MANIFEST",
            "CREATE USER u PASSWORD 'a\\'SECRET' MANIFEST",
            "EXECUTE 'CREATE USER u PASSWORD ''SECRET'' MANIFEST'",
            "syntax error near: PASSWORD 'SECRET",
            "syntax error near: SECRET_ACCESS_KEY 'a''SECRET",
            "jdbc:redshift://host:5439/dev?user=u&password=SECRET&ssl=true MANIFEST",
            "jdbc:redshift://host:5439/dev;UID=u;PWD=SECRET;ssl=true MANIFEST",
            "jdbc:redshift://user:SECRET@host:5439/dev MANIFEST",
            "{\"password\": \"SECRET\", \"last\": \"MANIFEST\"}",
            "{\"connectPwd\":\"SECRET\",\"last\":\"MANIFEST\"}",
            "{\"SecretAccessKey\": \"SECRET\", \"last\": \"MANIFEST\"}",
            "{\"SessionToken\": \"SECRET\", \"last\": \"MANIFEST\"}",
            "password = SECRET MANIFEST"})
    void masksEverySpelling(final String text) {
        final String redacted = Redactor.redact(text);

        assertFalse(redacted.contains("SECRET ") || redacted.matches("(?s).*SECRET[^_].*") || redacted.endsWith("SECRET"), redacted);
        assertEquals(text.contains("MANIFEST"), redacted.contains("MANIFEST"), redacted);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "FATAL: password authentication failed for user \"x\"",
            "permission denied for relation orders",
            "IAM_ROLE 'arn:aws:iam::123456789012:role/staging' KMS_KEY_ID 'arn:aws:kms:us-east-1:123456789012:key/1'",
            "syntax error at or near \"token\"",
            "UNLOAD ('SELECT \"password\", \"name\" FROM \"a\".\"b\"') TO 's3://bucket/x/'",
            "Check user and password: encrypt the password again if it was changed, and see that the user may connect to the database",
            "ERROR: syntax error at or near token: 'x'",
            "Unexpected token 'x' in the secret access key: it has 40 characters"})
    void leavesTheRestAlone(final String text) {
        assertEquals(text, Redactor.redact(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AKIA", "ASIA"})
    void masksAccessKeyIdsThatStandAlone(final String prefix) {
        final String id = prefix + "A2B3C4D5E6F7G8H9";

        assertEquals("The key ***, used", Redactor.redact("The key " + id + ", used"));
    }

    @Test
    void leavesAllAdviceAndMessagesAlone() throws IOException {
        for (final Reason reason : Reason.values()) {
            assertEquals(reason.advice(), Redactor.redact(reason.advice()));
        }

        final List<String> eaten = new ArrayList<>();
        int texts = 0;

        for (final String module : List.of("nifi-unloadcopy-core", "nifi-unloadcopy-cli", "nifi-unloadcopy-processors")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (final Path file : files.filter(path -> path.toString().endsWith(".java") && !STATEMENTS.contains(path.getFileName().toString())).toList()) {
                    for (final MatchResult literal : LITERAL.matcher(Files.readString(file)).results().toList()) {
                        final String text = literal.group(1).translateEscapes();
                        texts++;

                        if (!text.equals(Redactor.redact(text))) {
                            eaten.add(file.getFileName() + ": " + text);
                        }
                    }
                }
            }
        }

        assertEquals(List.of(), eaten);
        assertTrue(texts > 1000, "Only %d texts were found".formatted(texts));
    }

    @Property(tries = 1000)
    void proseIsNeverEaten(@ForAll("prose") final String sentence) {
        assertEquals(sentence, Redactor.redact(sentence));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "https://b.s3.amazonaws.com/k?X-Amz-Credential=SECRET&X-Amz-Date=20260101T000000Z",
            "https://b.s3.amazonaws.com/k?X-Amz-Date=20260101T000000Z&X-Amz-Signature=SECRET",
            "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=SECRET&X-Amz-Expires=60",
            "AKIAIOSFODNN7EXAMPLE / wJalrXUtnFEMI/K7MDENG/bPxRfiCYSECRETKEYX, used",
            "{\"token\": \"SECRET\"}"})
    void masksWhatAwsHasSecretsIn(final String text) {
        assertFalse(Redactor.redact(text).contains("SECRET"), Redactor.redact(text));
    }

    @Property(tries = 2000)
    void aKnownSecretSurvivesInNoEmbedding(@ForAll("anySecrets") final String value, @ForAll("embeddings") final Function<String, String> embedding, @ForAll("tails") final String before,
            @ForAll("tails") final String after) {
        try (Secret secret = StatementFixtures.secret(value)) {
            final String embedded = embedding.apply(value);
            final String redacted = Redactor.redact(before + " " + embedded + " " + after, List.of(secret));

            assertFalse(redacted.contains(embedded), redacted);
            assertFalse(redacted.contains(value), redacted);
        }
    }

    @Property(tries = 2000)
    void aQuotedSecretNeverShows(@ForAll("names") final String name, @ForAll("secrets") final String secret, @ForAll("tails") final String tail) {
        final String sql = "COPY t %s %s %s".formatted(name, SqlText.literal(secret), tail);

        requireAbsent(secret, Redactor.redact(sql), "COPY t %s '***' %s".formatted(name, tail));
    }

    @Property(tries = 2000)
    void aSecretInCredentialsNeverShows(@ForAll("names") final String name, @ForAll("credentials") final String secret, @ForAll("tails") final String tail) {
        final String sql = "COPY t CREDENTIALS 'x=y;%s=%s;z=1' %s".formatted(name, secret, tail);

        requireAbsent(secret, Redactor.redact(sql), "COPY t CREDENTIALS 'x=y;%s=***;z=1' %s".formatted(name, tail));
    }

    @Property(tries = 1000)
    void aKnownSecretNeverShowsAnywhere(@ForAll("secrets") final String value, @ForAll("tails") final String tail) {
        try (Secret secret = StatementFixtures.secret(value)) {
            final String text = "a %s b %s c %s d %s e %s %s".formatted(value, secret.base64(), value.replace("'", "''"), value.replace("\"", "\"\""),
                    URLEncoder.encode(value, StandardCharsets.UTF_8), tail);

            final String redacted = Redactor.redact(text, List.of(secret));

            assertFalse(redacted.contains(value), redacted);
            assertFalse(redacted.contains(secret.base64()), redacted);
        }
    }

    @Test
    void passesOverSecretsThatAreWipedOrEmpty() {
        final Secret wiped = StatementFixtures.secret("gone");
        wiped.close();

        assertEquals("a gone b", Redactor.redact("a gone b", List.of(wiped, Secret.of(new byte[0]))));
        assertNull(Redactor.redact((String) null));
        assertNull(Redactor.redact((String) null, List.of()));
        assertNull(Redactor.redact((SQLException) null));
    }

    @Test
    void masksTheLongerOfTwoSecretsFirst() {
        try (Secret shorter = StatementFixtures.secret("abcd"); Secret longer = StatementFixtures.secret("abcdefgh")) {
            assertEquals("x *** y *** z", Redactor.redact("x abcdefgh y abcd z", List.of(shorter, longer)));
        }
    }

    @Test
    void copesWithLongText() {
        final String text = "PASSWORD '" + "a''".repeat(500_000) + " " + "password=".repeat(50_000) + "'".repeat(99_999);

        assertNotNull(assertTimeout(Duration.ofSeconds(20), () -> Redactor.redact(text)));
    }

    @Test
    void copiesAnExceptionWithoutItsSecrets() {
        final SQLException original = new SQLException("failed: SECRET_ACCESS_KEY 'topsecret'", "XX000", 7,
                new IllegalStateException("password=topsecret", new SQLException("PASSWORD 'topsecret'", "28000")));
        original.setNextException(new SQLException("token=topsecret"));
        original.addSuppressed(new SQLException("MASTER_SYMMETRIC_KEY 'topsecret'"));

        final SQLException copy = Redactor.redact(original);

        final StringWriter trace = new StringWriter();
        copy.printStackTrace(new PrintWriter(trace));
        copy.getNextException().printStackTrace(new PrintWriter(trace));
        assertFalse(trace.toString().contains("topsecret"), trace.toString());
        assertEquals("XX000", copy.getSQLState());
        assertEquals(7, copy.getErrorCode());
        assertArrayEquals(original.getStackTrace(), copy.getStackTrace());
        assertEquals("java.lang.IllegalStateException: password=***", copy.getCause().getMessage());
        assertEquals("28000", ((SQLException) copy.getCause().getCause()).getSQLState());
        assertEquals("token=***", copy.getNextException().getMessage());
        assertEquals(1, copy.getSuppressed().length);
    }

    @Test
    void copiesExceptionsThatNameEachOther() {
        final SQLException first = new SQLException("first");
        final SQLException second = new SQLException("second", first);
        first.setNextException(second);

        final SQLException copy = Redactor.redact(first);

        assertEquals("second", copy.getNextException().getMessage());
        assertNull(copy.getNextException().getCause());
    }

    @Test
    void masksKnownSecretsInExceptions() {
        try (Secret secret = StatementFixtures.secret("topsecret")) {
            assertEquals("x *** y", Redactor.redact(new SQLException("x topsecret y"), List.of(secret)).getMessage());
        }
    }

    @Provide
    Arbitrary<String> prose() {
        return Arbitraries.of("password", "the password", "secret access key", "access key id", "session token", "token", "is", "was changed", "and", "check", "user", "encrypt", "again",
                "master symmetric key",
                "KMS", "credentials", "pwd").list().ofMinSize(2).ofMaxSize(12).map(words -> String.join(" ", words)).flatMap(text -> Arbitraries.of("", ".", ", ", ": ").map(mark -> text + mark))
                .list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join(" ", parts));
    }

    @Provide
    Arbitrary<String> anySecrets() {
        return Arbitraries.strings().withCharRange('!', '~').withChars(' ', '\n', 'é', '漢').ofMinLength(8).ofMaxLength(64).filter(text -> !text.isBlank() && !text.contains("***"));
    }

    @Provide
    Arbitrary<Function<String, String>> embeddings() {
        return Arbitraries.of(
                value -> value,
                value -> "'" + value.replace("'", "''") + "'",
                value -> "'" + value.replace("\\", "\\\\").replace("'", "''") + "'",
                value -> "''" + value.replace("'", "''''") + "''",
                value -> "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"",
                value -> "\"" + value.replace("\"", "\"\"") + "\"",
                value -> URLEncoder.encode(value, StandardCharsets.UTF_8),
                value -> "x?y=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20") + "&z=1",
                value -> Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("MASTER_SYMMETRIC_KEY", "master_symmetric_key", "SECRET_ACCESS_KEY", "aws_secret_access_key", "ACCESS_KEY_ID", "aws_access_key_id", "Session_Token", "PASSWORD");
    }

    @Provide
    Arbitrary<String> secrets() {
        return Arbitraries.strings().withCharRange('#', '~').withChars('\'', '"', ' ', '\n', 'é', '=', ';').ofMinLength(6).ofMaxLength(60)
                .filter(text -> text.indexOf('\\') < 0 && !text.startsWith("'"));
    }

    @Provide
    Arbitrary<String> credentials() {
        return Arbitraries.strings().withCharRange('a', 'z').withCharRange('0', '9').withChars('/', '+', '=').ofMinLength(6).ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> tails() {
        return Arbitraries.of("", "MANIFEST GZIP", "REGION 'us-east-1'", "NULL AS 'x' COMPUPDATE OFF");
    }

    private static void requireAbsent(final String secret, final String redacted, final String expected) {
        assertEquals(expected, redacted);
        assertFalse(redacted.contains(secret), redacted);
    }
}
