package io.github.unloadcopy.sandbox.redshift.postgres;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.Locale;

/**
 * Finds PostgreSQL's binaries on the class path. The library's own way refuses to start when the same archive is there twice, as it is when a build has copied the libraries.
 */
final class BundledBinaries implements PgBinaryResolver {

    static final BundledBinaries INSTANCE = new BundledBinaries();

    private BundledBinaries() {
    }

    /** What tells these binaries from others: the checksum of their archive, which the jar has at hand. */
    static String version() throws IOException {
        final String system = System.getProperty("os.name").startsWith("Mac") ? "Darwin" : "Linux";
        final URL archive = PgBinaryResolver.class.getResource(archive(system, System.getProperty("os.arch").replace("amd64", "x86_64")));
        if (archive != null && archive.openConnection() instanceof final JarURLConnection jar) {
            return Long.toHexString(jar.getJarEntry().getCrc());
        }

        return "unknown";
    }

    @Override
    public InputStream getPgBinary(final String system, final String machineHardware) throws IOException {
        final InputStream content = PgBinaryResolver.class.getResourceAsStream(archive(system, machineHardware));
        if (content == null) {
            throw new IOException("There are no PostgreSQL binaries for " + system + " on " + machineHardware + ": the sandbox runs on Linux and macOS, on x86-64 and ARM64");
        }

        return content;
    }

    private static String archive(final String system, final String machineHardware) {
        final String architecture = machineHardware.equals("aarch64") ? "arm_64" : machineHardware;
        return ("/postgres-" + system + '-' + architecture + ".txz").toLowerCase(Locale.ROOT);
    }
}
