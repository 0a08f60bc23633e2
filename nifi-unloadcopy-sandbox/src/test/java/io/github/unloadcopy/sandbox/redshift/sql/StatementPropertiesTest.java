package io.github.unloadcopy.sandbox.redshift.sql;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

/**
 * Properties of the parser that no single statement shows.
 */
class StatementPropertiesTest {

    private static final String UNLOAD = "UNLOAD ( $q$SELECT 'x' AS a -- ' \n$q$ ) TO 's3://b/p'";
    private static final String COPY = "COPY \"s\" . t ( a , \"b c\" ) FROM 's3://b/p'";
    /** Each with its forms, which mean the same. */
    private static final List<List<String>> UNLOAD_OPTIONS = List.of(
            List.of("IAM_ROLE 'arn:aws:iam::000000000000:role/r'", "CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/r'",
                    "WITH CREDENTIALS AS 'aws_iam_role=arn:aws:iam::000000000000:role/r'"),
            List.of("CSV", "FORMAT CSV", "FORMAT AS CSV"), List.of("DELIMITER AS ';'", "DELIMITER ';'", "DELIMITER E'\\073'"), List.of("HEADER"), List.of("NULL AS ''''", "NULL '\\''", "NULL $$'$$"),
            List.of("MANIFEST VERBOSE"), List.of("GZIP"), List.of("PARALLEL OFF", "PARALLEL FALSE"), List.of("MAXFILESIZE AS 1 GB", "MAXFILESIZE 1024 MB", "MAXFILESIZE 1024", "MAXFILESIZE AS 1.0 GB"),
            List.of("PARTITION BY (\"a\") INCLUDE", "PARTITION BY(a)INCLUDE"), List.of("ALLOWOVERWRITE"), List.of("REGION AS 'eu-west-1'", "REGION 'eu-west-1'"), List.of("EXTENSION 'x'"),
            List.of("ENCRYPTED AUTO"));
    private static final List<List<String>> COPY_OPTIONS = List.of(
            List.of("ACCESS_KEY_ID 'a' SECRET_ACCESS_KEY 's' SESSION_TOKEN 't'", "CREDENTIALS 'aws_access_key_id=a;aws_secret_access_key=s;token=t'"),
            List.of("DELIMITER '|~|'", "DELIMITER AS $$|~|$$"), List.of("ESCAPE"), List.of("REMOVEQUOTES"), List.of("NULL AS '\\N'", "NULL E'\\\\N'"), List.of("MAXERROR 5", "MAXERROR AS 5"),
            List.of("IGNOREHEADER 2", "IGNOREHEADER AS 2"), List.of("ENCODING utf16", "ENCODING AS 'UTF16'"), List.of("ACCEPTINVCHARS", "ACCEPTINVCHARS '?'", "ACCEPTINVCHARS AS '?'"),
            List.of("DATEFORMAT 'auto'", "DATEFORMAT AS 'auto'"), List.of("TIMEFORMAT 'epochsecs'"), List.of("COMPUPDATE OFF", "COMPUPDATE FALSE", "COMPUPDATE", "COMPUPDATE PRESET"),
                    List.of("STATUPDATE"),
            List.of("BZIP2"), List.of("MANIFEST"), List.of("NOLOAD"), List.of("EXPLICIT_IDS"), List.of("FILLRECORD"), List.of("TRIMBLANKS"), List.of("ACCEPTANYDATE"));
    private static final List<String> BLANKS = List.of(" ", "\n", "\t ", " -- comment '\n", " /* a /* nested */ one; */ ");

    @Property(tries = 500)
    void orderCaseBlanksAndFormsMakeNoDifference(@ForAll final long seed, @ForAll final boolean unload) {
        final Random random = new Random(seed);
        final List<List<String>> options = new ArrayList<>(unload ? UNLOAD_OPTIONS : COPY_OPTIONS);
        final List<List<String>> given = new ArrayList<>(options.subList(0, 1));
        given.addAll(options.subList(1, options.size()).stream().filter(option -> random.nextBoolean()).toList());
        final StagedStatement plain = accepted(write(unload, given, null));
        Collections.shuffle(given, random);
        final StagedStatement shuffled = accepted(write(unload, given, random));

        assertEquals(plain, shuffled);
        assertEquals(plain, accepted(StatementText.of(plain)));
    }

    /** What is accepted has been understood whole: written again, it is the same statement. */
    @Property(tries = 5000)
    void soupIsRefusedOrUnderstood(@ForAll("soup") final List<String> tokens, @ForAll final boolean unload) {
        final String sql = (unload ? UNLOAD : COPY) + " IAM_ROLE default " + String.join(" ", tokens);
        if (plan(sql) instanceof final PlannedStatement.Staged staged) {
            assertEquals(staged.statement(), accepted(StatementText.of(staged.statement())), sql);
        }
    }

    @Property(tries = 3000)
    void anyTextIsPlanned(@ForAll("texts") final String text) {
        new StatementPlanner(RedshiftDialect.rewriters()).plan(text);
    }

    @Provide
    Arbitrary<List<String>> soup() {
        final List<String> words = new ArrayList<>(List.of("AS", "BY", "ON", "OFF", "TRUE", "FALSE", "MB", "GB", "FORMAT", "WITH", "AUTO", "(", ")", ",", ".", ";", "'x'", "';'", "''", "'auto'",
                "$$y$$", "X'41'",
                "5", "1.5", "64", "a", "\"b\"", "frobnicate", "PRESET", "PARTITION BY (a)", "DELIMITER ','", "NULL AS 'n'", "MAXFILESIZE 6 MB", "QUOTE '%'", "MASTER_SYMMETRIC_KEY 'k' ENCRYPTED",
                "KMS_KEY_ID 'k' ENCRYPTED", "ENCODING UTF16", "MAXERROR 7"));
        for (final ParameterTable table : List.of(StatementParameters.UNLOAD, StatementParameters.COPY)) {
            table.parameters().forEach(parameter -> words.add(parameter.name()));
        }

        return Arbitraries.of(words).list().ofMinSize(1).ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> texts() {
        final Arbitrary<String> pieces = Arbitraries.of("UNLOAD", "COPY", "(", ")", "'", "\"", "$$", "$a$", "\\", "--", "/*", "*/", "\n", " ", ";", "E'", "s3://b/p", "TO", "FROM", "SELECT", "LIMIT",
                "\0", "é", "𝄞",
                "1e", ".", "IAM_ROLE", "default", "CREATE TABLE t", "a int", "IDENTITY(", "SET", "=");
        return pieces.list().ofMaxSize(12).map(parts -> String.join("", parts));
    }

    /** Writes the options in their first form, or in a random one, in random case and with comments between. */
    private static String write(final boolean unload, final List<List<String>> options, final Random random) {
        final StringBuilder sql = new StringBuilder(unload ? UNLOAD : COPY);
        for (final List<String> option : options) {
            sql.append(random == null ? " " : BLANKS.get(random.nextInt(BLANKS.size())));
            final String form = option.get(random == null ? 0 : random.nextInt(option.size()));
            sql.append(random == null ? form : randomCase(form, random));
        }

        return sql.toString();
    }

    /** Changes the case of keywords, which are what comes in capital letters outside of literals. */
    private static String randomCase(final String form, final Random random) {
        final StringBuilder written = new StringBuilder();
        for (final Token token : Tokenizer.read(form).tokens()) {
            final boolean keyword = token.kind() == Token.Kind.WORD && !token.isWord("a");
            written.append(keyword && random.nextBoolean() ? token.source().toLowerCase(Locale.ROOT) : token.source()).append(BLANKS.get(random.nextInt(BLANKS.size())));
        }

        return written.toString();
    }

    private static StagedStatement accepted(final String sql) {
        return switch (plan(sql)) {
            case final PlannedStatement.Refused refused -> throw new AssertionError(sql + "\n" + refused.error().getMessage());
            case final PlannedStatement plan -> assertInstanceOf(PlannedStatement.Staged.class, plan).statement();
        };
    }

    private static PlannedStatement plan(final String sql) {
        return new StatementPlanner(List.of()).plan(sql).get(0);
    }
}
