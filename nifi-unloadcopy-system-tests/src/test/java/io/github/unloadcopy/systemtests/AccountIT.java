package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.client.SandboxProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The system tests in an account that is not theirs alone. A sandbox stands for the account, and is reached as AWS is: by the SDK's default chains. */
class AccountIT {
    private static final String BUCKET = "shared-bucket";
    private static final Map<String, String> PROPERTIES = new HashMap<>();

    @TempDir
    private static Path folder;

    private static SandboxProcess account;

    @BeforeAll
    static void start() throws Exception {
        if (System.getProperty(SandboxProcess.HOME_PROPERTY) == null) {
            System.setProperty(SandboxProcess.HOME_PROPERTY, Build.current().sandbox().toString());
        }

        account = SandboxProcess.start(SandboxProcess.Settings.defaults().withTemporaryFolder(folder));
        final SandboxEndpoints endpoints = account.endpoints();
        PROPERTIES.putAll(Map.of(
                "aws.accessKeyId", endpoints.accessKeyId(),
                "aws.secretAccessKey", endpoints.secretAccessKey(),
                "aws.endpointUrlS3", endpoints.s3().endpoint(),
                "aws.endpointUrlKms", endpoints.kms().endpoint()));
        PROPERTIES.forEach(System::setProperty);

        try (Clouds clouds = new Clouds(CloudSettings.of(environment()))) {
            clouds.s3().createBucket(request -> request.bucket(BUCKET));
            clouds.s3().putObject(request -> request.bucket(BUCKET).key("unloadcopy-test/somebody's"), RequestBody.fromString("data"));
        }
    }

    @AfterAll
    static void stop() {
        PROPERTIES.keySet().forEach(System::clearProperty);
        account.close();
    }

    @Test
    void leavesNothingBehind() throws Exception {
        final CloudSettings settings = CloudSettings.of(environment());
        final Table region = TpchTables.all().getFirst();

        try (Landscape landscape = new Landscape(Build.current(), folder.resolve("landscape"))) {
            landscape.openAccount(settings);
            landscape.loadSource(region, 0.001);
            landscape.createTargetTables();
            landscape.clouds().s3().putObject(request -> request.bucket(BUCKET).key(settings.stagingPrefix() + "left"), RequestBody.fromString("data"));

            assertEquals("5", query(settings, "source", "SELECT count(*) FROM " + region.qualifiedName()));
            assertEquals("0", query(settings, "target", "SELECT count(*) FROM " + region.qualifiedName()));
        }

        assertEquals("0", query(settings, "source", "SELECT count(*) FROM pg_namespace WHERE nspname IN ('tpch', 'hard')"));
        assertEquals("0", query(settings, "target", "SELECT count(*) FROM pg_namespace WHERE nspname IN ('tpch', 'hard')"));

        try (Clouds clouds = new Clouds(settings)) {
            final List<String> keys = clouds.s3().listObjectsV2(request -> request.bucket(BUCKET)).contents().stream().map(S3Object::key).toList();
            assertEquals(List.of("unloadcopy-test/somebody's"), keys);
        }
    }

    @Test
    void neverTouchesASchemaThatWasThere() throws Exception {
        final CloudSettings settings = CloudSettings.of(environment());
        query(settings, "target", "CREATE SCHEMA precious; CREATE TABLE precious.data AS SELECT 1 AS a; SELECT 1");

        try (Landscape landscape = new Landscape(Build.current(), folder.resolve("landscape"))) {
            landscape.openAccount(settings);

            final SQLException exception = assertThrows(SQLException.class, () -> landscape.createSchema("target", "precious"));
            assertTrue(exception.getMessage().startsWith("The target has a schema precious already."), exception.getMessage());
        }

        assertEquals("1", query(settings, "target", "SELECT a FROM precious.data"));
    }

    private static Map<String, String> environment() {
        final SandboxEndpoints endpoints = account.endpoints();
        final Map<String, String> variables = new HashMap<>(Map.of(
                "UNLOADCOPY_TEST_REGION", endpoints.region(),
                "UNLOADCOPY_TEST_BUCKET", BUCKET,
                "UNLOADCOPY_TEST_IAM_ROLE", endpoints.iamRole(),
                "UNLOADCOPY_TEST_ROOT_CERTIFICATE", endpoints.caFile()));

        for (final SandboxEndpoints.Cluster cluster : endpoints.clusters()) {
            final String prefix = "UNLOADCOPY_TEST_" + cluster.name().toUpperCase(Locale.ROOT);
            variables.put(prefix + "_HOST", cluster.host());
            variables.put(prefix + "_PORT", Integer.toString(cluster.port()));
            variables.put(prefix + "_DATABASE", cluster.database());
            variables.put(prefix + "_USER", cluster.user());
            variables.put(prefix + "_PASSWORD", cluster.password());
        }

        return variables;
    }

    /** Runs statements and returns the first value of the last one. */
    private static String query(final CloudSettings settings, final String cluster, final String sql) throws SQLException {
        try (Clouds clouds = new Clouds(settings); Connection connection = clouds.connect(cluster); Statement statement = connection.createStatement()) {
            final String[] statements = sql.split("; ");

            for (int index = 0; index < statements.length - 1; index++) {
                statement.execute(statements[index]);
            }

            try (ResultSet rows = statement.executeQuery(statements[statements.length - 1])) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
