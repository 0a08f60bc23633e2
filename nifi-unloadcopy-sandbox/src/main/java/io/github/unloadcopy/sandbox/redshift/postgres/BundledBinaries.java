package io.github.unloadcopy.sandbox.redshift.postgres;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Finds PostgreSQL's binaries on the class path. The library's own way refuses to start when the same archive is there twice, as it is when a build has copied the libraries.
 */
final class BundledBinaries implements PgBinaryResolver {

    static final BundledBinaries INSTANCE = new BundledBinaries();

    private BundledBinaries() {
    }

    @Override
    public InputStream getPgBinary(final String system, final String machineHardware) throws IOException {
        final String architecture = machineHardware.equals("aarch64") ? "arm_64" : machineHardware;
        final String archive = ("/postgres-" + system + '-' + architecture + ".txz").toLowerCase(Locale.ROOT);
        final InputStream content = PgBinaryResolver.class.getResourceAsStream(archive);
        if (content == null) {
            throw new IOException("There are no PostgreSQL binaries for " + system + " on " + machineHardware + ": the sandbox runs on Linux and macOS, on x86-64 and ARM64");
        }

        return content;
    }
}
