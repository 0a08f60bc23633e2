package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.config.ConfigText;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** Every example configuration in the delivered flow, in the real NiFi. Only hosts, ports, users, ciphertexts, role, bucket and Region are put in place of the examples' own. */
class ExamplesIT extends FlowTest {
    private static final Path FOLDER = Build.current().exampleFlow().resolveSibling("configurations");
    private static final List<String> SCHEMAS = List.of("shop", "archive");
    /** What is in the target, where it is not what the source's table has. */
    private static final Map<String, String> PARTS = Map.of(
            "shop.customers_by_country", "SELECT id, name, NULL, country, NULL FROM shop.customers ORDER BY id",
            "shop.shipped_orders", "SELECT * FROM shop.orders WHERE id IN (100, 102) ORDER BY id");

    @BeforeAll
    static void fillSource() throws Exception {
        landscape.createSchema("source", "shop");
        landscape.dropSchema("source", "shop");
        clusters.execute("source", Files.readString(FOLDER.resolve("source-tables.sql")).strip().split(";\\s*(?:\\R|$)"));
    }

    @BeforeEach
    void emptyTarget() throws SQLException {
        for (final String schema : SCHEMAS) {
            landscape.createSchema("target", schema);
            landscape.dropSchema("target", schema);
        }
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void movesWhatItPromises(final Path example) throws Exception {
        final FlowRun run = flow.run(here(example), Map.of("Target Table", "CREATE_IF_MISSING", "Create Schema", "true"));

        run.succeeded(run.summary().path("tableCount").asInt());
        assertFalse(run.done().isEmpty());
        assertEquals(List.of(), flow.staged());

        for (final JsonNode table : run.summary().path("tables")) {
            final String target = table.path("target").asText();
            final List<List<String>> expected = clusters.query("source", PARTS.getOrDefault(target, "SELECT * FROM %s ORDER BY id".formatted(table.path("source").asText())));
            assertFalse(expected.isEmpty());
            assertEquals(expected, clusters.query("target", "SELECT * FROM %s ORDER BY id".formatted(target)), target);
        }
    }

    private static String here(final Path example) throws Exception {
        final CloudSettings settings = landscape.clouds().settings();

        try (ConfigText text = ConfigText.parse(Files.readAllBytes(example))) {
            putCluster(text, "/unloadSource", settings.cluster("source"));
            putCluster(text, "/copyTarget", settings.cluster("target"));
            put(text, "/s3Staging/path", settings.location(settings.stagingPrefix()));
            put(text, "/s3Staging/region", settings.region());
            put(text, "/s3Staging/aws_iam_role", settings.iamRole());

            if (text.has("/s3Staging/aws_access_key_id")) {
                final AwsCredentials credentials = settings.credentials().resolveCredentials();
                assumeFalse(credentials instanceof AwsSessionCredentials, "A configuration has no field for a session token.");
                put(text, "/s3Staging/aws_access_key_id", landscape.clouds().encrypt(credentials.accessKeyId()));
                put(text, "/s3Staging/aws_secret_access_key", landscape.clouds().encrypt(credentials.secretAccessKey()));
            }

            return new String(text.bytes(), StandardCharsets.UTF_8);
        }
    }

    private static void putCluster(final ConfigText text, final String section, final SandboxEndpoints.Cluster cluster) {
        put(text, section + "/clusterEndpoint", cluster.host());
        text.replace(section + "/clusterPort", Integer.toString(cluster.port()));
        put(text, section + "/db", cluster.database());
        put(text, section + "/connectUser", cluster.user());
        put(text, section + "/connectPwd", landscape.clouds().encrypt(cluster.password()));
    }

    private static void put(final ConfigText text, final String pointer, final String value) {
        if (text.has(pointer)) {
            text.replace(pointer, '"' + value + '"');
        }
    }
}
