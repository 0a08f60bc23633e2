package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The demonstration as a process of its own: what it answers to whoever started it, and what it leaves. */
class DemoIT {
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    @Test
    void reportsWhatHappened() throws Exception {
        final Path reportFile = folder.resolve("report.json");
        // All other tests in NiFi run at the other level.
        final Process demo = start("--scale", "0.001", "--encryption", "client-side", "--isolation", "serializable", "--report", reportFile.toString());

        assertTrue(demo.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS), this::output);
        assertEquals(0, demo.exitValue(), this::output);
        assertTrue(output().contains("All of it holds."), this::output);

        final JsonNode report = new ObjectMapper().readTree(reportFile.toFile());
        assertEquals(List.of("encryption", "scale", "tables", "stagedObjectsLeft", "secretsFoundOnDisk", "migrationSeconds", "totalSeconds"), names(report));
        assertEquals("CLIENT-SIDE", report.path("encryption").asText());
        assertEquals(0.001, report.path("scale").asDouble());
        assertEquals(0, report.path("stagedObjectsLeft").asInt());
        assertEquals(0, report.path("secretsFoundOnDisk").asInt());
        assertTrue(report.path("migrationSeconds").asDouble() > 0);
        assertTrue(report.path("totalSeconds").asDouble() > report.path("migrationSeconds").asDouble());
        assertEquals(9, report.path("tables").size());

        for (final JsonNode table : report.path("tables")) {
            assertEquals(List.of("table", "rowsSource", "rowsUnloaded", "rowsLoaded", "equal", "files", "bytes", "seconds"), names(table));
            assertTrue(table.path("equal").asBoolean());
        }

        assertFalse(Files.exists(workFolder(demo)), "the work folder is gone");
    }

    @Test
    void stopsEverythingWhenTerminated() throws Exception {
        final Process demo = start("--scale", "0.01");
        final List<ProcessHandle> children = new ArrayList<>();
        Await.until(DEADLINE, () -> "NiFi and the sandbox run; " + output(), () -> {
            children.clear();
            demo.descendants().forEach(children::add);
            return Files.exists(workFolder(demo).resolve("nifi/logs/nifi-app.log")) && children.size() > 1 || !demo.isAlive();
        });
        assertTrue(demo.isAlive(), this::output);

        demo.destroy();

        assertTrue(demo.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS), this::output);
        assertEquals(128 + 15, demo.exitValue(), this::output);
        Await.until(Duration.ofSeconds(30), () -> "no process is left: " + children, () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    private Process start(final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"), "-cp", System.getProperty("java.class.path"), Demo.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile()).start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (final IOException exception) {
            return exception.toString();
        }
    }

    private static Path workFolder(final Process demo) {
        return Build.current().target().resolve("demo").resolve(Long.toString(demo.pid()));
    }

    private static List<String> names(final JsonNode node) {
        final List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
