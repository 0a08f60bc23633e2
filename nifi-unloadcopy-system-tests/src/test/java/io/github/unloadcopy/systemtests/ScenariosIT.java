package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** The nine acceptance scenarios of the original utility, with the delivered flow in the real NiFi. The original's count rows; these compare values and definitions. */
class ScenariosIT extends FlowTest {
    private static final String SCHEMA = "scenarios";
    private static final String ELSEWHERE = "scenarios_elsewhere";
    private static final String CUSTOMER = SCHEMA + ".customer";
    private static final String COLUMNS = """
             (id INTEGER NOT NULL ENCODE az64, name VARCHAR(40) NOT NULL DEFAULT 'nobody' ENCODE zstd, remark VARCHAR(100) ENCODE lzo, since DATE ENCODE az64,
            balance DECIMAL(18,2) ENCODE az64, PRIMARY KEY (id)) DISTSTYLE ALL COMPOUND SORTKEY (since, id)""";
    private static final List<String> REMARKS = List.of("NULL", "''", "'NULL'", "'NULL_STRING__'", "'a^b'", "'\"quoted\"'", "'it''s'", "'two\nlines'", "chr(92) || 'N'", "' '", "'\u20ac'");

    @BeforeAll
    static void fillSource() throws Exception {
        landscape.createSchema("source", SCHEMA);
        clusters.execute("source", "CREATE TABLE " + CUSTOMER + COLUMNS, "INSERT INTO %s VALUES %s".formatted(CUSTOMER, customers()),
                "COMMENT ON TABLE %s IS 'whom we sell to'".formatted(CUSTOMER));
    }

    @BeforeEach
    void emptyTarget() throws SQLException {
        for (final String schema : List.of(SCHEMA, ELSEWHERE)) {
            landscape.createSchema("target", schema);
            landscape.dropSchema("target", schema);
        }
    }

    @Test
    void oneTableWithAllSecretsFromKms() throws Exception {
        final AwsCredentials credentials = landscape.clouds().settings().credentials().resolveCredentials();
        assumeFalse(credentials instanceof AwsSessionCredentials, "The original's configuration has no field for a session token");
        makeTarget(SCHEMA);
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(SCHEMA, "customer");
        configuration.staging().remove("aws_iam_role");
        configuration.staging().put("aws_access_key_id", landscape.clouds().encrypt(credentials.accessKeyId()))
                .put("aws_secret_access_key", landscape.clouds().encrypt(credentials.secretAccessKey()));

        final FlowRun run = flow.run(configuration).succeeded(1);

        clusters.assertMoved(CUSTOMER, CUSTOMER);
        assertEquals(List.of(), flow.staged());
        final SecretScan scan = new SecretScan().addText("access key id", credentials.accessKeyId()).addText("run", run.attribute("unloadcopy.run.id"));
        landscape.clouds().settings().secrets().forEach(scan::addText);
        final List<String> found = scan.scan(landscape.niFi().home()).stream().map(SecretScan.Hit::secret).distinct().toList();
        assertEquals(List.of("run"), found, "of all that was looked for, NiFi has written down the run's id only");
    }

    @Test
    void oneTableWithAnIamRole() throws Exception {
        makeTarget(SCHEMA);

        flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(SCHEMA, "customer")).succeeded(1);

        clusters.assertMoved(CUSTOMER, CUSTOMER);
        assertEquals(List.of(), flow.staged());
    }

    @Test
    void theTableIsCreated() throws Exception {
        clusters.execute("target", "CREATE SCHEMA " + SCHEMA);

        flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(SCHEMA, "customer"), Map.of("Target Table", "CREATE_IF_MISSING")).succeeded(1);

        assertTwins(CUSTOMER, CUSTOMER);
    }

    @Test
    void schemaAndTableAreCreated() throws Exception {
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(SCHEMA, "customer");

        final Map<String, String> failed = flow.run(configuration, Map.of("Target Table", "CREATE_IF_MISSING")).failedOnce();
        assertEquals("TABLE_MISSING", failed.get("unloadcopy.error.reason"), "the schema is made only when that is wanted");

        flow.run(configuration, Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true")).succeeded(1);
        assertTwins(CUSTOMER, CUSTOMER);
    }

    @Test
    void intoAnotherSchemaUnderAnotherName() throws Exception {
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(ELSEWHERE, "client");

        flow.run(configuration, Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true")).succeeded(1);

        assertTwins(CUSTOMER, ELSEWHERE + ".client");
    }

    @Test
    void theTableIsReplaced() throws Exception {
        clusters.execute("target", "CREATE SCHEMA " + SCHEMA, "CREATE TABLE %s (id INTEGER, something VARCHAR(10))".formatted(CUSTOMER), "INSERT INTO %s VALUES (-1, 'old')".formatted(CUSTOMER));
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(SCHEMA, "customer");

        flow.run(configuration, Map.of("Target Table", "REPLACE")).succeeded(1);
        assertTwins(CUSTOMER, CUSTOMER);

        flow.run(configuration, Map.of("Target Table", "REPLACE")).succeeded(1);
        assertTwins(CUSTOMER, CUSTOMER);
    }

    @Test
    void theTargetTableIsNotNamed() throws Exception {
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer").into(ELSEWHERE);

        flow.run(configuration, Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true")).succeeded(1);

        assertTwins(CUSTOMER, ELSEWHERE + ".customer");
    }

    @Test
    void neitherTargetSchemaNorTableIsNamed() throws Exception {
        final ConfigurationFile configuration = new ConfigurationFile(landscape.clouds(), SCHEMA, "customer");

        flow.run(configuration, Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true")).succeeded(1);

        assertTwins(CUSTOMER, CUSTOMER);
    }

    @Test
    void namesWithQuotesAndForeignKeys() throws Exception {
        final List<String> names = List.of("\"line \"\"item\"\".all\"", "\"the \"\"order\"\"\"", "\"select\"");
        clusters.execute("source", "DROP TABLE IF EXISTS %s.%s, %s.%s, %s.%s".formatted(SCHEMA, names.get(0), SCHEMA, names.get(1), SCHEMA, names.get(2)),
                "CREATE TABLE %s.%s (id INTEGER NOT NULL, \"from\" VARCHAR(20), PRIMARY KEY (id))".formatted(SCHEMA, names.get(2)),
                "CREATE TABLE %s.%s (id INTEGER NOT NULL, \"its \"\"select\"\"\" INTEGER, PRIMARY KEY (id), FOREIGN KEY (\"its \"\"select\"\"\") REFERENCES %s.%s (id))"
                        .formatted(SCHEMA, names.get(1), SCHEMA, names.get(2)),
                "CREATE TABLE %s.%s (id INTEGER NOT NULL, \"order.id\" INTEGER REFERENCES %s.%s (id), \"it's, (so)\" VARCHAR(10))".formatted(SCHEMA, names.get(0), SCHEMA, names.get(1)),
                "INSERT INTO %s.%s VALUES (1, 'a'), (2, NULL), (3, '')".formatted(SCHEMA, names.get(2)),
                "INSERT INTO %s.%s VALUES (10, 1), (11, NULL)".formatted(SCHEMA, names.get(1)),
                "INSERT INTO %s.%s VALUES (100, 10, 'x'), (101, 11, NULL), (102, 10, '')".formatted(SCHEMA, names.get(0)));

        // The first of them refers to the second, which refers to the third: foreign keys have to wait for their tables.
        flow.run(new ConfigurationFile(landscape.clouds(), SCHEMA, "line \"item\".all", "the \"order\"", "select"), Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true"))
                .succeeded(3);

        for (final String name : names) {
            assertTwins(SCHEMA + "." + name, SCHEMA + "." + name);
        }

        assertEquals(foreignKeys("source"), foreignKeys("target"));
        assertEquals(2, foreignKeys("target").size());
    }

    /** Same definition, same comment, same values, nothing staged. */
    private void assertTwins(final String source, final String target) throws SQLException {
        clusters.assertMoved(source, target);
        assertEquals(clusters.definition("source", source), clusters.definition("target", target));
        assertEquals(comment("source", source), comment("target", target));
        assertEquals(List.of(), flow.staged());
    }

    private static String comment(final String cluster, final String table) throws SQLException {
        return clusters.value(cluster, "SELECT obj_description('%s'::regclass, 'pg_class')".formatted(table));
    }

    private static List<List<String>> foreignKeys(final String cluster) throws SQLException {
        return clusters.query(cluster, """
                SELECT pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE o.contype = 'f' AND n.nspname = '%s' ORDER BY 1""".formatted(SCHEMA));
    }

    private static void makeTarget(final String schema) throws SQLException {
        clusters.execute("target", "CREATE SCHEMA " + schema, "CREATE TABLE %s.customer%s".formatted(schema, COLUMNS));
    }

    private static String customers() {
        final List<String> rows = new ArrayList<>();

        for (int id = 1; id <= 220; id++) {
            rows.add("(%d, 'Customer#%d', %s, DATE '1992-01-01' + %d, %d.%02d)".formatted(id, id, REMARKS.get(id % REMARKS.size()), id * 11, id * 37 - 4000, id % 100));
        }

        return String.join(", ", rows);
    }
}
