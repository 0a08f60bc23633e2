package io.github.unloadcopy.sandbox.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A sandbox in a JVM of its own, which ends with this one however this one ends.
 *
 * <p>It needs the JDK and Jackson's databind on the class path, and none of the sandbox's other libraries: those are found beside the sandbox's jar or classes.
 */
public final class SandboxProcess implements AutoCloseable {

    /** System property: the folder that holds the sandbox's jar and its {@code lib} folder, where they are not beside this class. */
    public static final String HOME_PROPERTY = "unloadcopy.sandbox.home";

    private static final String MAIN_CLASS = "io.github.unloadcopy.sandbox.SandboxCommand";
    private static final String BUILD_COMMAND = "./mvnw -pl nifi-unloadcopy-sandbox -am -DskipTests package";
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final Process process;
    private final LastLines log;
    private final Thread outputReader;
    private final SandboxEndpoints endpoints;

    private SandboxProcess(final Process process, final LastLines log, final Thread outputReader, final SandboxEndpoints endpoints) {
        this.process = process;
        this.log = log;
        this.outputReader = outputReader;
        this.endpoints = endpoints;
    }

    /** Starts with defaults. */
    public static SandboxProcess start() throws IOException {
        return start(Settings.defaults());
    }

    /**
     * Starts a sandbox and waits until it is ready.
     *
     * @throws IOException when the sandbox is not built, does not become ready in time, or ends before; the message has its last words
     */
    public static SandboxProcess start(final Settings settings) throws IOException {
        Files.createDirectories(settings.temporaryFolder());
        final Process process = new ProcessBuilder(command(settings)).redirectInput(ProcessBuilder.Redirect.PIPE).start();
        final LastLines log = LastLines.of(process.getErrorStream(), settings.logFile());
        final CompletableFuture<String> firstLine = new CompletableFuture<>();
        final Thread outputReader = Thread.ofPlatform().daemon().name("sandbox-stdout").start(() -> drain(process, firstLine));
        try {
            final String document = firstLine.get(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
            if (document == null) {
                log.awaitEnd(STOP_TIMEOUT);
                throw new IOException("The sandbox ended before it was ready, with " + exitCode(process) + ": " + log.text());
            }

            final SandboxEndpoints endpoints = new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).readValue(document, SandboxEndpoints.class);
            return new SandboxProcess(process, log, outputReader, endpoints);
        } catch (final JsonProcessingException e) {
            stop(process);
            // Without the cause, whose message would quote the document and its secrets.
            throw new IOException("The sandbox's first line is no ready document: is something else on its class path? " + log.text());
        } catch (final TimeoutException e) {
            stop(process);
            throw new IOException("The sandbox was not ready within " + settings.startTimeout().toSeconds() + " s: " + log.text(), e);
        } catch (final ExecutionException e) {
            stop(process);
            throw new IOException("The sandbox's output could not be read: " + log.text(), e.getCause());
        } catch (final InterruptedException e) {
            stop(process);
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while the sandbox was starting", e);
        } catch (final IOException e) {
            stop(process);
            throw e;
        }
    }

    /** Where everything is. */
    public SandboxEndpoints endpoints() {
        return endpoints;
    }

    /** The process id of the sandbox. */
    public long pid() {
        return process.pid();
    }

    /** The sandbox's last words on standard error. */
    public String log() {
        return log.text();
    }

    /** Stops the sandbox and waits for it; ends it by force when it takes longer than 20 seconds. */
    @Override
    public void close() {
        stop(process);
        try {
            outputReader.join(STOP_TIMEOUT.toMillis());
            log.awaitEnd(STOP_TIMEOUT);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> command(final Settings settings) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + settings.maximumHeap(),
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + settings.temporaryFolder().toAbsolutePath()));
        command.addAll(program());
        command.addAll(List.of("--json", "--stop-on-stdin-close"));
        command.addAll(settings.arguments());
        return command;
    }

    private static List<String> program() throws IOException {
        final String home = System.getProperty(HOME_PROPERTY);
        final Path origin = home == null ? origin() : jarIn(Path.of(home));
        final Path libraries = origin.resolveSibling("lib");
        if (!Files.isDirectory(libraries)) {
            throw new IOException("The sandbox is not built: there is no folder " + libraries.toAbsolutePath() + ". Run `" + BUILD_COMMAND + "` in the project's folder, or set the system property "
                    + HOME_PROPERTY + " to the folder that holds its jar and lib.");
        }

        return Files.isDirectory(origin)
                ? List.of("-cp", origin + File.pathSeparator + libraries + File.separator + "*", MAIN_CLASS)
                : List.of("-jar", origin.toString());
    }

    private static Path origin() throws IOException {
        try {
            return Path.of(SandboxProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IOException("The sandbox cannot tell where its classes are: set the system property " + HOME_PROPERTY, e);
        }
    }

    private static Path jarIn(final Path home) throws IOException {
        final List<Path> jars;
        try (Stream<Path> files = Files.list(home)) {
            jars = files.filter(file -> file.getFileName().toString().matches("nifi-unloadcopy-sandbox-.*(?<!-tests|-sources|-javadoc)\\.jar")).toList();
        }

        if (jars.size() != 1) {
            throw new IOException(HOME_PROPERTY + " must name a folder with one nifi-unloadcopy-sandbox jar: " + home.toAbsolutePath() + " has " + jars.size() + ". Run `" + BUILD_COMMAND
                    + "` in the project's folder and name its nifi-unloadcopy-sandbox/target.");
        }

        return jars.getFirst();
    }

    private static void drain(final Process process, final CompletableFuture<String> firstLine) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            firstLine.complete(line);
            while (line != null) {
                line = reader.readLine();
            }
        } catch (final IOException e) {
            firstLine.completeExceptionally(e);
        }
    }

    private static String exitCode(final Process process) throws InterruptedException {
        return process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS) ? "exit code " + process.exitValue() : "no exit code yet";
    }

    private static void stop(final Process process) {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroy();
                if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (final IOException e) {
            process.destroy();
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * How to start.
     *
     * @param maximumHeap as after {@code -Xmx}, such as 1g
     * @param temporaryFolder the sandbox's java.io.tmpdir; its work folder is below it, unless the arguments say otherwise
     * @param logFile where the sandbox's standard error goes, null to keep its last lines only
     * @param startTimeout how long to wait until it is ready
     * @param arguments more options of its command line, such as {@code --slices=4}
     */
    public record Settings(String maximumHeap, Path temporaryFolder, Path logFile, Duration startTimeout, List<String> arguments) {

        public Settings {
            arguments = List.copyOf(arguments);
        }

        /** 1 GB of heap, this JVM's folder for temporary files, no log file, one minute. */
        public static Settings defaults() {
            return new Settings("1g", Path.of(System.getProperty("java.io.tmpdir")), null, Duration.ofMinutes(1), List.of());
        }

        public Settings withMaximumHeap(final String value) {
            return new Settings(value, temporaryFolder, logFile, startTimeout, arguments);
        }

        public Settings withTemporaryFolder(final Path value) {
            return new Settings(maximumHeap, value, logFile, startTimeout, arguments);
        }

        public Settings withLogFile(final Path value) {
            return new Settings(maximumHeap, temporaryFolder, value, startTimeout, arguments);
        }

        public Settings withArguments(final String... values) {
            return new Settings(maximumHeap, temporaryFolder, logFile, startTimeout, List.of(values));
        }
    }
}
