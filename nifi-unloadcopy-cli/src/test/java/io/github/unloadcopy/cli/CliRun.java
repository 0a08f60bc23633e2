package io.github.unloadcopy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/**
 * One run of the real program, in a process of its own.
 *
 * @param status its exit status
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 * @param commandLine what the list of processes showed of it; empty where the system does not tell
 */
record CliRun(int status, String out, String err, String commandLine) {
    private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR");

    /** Runs it against the sandbox. */
    static CliRun of(final String input, final String... arguments) throws IOException, InterruptedException {
        return of(CliSandbox.get().environment(), input, arguments);
    }

    /** Runs it with an environment that holds nothing of AWS but what is given. */
    static CliRun of(final Map<String, String> environment, final String input, final String... arguments) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(command(arguments));
        clean(builder, environment);
        final Process process = builder.start();
        final String commandLine = commandLine(process);
        final CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        final CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));

        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (final IOException e) {
            // A program that refuses its arguments does not wait for its input.
            assertFalse(input.isEmpty(), e.getMessage());
        }

        return new CliRun(process.waitFor(), out.join(), err.join(), commandLine);
    }

    static List<String> command(final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-jar", System.getProperty("unloadcopy.cli.jar")));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The SDK reads many variables, and files of the home folder. */
    static void clean(final ProcessBuilder builder, final Map<String, String> environment) {
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(Map.of("AWS_EC2_METADATA_DISABLED", "true", "AWS_CONFIG_FILE", "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"));
        builder.environment().putAll(environment);
    }

    CliRun requireStatus(final int expected) {
        assertEquals(expected, status, out + err);
        return this;
    }

    /** The document on standard output. */
    JsonNode json() throws JsonProcessingException {
        final JsonNode document = new ObjectMapper().readTree(out);
        assertEquals(status == 0, document.path("ok").asBoolean(), out);
        assertEquals(status, document.path("status").asInt(-1), out);
        return document;
    }

    /** Nothing of a secret is anywhere. */
    CliRun requireSilenceAbout(final String... secrets) {
        for (final String secret : secrets) {
            assertFalse((out + err + commandLine).contains(secret), "A secret shows in " + out + err + commandLine);
        }

        return this;
    }

    private static String commandLine(final Process process) {
        try {
            final Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            return Files.isReadable(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (final IOException e) {
            return "";
        }
    }

    private static String read(final InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
