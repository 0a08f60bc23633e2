package io.github.unloadcopy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The command as a process of its own: what it prints, and what it leaves behind. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SandboxCommandIT {

    @TempDir
    private Path folder;

    private Path work;

    @Test
    void readyDocumentSaysWhereEverythingIs() throws Exception {
        final Process process = start("--json", "--stop-on-stdin-close", "--region=eu-central-1", "--isolation=serializable");
        try (BufferedReader output = process.inputReader()) {
            final JsonNode document = new ObjectMapper().readTree(output.readLine());
            assertEquals(List.of("region", "accessKeyId", "secretAccessKey", "caFile", "s3", "kms", "iamRole", "clusters", "control"), names(document));
            assertEquals("eu-central-1", document.path("region").textValue());
            assertEquals("arn:aws:iam::000000000000:role/RedshiftUnloadCopy", document.path("iamRole").textValue());
            assertEquals(List.of("source", "target"), document.path("clusters").findValuesAsText("name"));
            assertEquals(List.of("name", "host", "port", "database", "user", "password"), names(document.path("clusters").path(0)));
            assertNotEquals(document.path("clusters").path(0).path("password"), document.path("clusters").path(1).path("password"));
            assertTrue(Files.readString(Path.of(document.path("caFile").textValue())).startsWith("-----BEGIN CERTIFICATE-----"));
            for (final JsonNode cluster : document.path("clusters")) {
                assertEquals("Serializable", isolationLevel(cluster, document.path("caFile").textValue()));
            }

            process.getOutputStream().close();
            assertEquals(null, output.readLine());
        }

        assertEquals(0, process.waitFor());
        assertNothingIsLeft();
    }

    private static String isolationLevel(final JsonNode cluster, final String caFile) throws SQLException {
        final String url = "jdbc:redshift://%s:%d/dev?sslmode=verify-full&sslrootcert=%s".formatted(cluster.path("host").textValue(), cluster.path("port").intValue(), caFile);
        try (Connection connection = DriverManager.getConnection(url, cluster.path("user").textValue(), cluster.path("password").textValue());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT trim(isolation_level) FROM stv_db_isolation_level WHERE db_name = 'dev'")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void textHasLinesToPaste() throws Exception {
        final Process process = start("--stop-on-stdin-close");
        try (BufferedReader output = process.inputReader()) {
            final List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); !line.startsWith("The file has the control's token"); line = output.readLine()) {
                lines.add(line);
            }

            final String text = String.join("\n", lines);
            assertTrue(text.contains("  export AWS_ENDPOINT_URL_KMS='http://127.0.0.1:"), text);
            assertEquals(2, lines.stream().filter(line -> line.matches("  jdbc:redshift://127\\.0\\.0\\.1:\\d+/dev\\?sslmode=verify-full&sslrootcert=.*/ca\\.pem")).count(), text);
            assertEquals(2, lines.stream().filter(line -> line.matches("  psql 'host=127.0.0.1 port=\\d+ dbname=dev user=awsuser sslmode=verify-full sslrootcert=.*'")).count(), text);
            assertEquals("401", run(value(lines, "  (CONTROL=.*)") + "; curl -s -o /dev/null -w %{http_code} $CONTROL/"));
            final String listed = run(value(lines, "  (CONTROL=.*)") + "; " + value(lines, "  (curl -H .*)"));
            assertTrue(listed.startsWith("{\"routes\":"), listed);
            assertEquals(2, lines.stream().filter(line -> line.matches("  export PGPASSWORD='.*'")).count(), text);
            process.getOutputStream().close();
        }

        assertEquals(0, process.waitFor());
        assertNothingIsLeft();
    }

    @Test
    void signalStopsIt() throws Exception {
        final Process process = start("--json");
        try (BufferedReader output = process.inputReader()) {
            assertTrue(output.readLine().startsWith("{"));
            process.destroy();
            assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        }

        assertNothingIsLeft();
    }

    @Test
    void signalStopsItWhileItStarts() throws Exception {
        final Process process = start("--json");
        await(() -> Files.isDirectory(work.resolve("source")));
        process.destroy();
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));

        assertNothingIsLeft();
    }

    @Test
    void folderInUseIsRefused() throws Exception {
        work = Files.createDirectory(folder.resolve("in-use"));
        Files.writeString(work.resolve("precious"), "mine");
        final Process process = launch(work, "--json");
        try (BufferedReader errors = process.errorReader()) {
            final String message = errors.lines().collect(Collectors.joining("\n"));
            assertTrue(message.contains("is not empty"), message);
        }

        assertEquals(1, process.waitFor());
        assertEquals("mine", Files.readString(work.resolve("precious")));
    }

    @Test
    void takenPortIsNamedInOneLine() throws Exception {
        work = folder.resolve("work");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Process process = launch(work, "--target-port=" + taken.getLocalPort());
            try (BufferedReader errors = process.errorReader()) {
                assertEquals(List.of("The sandbox did not run: port " + taken.getLocalPort()
                        + " is taken, so --target-port has to be another one; without that option, the sandbox takes a free one."), errors.lines().toList());
            }

            assertEquals(1, process.waitFor());
        }

        assertFalse(Files.exists(work));
    }

    @Test
    void wrongOptionIsRefused() throws Exception {
        work = folder.resolve("work");
        final Process process = launch(work, "--slices=0");
        try (BufferedReader errors = process.errorReader()) {
            final String message = errors.lines().collect(Collectors.joining("\n"));
            assertTrue(message.contains("The number of slices must be from 1 to 64, not 0."), message);
        }

        assertNotEquals(0, process.waitFor());
        assertFalse(Files.exists(work));
    }

    private Process start(final String... options) throws IOException {
        work = folder.resolve("work");
        return launch(work, options);
    }

    private Process launch(final Path workFolder, final String... options) throws IOException {
        final Path temporary = Files.createDirectories(folder.resolve("tmp"));
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary, "-cp", "target/classes" + File.pathSeparator + "target/lib/*", SandboxCommand.class.getName(), "--work-dir=" + workFolder));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).start();
    }

    private void assertNothingIsLeft() throws IOException {
        assertFalse(Files.exists(work));
        try (Stream<Path> files = Files.list(folder.resolve("tmp"))) {
            assertEquals(List.of(), files.toList());
        }

        assertEquals(List.of(), ProcessHandle.allProcesses().filter(process -> commandLine(process).contains(folder.toString())).toList());
    }

    /** ProcessHandle does not show the arguments of processes that change them, as PostgreSQL's do: the kernel does. */
    private static String commandLine(final ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (final IOException e) {
            return process.info().commandLine().orElse("");
        }
    }

    private static String value(final List<String> lines, final String pattern) {
        return lines.stream().map(Pattern.compile(pattern)::matcher).filter(Matcher::matches).map(match -> match.group(1)).findFirst().orElseThrow();
    }

    /** What a line that is to be pasted into a shell prints. */
    private static String run(final String line) throws IOException, InterruptedException {
        final Process shell = new ProcessBuilder("sh", "-c", line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = shell.inputReader()) {
            final String printed = output.lines().collect(Collectors.joining("\n"));
            assertEquals(0, shell.waitFor());
            return printed;
        }
    }

    private static List<String> names(final JsonNode object) {
        return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false).toList();
    }

    private static void await(final BooleanSupplier condition) {
        final long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "It did not happen within a minute.");
            Thread.onSpinWait();
        }
    }
}
