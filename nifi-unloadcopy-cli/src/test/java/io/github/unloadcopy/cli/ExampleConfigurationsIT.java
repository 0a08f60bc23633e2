package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.config.ConfigReader;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.ParsedConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.TableConfig;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.Authorization;
import io.github.unloadcopy.redshift.ConnectionSource;
import io.github.unloadcopy.redshift.DataEncryption;
import io.github.unloadcopy.redshift.LoadOrigin;
import io.github.unloadcopy.redshift.LoadRequest;
import io.github.unloadcopy.redshift.NullMarker;
import io.github.unloadcopy.redshift.Selection;
import io.github.unloadcopy.redshift.TableLoader;
import io.github.unloadcopy.redshift.TableName;
import io.github.unloadcopy.redshift.TableUnloader;
import io.github.unloadcopy.redshift.TargetPlan;
import io.github.unloadcopy.redshift.UnloadRequest;
import io.github.unloadcopy.redshift.UnloadResult;
import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.StagingPrefix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every example configuration is checked by the program, and moves what the README beside it promises. */
class ExampleConfigurationsIT {
    private static final CliSandbox SANDBOX = CliSandbox.get();
    private static final String BUCKET = "cli-examples";
    private static final String CUSTOMERS = "SELECT * FROM shop.customers ORDER BY id";
    private static final String ORDERS = "SELECT * FROM shop.orders ORDER BY id";
    /** By file: the tables of the target, and what has to be in them, as the source tells it. */
    private static final Map<String, Map<String, String>> PROMISES = new TreeMap<>(Map.of(
            "one-table.json", Map.of("shop.orders", ORDERS),
            "other-names.json", Map.of("archive.customers_2026", CUSTOMERS, "archive.orders_2026", ORDERS),
            "target-left-out.json", Map.of("shop.customers", CUSTOMERS, "shop.orders", ORDERS),
            "chosen-columns.json", Map.of("shop.customers_by_country", "SELECT id, name, NULL AS email, country, NULL AS created_at FROM shop.customers ORDER BY id"),
            "part-of-a-table.json", Map.of("shop.shipped_orders", "SELECT * FROM shop.orders WHERE id IN (100, 102) ORDER BY id"),
            "identity-values.json", Map.of("shop.tickets", "SELECT * FROM shop.tickets ORDER BY id"),
            "comments.json", Map.of("shop.customers", CUSTOMERS, "shop.orders", ORDERS),
            "first-format.json", Map.of("shop.customers", CUSTOMERS),
            "config.json", Map.of("public.orders", "SELECT * FROM public.orders ORDER BY 1", "public.lineitem", "SELECT * FROM public.lineitem ORDER BY 1")));

    @TempDir
    private Path folder;

    @BeforeAll
    static void makeTablesAndBucket() throws Exception {
        SANDBOX.execute("source", ExampleConfiguration.sourceTables());
        SANDBOX.execute("source", "CREATE TABLE public.orders (id BIGINT, comment VARCHAR(40))", "INSERT INTO public.orders VALUES (1, 'first'), (2, NULL)",
                "CREATE TABLE public.lineitem (order_id BIGINT, quantity DECIMAL(12,2))", "INSERT INTO public.lineitem VALUES (1, 0.50), (2, 17)");

        try (S3Client s3 = SANDBOX.s3(CliSandbox.REGION)) {
            s3.createBucket(request -> request.bucket(BUCKET));
        }
    }

    @BeforeEach
    void emptyTheTarget() throws Exception {
        SANDBOX.execute("target", "DROP SCHEMA IF EXISTS shop CASCADE", "DROP SCHEMA IF EXISTS archive CASCADE", "DROP TABLE IF EXISTS public.orders",
                "DROP TABLE IF EXISTS public.lineitem");
    }

    static List<Path> examples() throws IOException {
        return ExampleConfiguration.all();
    }

    @Test
    void everyExampleIsListedAndPromisesSomething() throws Exception {
        final String readme = Files.readString(ExampleConfiguration.FOLDER.resolveSibling("README.md"));
        final List<String> names = examples().stream().map(file -> file.getFileName().toString()).toList();

        assertEquals(names, List.copyOf(PROMISES.keySet()));
        assertEquals(List.of(), names.stream().filter(name -> !readme.matches("(?s).*\\((configurations/)?%s\\).*".formatted(name))).toList());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void movesWhatItPromises(final Path example) throws Exception {
        final byte[] document = ExampleConfiguration.onSandbox(example, BUCKET);
        final ParsedConfig parsed = new ConfigReader().read(document);

        final Path config = Files.write(folder.resolve("config.json"), document);

        assertEquals(List.of(), parsed.warnings());
        assertTrue(parsed.config().staging().deleteOnSuccess());
        requireSound(config, "--target-table", "create-if-missing", "--create-schema");
        move(parsed.config());

        for (final Map.Entry<String, String> promise : PROMISES.get(example.getFileName().toString()).entrySet()) {
            final List<List<String>> expected = SANDBOX.query("source", promise.getValue());
            assertFalse(expected.isEmpty());
            assertEquals(expected, SANDBOX.query("target", "SELECT * FROM %s ORDER BY 1".formatted(promise.getKey())), promise.getKey());
        }

        requireSound(config);
    }

    private static void requireSound(final Path config, final String... options) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("check-config", "--json", "--root-certificate", SANDBOX.endpoints().caFile(), config.toString()));
        arguments.addAll(List.of(options));
        final JsonNode json = CliRun.of("", arguments.toArray(String[]::new)).requireStatus(ExitStatus.OK).json();

        json.path("checks").forEach(check -> assertEquals("ok", check.path("outcome").asText(), check.toString()));
        assertFalse(json.path("tables").isEmpty());
    }

    private static void move(final MigrationConfig config) throws Exception {
        final String runId = UUID.randomUUID().toString();

        try (KmsClient kms = SANDBOX.kms(); S3Client s3 = SANDBOX.s3(CliSandbox.REGION)) {
            final KmsSecretStore secrets = new KmsSecretStore(kms, CliSandbox.REGION);
            final Authorization authorization = authorization(config.staging().authorization(), secrets);
            final DataEncryption encryption = new DataEncryption.SseKms(secrets.keyArn("alias/RedshiftUnloadCopyUtility"));

            for (final TablePair pair : config.tables()) {
                final TableName source = name(pair.source());
                final StagingPrefix prefix = StagingPrefix.of(config.staging().path(), Instant.EPOCH, runId, config.source().database(), source);
                final UnloadResult unloaded = new TableUnloader(new ManifestReader(s3)).unload(connections(config.source(), secrets), new UnloadRequest(
                        Selection.of(source, pair.query(), pair.source().columns()), config.source().database(), prefix, authorization, encryption, NullMarker.forRun(runId),
                        config.staging().region(), true, 60));
                new TableLoader().load(connections(config.target(), secrets), new LoadRequest(
                        name(pair.target()), new TargetPlan(TargetPlan.Mode.CREATE_IF_MISSING, unloaded.definition(), true, config.tables().size()),
                        pair.target().columns().isEmpty() ? unloaded.columns() : pair.target().columns(), unloaded.manifest(), unloaded.rows(), authorization, encryption,
                        NullMarker.forRun(runId), config.staging().region(), pair.explicitIds(), runId + "/" + source,
                        new LoadOrigin(runId, null, source.folded(), -1, -1, null, null), new TableName("public", "loads_of_examples"), 60));
            }
        }
    }

    private static Authorization authorization(final StagingAuthorization authorization, final KmsSecretStore secrets) throws KmsSecretException {
        return switch (authorization) {
            case StagingAuthorization.Role role -> new Authorization.Role(role.arn());
            case StagingAuthorization.AccessKey key -> new Authorization.AccessKey(secrets.decrypt(key.accessKeyIdCiphertext(), Map.of()), secrets.decrypt(key.secretAccessKeyCiphertext(), Map.of()));
        };
    }

    private static ConnectionSource connections(final ClusterConfig cluster, final KmsSecretStore secrets) throws KmsSecretException {
        final Properties properties = new Properties();
        properties.setProperty("user", cluster.user());

        try (Secret password = secrets.decrypt(cluster.passwordCiphertext(), Map.of())) {
            properties.setProperty("password", new String(password.bytes(), StandardCharsets.UTF_8));
        }

        return () -> DriverManager.getConnection("jdbc:redshift://%s:%d/%s?sslmode=verify-full&sslrootcert=%s".formatted(cluster.endpoint(), cluster.port(), cluster.database(),
                SANDBOX.endpoints().caFile()), properties);
    }

    private static TableName name(final TableConfig table) {
        return new TableName(table.schema(), table.table());
    }
}
