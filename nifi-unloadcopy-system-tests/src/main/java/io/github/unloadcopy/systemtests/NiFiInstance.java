package io.github.unloadcopy.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A real NiFi in a process of its own, with this project's NAR, on loopback. */
public final class NiFiInstance implements AutoCloseable {
    private static final List<String> CONFIGURATION_FILES = List.of("nifi.properties", "state-management.xml", "logback.xml");
    private static final Duration START_DEADLINE = Duration.ofMinutes(10);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
    private static final int LOG_LINES_SHOWN = 30;
    private static final int SENSITIVE_PROPERTIES_KEY_BYTES = 32;

    /**
     * What differs from instance to instance.
     *
     * @param maximumHeap as for the option -Xmx of java
     * @param properties added to nifi.properties; those that are there already get the new values
     * @param files text of files to be added to the home, or to replace those that are there, by their paths below it
     */
    record Settings(String maximumHeap, Map<String, String> properties, Map<String, String> files) {
        private static final Settings SINGLE = new Settings("1g", Map.of(), Map.of());

        Settings {
            properties = Map.copyOf(properties);
            files = Map.copyOf(files);
        }
    }

    private final Path home;
    private final URI uri;
    private final ProcessBuilder builder;
    private volatile Process process;

    private NiFiInstance(final Path home, final URI uri, final ProcessBuilder builder) throws IOException {
        this.home = home;
        this.uri = uri;
        this.builder = builder;
        this.process = builder.start();
    }

    /**
     * Makes a home folder and launches NiFi in it. {@link #awaitReady()} must follow; it is a step of its own, so that other things can start meanwhile.
     *
     * @param build where NiFi's libraries and the NAR are
     * @param home folder to be made, below the build folder; must not exist yet
     * @param environment added to the environment of the process: the way for AWS credentials, which never stand on a command line
     * @return the instance, whose process runs
     * @throws IOException when a file cannot be written or the process not be started
     */
    public static NiFiInstance launch(final Build build, final Path home, final Map<String, String> environment) throws IOException {
        return launch(build, home, environment, Settings.SINGLE);
    }

    /** As {@link #launch(Build, Path, Map)}, with settings of its own. */
    static NiFiInstance launch(final Build build, final Path home, final Map<String, String> environment, final Settings settings) throws IOException {
        final int webPort = freePort();
        final int managementPort = freePort();
        prepareHome(build, home, webPort, settings);

        final ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + settings.maximumHeap(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                "-Djava.awt.headless=true",
                "-Dnifi.properties.file.path=conf/nifi.properties",
                "-Dorg.apache.nifi.bootstrap.config.log.dir=logs",
                "-Dorg.apache.nifi.management.server.address=127.0.0.1:" + managementPort,
                "--enable-native-access=ALL-UNNAMED",
                "-cp", "conf:" + build.niFiLibraries() + "/*",
                "org.apache.nifi.NiFi");
        // Whatever AWS account the user of this machine has is not for the tests.
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        builder.environment().put("AWS_CONFIG_FILE", home.resolve("conf/no-aws-config").toString());
        builder.environment().put("AWS_SHARED_CREDENTIALS_FILE", home.resolve("conf/no-aws-credentials").toString());
        builder.environment().putAll(environment);
        builder.directory(home.toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(consoleLog(home).toFile());

        return new NiFiInstance(home, URI.create("http://127.0.0.1:%d".formatted(webPort)), builder);
    }

    /**
     * Waits until the REST API answers, which is when all extensions are loaded.
     *
     * @return a client of this instance
     * @throws IOException when NiFi ended or is not ready within ten minutes; the message ends with its last log lines
     */
    public NiFiClient awaitReady() throws IOException {
        final NiFiClient client = new NiFiClient(uri);

        try {
            Await.until(START_DEADLINE, () -> "NiFi answers at " + uri, () -> {
                if (!process.isAlive()) {
                    throw new IOException("NiFi ended with status %d while it was starting.".formatted(process.exitValue()));
                }

                return client.isReady();
            });
            return client;
        } catch (final Exception exception) {
            if (exception instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }

            throw new IOException("%s%n%s".formatted(exception.getMessage(), lastLogLines()), exception);
        }
    }

    /** Stops NiFi and launches it again with all that it has written. {@link #awaitReady()} must follow; clients stay good. */
    public void restart() throws IOException {
        close();
        process = builder.start();
    }

    /** Kills NiFi, as kill -9 does, and launches it again with all that it has written. {@link #awaitReady()} must follow; clients stay good. */
    public void killAndRestart() throws IOException {
        kill();
        process = builder.start();
    }

    /** Kills NiFi, as kill -9 does, and returns when the process is gone. {@link #restart()} launches it again. */
    void kill() throws IOException {
        process.destroyForcibly();

        try {
            process.waitFor();
        } catch (final InterruptedException exception) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while NiFi was killed", exception);
        }
    }

    /** Port of the user interface and of the REST API. */
    int webPort() {
        return uri.getPort();
    }

    /** Where the user interface is. */
    public URI userInterface() {
        return uri.resolve("/nifi");
    }

    /** The folder that holds everything this instance writes. */
    public Path home() {
        return home;
    }

    /** NiFi's own log. */
    public Path applicationLog() {
        return home.resolve("logs/nifi-app.log");
    }

    /** Id of the process. */
    public long pid() {
        return process.pid();
    }

    /** Stops NiFi, by force after 20 s, and returns when the process is gone. */
    @Override
    public void close() {
        process.destroy();

        try {
            if (!process.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (final InterruptedException exception) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void prepareHome(final Build build, final Path home, final int webPort, final Settings settings) throws IOException {
        if (!Files.isRegularFile(build.bundle()) || !Files.isDirectory(build.niFiLibraries())) {
            throw new IOException("%s or %s is missing: build the project with ./mvnw package first.".formatted(build.bundle(), build.niFiLibraries()));
        }

        for (final String folder : List.of("conf", "extensions", "logs", "tmp")) {
            Files.createDirectories(home.resolve(folder));
        }

        for (final String name : CONFIGURATION_FILES) {
            try (InputStream resource = NiFiInstance.class.getResourceAsStream("/nifi/conf/" + name)) {
                Files.copy(resource, home.resolve("conf").resolve(name));
            }
        }

        for (final Map.Entry<String, String> file : settings.files().entrySet()) {
            final Path path = home.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }

        writeProperties(home.resolve("conf/nifi.properties"), build, webPort, settings.properties());
        Files.copy(build.bundle(), home.resolve("extensions").resolve(build.bundle().getFileName()));
    }

    /** NiFi does not start when a property has two values, so all of them are written anew. */
    private static void writeProperties(final Path file, final Build build, final int webPort, final Map<String, String> others) throws IOException {
        final Properties properties = new Properties();

        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }

        final byte[] sensitivePropertiesKey = new byte[SENSITIVE_PROPERTIES_KEY_BYTES];
        new SecureRandom().nextBytes(sensitivePropertiesKey);
        properties.setProperty("nifi.nar.library.directory", build.niFiLibraries().toString());
        properties.setProperty("nifi.web.http.port", Integer.toString(webPort));
        properties.setProperty("nifi.sensitive.props.key", HexFormat.of().formatHex(sensitivePropertiesKey));
        properties.putAll(others);

        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
    }

    /** A port of loopback that nothing listens on at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path consoleLog(final Path home) {
        return home.resolve("logs/nifi-console.log");
    }

    private String lastLogLines() throws IOException {
        final StringBuilder text = new StringBuilder();

        for (final Path file : List.of(applicationLog(), consoleLog(home))) {
            if (Files.exists(file)) {
                final List<String> lines = Files.readAllLines(file);
                text.append("The last lines of ").append(file).append(":\n");
                text.append(String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()))).append('\n');
            }
        }

        return text.toString();
    }
}
