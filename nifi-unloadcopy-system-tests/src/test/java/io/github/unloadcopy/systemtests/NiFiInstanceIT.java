package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NiFiInstanceIT {
    private static final String ARTIFACT = "nifi-unloadcopy-nar";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static NiFiInstance instance;
    private static NiFiClient client;
    private static List<String> startUpErrors;

    @BeforeAll
    static void start() throws IOException {
        instance = NiFiInstance.launch(Build.current(), folder.resolve("nifi"), Map.of());
        client = instance.awaitReady();
        // Before the tests give components a reason to complain.
        startUpErrors = Files.readAllLines(instance.applicationLog()).stream().filter(line -> line.contains(" ERROR ")).toList();
    }

    @AfterAll
    static void stop() {
        instance.close();
        assertTrue(ProcessHandle.of(instance.pid()).isEmpty(), "the process is gone");
    }

    @Test
    void isTheOldestSupportedVersion() throws IOException {
        assertEquals("2.3.0", client.version());
    }

    @Test
    void loadsEveryComponent() throws IOException {
        assertEquals(Set.of(
                "io.github.unloadcopy.processors.DecryptConfig",
                "io.github.unloadcopy.processors.PurgeS3Prefix",
                "io.github.unloadcopy.processors.RedshiftCopy",
                "io.github.unloadcopy.processors.RedshiftUnload"), client.processorTypes(ARTIFACT));
        assertEquals(Set.of(
                "io.github.unloadcopy.services.RedshiftConnectionPool",
                "io.github.unloadcopy.services.StandardKmsCredentialsService",
                "io.github.unloadcopy.services.StandardMigrationRunService"), client.controllerServiceTypes(ARTIFACT));
    }

    @Test
    void startsWithoutErrors() {
        assertEquals(List.of(), startUpErrors);
    }

    @Test
    void tellsWhyNiFiDidNotStart() throws IOException {
        try (NiFiInstance broken = NiFiInstance.launch(Build.current(), folder.resolve("broken"), Map.of("JDK_JAVA_OPTIONS", "-XX:NoSuchOption"))) {
            final IOException exception = assertThrows(IOException.class, broken::awaitReady);

            assertTrue(exception.getMessage().startsWith("NiFi ended with status 1 while it was starting."), exception.getMessage());
            assertTrue(exception.getMessage().contains("NoSuchOption"), "the last lines of the log: " + exception.getMessage());
        }
    }

    @Test
    void importsTheFlow(@TempDir final Path configurations) throws IOException {
        final ProcessGroup group = client.upload(Build.current().exampleFlow(), "import");
        final Path configuration = Files.writeString(configurations.resolve("config.json"), "{}");

        client.setParameters(group, Map.of("Configuration Location", configuration.toString(), "Region", "us-east-1"));
        client.enableServices(group);
        client.start(group);
        client.stop(group);
        client.disableServices(group);

        for (final JsonNode processor : client.processors(group)) {
            assertEquals("STOPPED", processor.path("component").path("state").asText());
            assertFalse(processor.path("component").path("extensionMissing").asBoolean());
        }

        final NiFiException exception = assertThrows(NiFiException.class, () -> client.setParameters(group, Map.of("No Such Parameter", "x")));
        assertEquals("The parameter context \"Redshift Unload/Copy\" has no parameter [No Such Parameter].", exception.getMessage());
    }

    @Test
    void letsComponentsCheckThemselves() throws IOException {
        final ProcessGroup group = client.upload(Build.current().exampleFlow(), "verify");

        final List<VerificationStep> steps = client.verifyProcessor(group, "Decrypt Config", Map.of());

        assertFalse(steps.isEmpty());
        assertTrue(steps.stream().anyMatch(step -> step.outcome().equals("FAILED")), "without a configuration it cannot work: " + steps);
    }
}
