package io.github.unloadcopy.sandbox.client;

import io.github.unloadcopy.sandbox.LastSocketFactory;
import io.github.unloadcopy.sandbox.faults.Chance;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.FaultRule;
import io.github.unloadcopy.sandbox.faults.Match;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SandboxProcessIT {

    @TempDir
    private Path folder;

    @Test
    void startsAndLeavesNothing() throws Exception {
        final long pid;
        try (SandboxProcess sandbox = SandboxProcess.start(settings())) {
            pid = sandbox.pid();
            final SandboxEndpoints endpoints = sandbox.endpoints();
            assertEquals("us-east-1", endpoints.region());
            assertEquals("8.0.2", serverVersion(endpoints.cluster("source"), endpoints.caFile()));
            assertEquals("8.0.2", serverVersion(endpoints.cluster("target"), endpoints.caFile()));
            assertEquals("{}", get(endpoints.control(), "/calls"));
            assertFalse(endpoints.control().toString().contains(endpoints.control().token()));
            assertFalse(endpoints.toString().contains(endpoints.secretAccessKey()));
            assertFalse(endpoints.toString().contains(endpoints.cluster("source").password()));
        }

        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
            assertEquals(List.of(), files.toList());
        }

        assertEquals("", Files.readString(folder.resolve("sandbox.log")));
    }

    @Test
    void whetherStatementsOutliveTheirClientsIsChosen() throws Exception {
        try (SandboxProcess sandbox = SandboxProcess.start(settings().withArguments("--no-statements-outlive-clients"))) {
            final SandboxControl control = sandbox.endpoints().controlClient();
            final SandboxEndpoints.Cluster cluster = sandbox.endpoints().cluster("source");
            control.add(new FaultRule(Match.statement("UNLOAD"), Chance.always(), Effect.hang()));
            try (Connection watching = connect(cluster, sandbox.endpoints().caFile()); Statement statement = watching.createStatement()) {
                leave(cluster, sandbox.endpoints().caFile(), statement, "first");
                await(statement, "first", "canceled' AND error_message LIKE '%its client has disconnected%");
                control.setStatementsOutliveClients("source", true);
                leave(cluster, sandbox.endpoints().caFile(), statement, "second");
                statement.execute("SELECT pg_cancel_backend(session_id) FROM sys_query_history WHERE status = 'running'");
                await(statement, "second", "canceled' AND error_message LIKE '%on user%s request%");
            }

            assertThrows(IllegalArgumentException.class, () -> control.setStatementsOutliveClients("nothing", true));
        }
    }

    @Test
    void clustersAreTwoAndWhetherColumnsObeyExtraFloatDigitsIsChosen() throws Exception {
        try (SandboxProcess sandbox = SandboxProcess.start(settings().withArguments("--no-extra-float-digits"))) {
            final SandboxEndpoints.Cluster cluster = sandbox.endpoints().cluster("source");
            try (Connection connection = connect(cluster, sandbox.endpoints().caFile()); Statement statement = connection.createStatement()) {
                statement.execute("SET extra_float_digits TO 2");
                statement.execute("CREATE TABLE floats AS SELECT 0.30000000000000004::float8 AS d");
                assertTrue(has(statement, "SELECT 1 FROM floats WHERE d::varchar = '0.3'"));
                sandbox.endpoints().controlClient().setExtraFloatDigits("source", true);
                assertFalse(has(statement, "SELECT 1 FROM floats WHERE d::varchar = '0.3'"));
            }

            assertNotEquals(namespace(sandbox, "source"), namespace(sandbox, "target"));
        }
    }

    private static String namespace(final SandboxProcess sandbox, final String name) throws SQLException {
        try (Connection connection = connect(sandbox.endpoints().cluster(name), sandbox.endpoints().caFile()); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT current_namespace")) {
            result.next();
            return result.getString(1);
        }
    }

    private static boolean has(final Statement statement, final String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            return result.next();
        }
    }

    /** Begins an UNLOAD and takes its client away. */
    private static void leave(final SandboxEndpoints.Cluster cluster, final String caFile, final Statement watching, final String label) throws Exception {
        final Properties properties = LastSocketFactory.properties();
        properties.setProperty("user", cluster.user());
        properties.setProperty("password", cluster.password());
        final Connection leaving = DriverManager.getConnection(cluster.jdbcUrl(caFile), properties);
        final Statement statement = leaving.createStatement();
        statement.execute("SET query_group TO '" + label + "'");
        final FutureTask<Boolean> unload = new FutureTask<>(() -> statement.execute("UNLOAD ('SELECT 1') TO 's3://nowhere/' IAM_ROLE default"));
        Thread.ofVirtual().start(unload);
        await(watching, label, "running");
        LastSocketFactory.last().close();
        assertThrows(ExecutionException.class, unload::get);
    }

    private static void await(final Statement statement, final String label, final String status) throws SQLException {
        boolean found = false;
        while (!found) {
            try (ResultSet rows = statement.executeQuery("SELECT 1 FROM sys_query_history WHERE query_label = '" + label + "' AND status = '" + status + "'")) {
                found = rows.next();
            }
        }
    }

    @Test
    void failureSaysWhatTheSandboxSaid() {
        final IOException failure = assertThrows(IOException.class, () -> SandboxProcess.start(settings().withArguments("--region=us-east-1", "--slices=1000")));

        assertTrue(failure.getMessage().contains("The number of slices must be from 1 to 64, not 1000."), failure::getMessage);
    }

    @Test
    void endsWithItsParent() throws Exception {
        final Process parent = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-Djava.io.tmpdir=" + folder.resolve("tmp"),
                "-cp", "target/classes" + File.pathSeparator + "target/test-classes" + File.pathSeparator + "target/lib/*", SandboxParent.class.getName()).start();
        final long child = Long.parseLong(parent.inputReader().readLine());
        final ProcessHandle sandbox = ProcessHandle.of(child).orElseThrow();
        parent.destroyForcibly();

        sandbox.onExit().get(1, TimeUnit.MINUTES);
        try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void missingHomeNamesTheCommandThatBuildsIt() {
        System.setProperty(SandboxProcess.HOME_PROPERTY, folder.toString());
        try {
            final IOException failure = assertThrows(IOException.class, () -> SandboxProcess.start(settings()));
            assertTrue(failure.getMessage().contains("./mvnw -pl nifi-unloadcopy-sandbox -am -DskipTests package"), failure::getMessage);
        } finally {
            System.clearProperty(SandboxProcess.HOME_PROPERTY);
        }
    }

    private SandboxProcess.Settings settings() {
        return SandboxProcess.Settings.defaults().withMaximumHeap("512m").withTemporaryFolder(folder.resolve("tmp")).withLogFile(folder.resolve("sandbox.log"));
    }

    private static Connection connect(final SandboxEndpoints.Cluster cluster, final String caFile) throws SQLException {
        return DriverManager.getConnection(cluster.jdbcUrl(caFile), cluster.user(), cluster.password());
    }

    private static String serverVersion(final SandboxEndpoints.Cluster cluster, final String caFile) throws SQLException {
        try (Connection connection = connect(cluster, caFile);
                Statement statement = connection.createStatement();
                ResultSet one = statement.executeQuery("SELECT 1")) {
            assertTrue(one.next());
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private static String get(final SandboxEndpoints.Control control, final String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(control.endpoint() + path)).header("Authorization", control.authorization()).build(), HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
