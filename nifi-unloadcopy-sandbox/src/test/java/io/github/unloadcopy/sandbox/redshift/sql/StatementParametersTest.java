package io.github.unloadcopy.sandbox.redshift.sql;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StatementParametersTest {

    private static final String ROLE = " IAM_ROLE default ";
    private static final String KEY_STRING = "CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/r;master_symmetric_key=k'";
    /** All parameters that the pages UNLOAD and "Alphabetical parameter list" of COPY name, for S3 as the source. */
    private static final Set<String> OF_THE_GUIDE_UNLOAD = Set.of("IAM_ROLE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "CREDENTIALS", "CSV", "PARQUET", "JSON", "PARTITION BY",
            "PARTITION BY INCLUDE", "MANIFEST", "MANIFEST VERBOSE", "HEADER", "DELIMITER", "FIXEDWIDTH", "ENCRYPTED", "ENCRYPTED AUTO", "KMS_KEY_ID", "MASTER_SYMMETRIC_KEY", "BZIP2", "GZIP", "ZSTD",
            "ADDQUOTES", "NULL AS", "ESCAPE", "ALLOWOVERWRITE", "CLEANPATH", "PARALLEL", "MAXFILESIZE", "ROWGROUPSIZE", "REGION", "EXTENSION");
    private static final Set<String> OF_THE_GUIDE_COPY = Set.of("ACCEPTANYDATE", "ACCEPTINVCHARS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "AVRO", "BLANKSASNULL", "BZIP2", "COMPROWS", "COMPUPDATE",
            "CREDENTIALS", "CSV", "QUOTE", "DATEFORMAT", "DELIMITER", "EMPTYASNULL", "ENCODING", "ENCRYPTED", "ESCAPE", "EXPLICIT_IDS", "FILLRECORD", "FIXEDWIDTH", "GZIP", "IAM_ROLE",
            "IGNOREALLERRORS", "IGNOREBLANKLINES", "IGNOREHEADER", "JSON", "LZOP", "MANIFEST", "MASTER_SYMMETRIC_KEY", "MAXERROR", "NOLOAD", "NULL AS", "ORC", "PARQUET", "READRATIO", "REGION",
            "REMOVEQUOTES", "ROUNDEC", "SESSION_TOKEN", "SHAPEFILE", "SSH", "STATUPDATE", "TIMEFORMAT", "TRIMBLANKS", "TRUNCATECOLUMNS", "ZSTD");

    @Test
    void everyParameterOfTheGuideIsInTheTable() {
        assertEquals(Set.of(), missing(OF_THE_GUIDE_UNLOAD, StatementParameters.UNLOAD));
        assertEquals(Set.of(), missing(OF_THE_GUIDE_COPY, StatementParameters.COPY));
    }

    @ParameterizedTest
    @MethodSource
    void excludedPairsAreRefusedByBothNames(final ParameterTable table, final String first, final String second) {
        final SqlError refusal = refusal(table, sample(table, first) + ' ' + sample(table, second));

        assertEquals(SqlError.SYNTAX, refusal.state());
        assertTrue(refusal.getMessage().endsWith(" cannot be used together"), refusal.getMessage());
        final List<String> named = List.of(refusal.getMessage().replaceFirst("^\\w+ options ", "").replace(" cannot be used together", "").split(" and "));
        assertTrue(rules(table, ParameterTable.Kind.EXCLUDES).anyMatch(pair -> pair.equals(named)), refusal.getMessage());
    }

    static Stream<Arguments> excludedPairsAreRefusedByBothNames() {
        return Stream.of(StatementParameters.UNLOAD, StatementParameters.COPY).flatMap(table -> rules(table, ParameterTable.Kind.EXCLUDES).map(pair -> Arguments.of(table, pair.get(0), pair.get(1))));
    }

    @ParameterizedTest
    @MethodSource
    void neededParametersAreNamed(final ParameterTable table, final ParameterTable.Rule rule) {
        final String alone = sample(table, rule.parameter()).replace(" ENCRYPTED", "").replace(" SECRET_ACCESS_KEY 's'", "");
        final SqlError refusal = refusal(table, rule.parameter().contains("ACCESS_KEY") || rule.parameter().equals("SESSION_TOKEN") || rule.parameter().equals(StatementParameters.KEY_IN_CREDENTIALS)
                ? alone : ROLE + alone);

        assertEquals(table.command() + " option " + rule.parameter() + " needs " + String.join(" or ", rule.others()), refusal.getMessage());
    }

    static Stream<Arguments> neededParametersAreNamed() {
        return Stream.of(StatementParameters.UNLOAD, StatementParameters.COPY).flatMap(table -> table.rules().stream().filter(rule -> rule.kind() == ParameterTable.Kind.NEEDS)
                .map(rule -> Arguments.of(table, rule)));
    }

    /** The table of the documents is the one that the parser works with. */
    @Test
    void documentsHaveTheTable() throws IOException {
        final String documented = Files.readString(Path.of("docs", "unload-copy-parameters.md"));
        for (final ParameterTable table : List.of(StatementParameters.UNLOAD, StatementParameters.COPY)) {
            assertTrue(documented.contains(markdown(table)), "docs/unload-copy-parameters.md lacks this table of " + table.command() + ":\n" + markdown(table));
        }
    }

    private static String markdown(final ParameterTable table) {
        return "| Parameter | In the sandbox | Remark |\n|---|---|---|\n" + table.parameters().stream()
                .map(parameter -> "| " + parameter.name() + " | " + parameter.status().label() + " | " + parameter.remark() + (parameter.remark().isEmpty() ? "|\n" : " |\n"))
                .collect(Collectors.joining());
    }

    private static Set<String> missing(final Set<String> names, final ParameterTable table) {
        final Set<String> missing = new TreeSet<>(names);
        table.parameters().forEach(parameter -> missing.remove(parameter.name()));
        return missing;
    }

    private static Stream<List<String>> rules(final ParameterTable table, final ParameterTable.Kind kind) {
        return table.rules().stream().filter(rule -> rule.kind() == kind).flatMap(rule -> rule.others().stream().map(other -> List.of(rule.parameter(), other)));
    }

    /** A parameter as a statement could hold it. */
    private static String sample(final ParameterTable table, final String name) {
        if (name.equals(StatementParameters.KEY_IN_CREDENTIALS)) {
            return KEY_STRING;
        }

        return switch (table.named(name).argument()) {
            case NONE, SWITCH, PRESET_SWITCH, OPTIONAL_TEXT -> name;
            case TEXT, SECRET, WORD -> name + (name.equals("CREDENTIALS") ? " 'aws_iam_role=arn:x'" : name.equals("ENCODING") ? " UTF8" : " 'x'");
            case ROLE -> name + " default";
            case NUMBER -> name + " 1000";
            case SIZE -> name + " 64 MB";
            case COLUMNS -> name + " (a)";
            case REST -> name + " x";
        };
    }

    private static SqlError refusal(final ParameterTable table, final String options) {
        final String start = table == StatementParameters.UNLOAD ? "UNLOAD ('SELECT 1') TO 's3://b/p' " : "COPY t FROM 's3://b/p' ";
        final PlannedStatement plan = new StatementPlanner(List.of()).plan(start + options).get(0);
        return assertInstanceOf(PlannedStatement.Refused.class, plan, options).error();
    }
}
