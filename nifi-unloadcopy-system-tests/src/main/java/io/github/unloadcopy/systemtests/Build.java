package io.github.unloadcopy.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Where this project's build has put what the system tests run.
 *
 * @param version version of the project
 * @param project top folder of the project
 * @param target this module's build folder, the only one that anything is written to
 * @param niFiLibraries NiFi's jars and NARs
 * @param bundle the NAR under test
 */
public record Build(String version, Path project, Path target, Path niFiLibraries, Path bundle) {
    private static final Build CURRENT = locate();

    /** The build that this class comes from. */
    public static Build current() {
        return CURRENT;
    }

    /** The folder with the sandbox's jar and libraries. */
    public Path sandbox() {
        return project.resolve("nifi-unloadcopy-sandbox/target");
    }

    /** The flow definition that the bundle is delivered with. */
    public Path exampleFlow() {
        return project.resolve("example-flows/redshift-unload-copy.json");
    }

    private static Build locate() {
        final Properties properties = new Properties();

        try (InputStream stream = Build.class.getResourceAsStream("build.properties")) {
            properties.load(stream);
            // target/classes, or the jar in target
            final Path target = Path.of(Build.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
            final Path project = target.getParent().getParent();
            final String version = properties.getProperty("version");
            final Path niFi = target.resolve("nifi-" + properties.getProperty("nifi.version"));
            return new Build(version, project, target, niFi.resolve("lib"), niFi.resolve("bundle/nifi-unloadcopy-nar-%s.nar".formatted(version)));
        } catch (final IOException exception) {
            throw new UncheckedIOException(exception);
        } catch (final URISyntaxException exception) {
            throw new IllegalStateException(exception);
        }
    }
}
