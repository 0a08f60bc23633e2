package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.redshift.RedshiftCluster;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;

/**
 * Starts the sandbox's clusters, each with a database and a password of its own.
 */
final class Clusters {

    private static final String USER = "awsuser";
    private static final String DATABASE = "dev";
    private static final int PASSWORD_BYTES = 12;

    private final SandboxOptions options;
    private final Path workDirectory;
    private final SSLContext tls;
    private final ObjectStore objects;
    private final Identities identities;
    private final Resources resources;
    private final SecureRandom random = new SecureRandom();

    Clusters(final SandboxOptions options, final Path workDirectory, final SSLContext tls, final ObjectStore objects, final Identities identities, final Resources resources) {
        this.options = options;
        this.workDirectory = workDirectory;
        this.tls = tls;
        this.objects = objects;
        this.identities = identities;
        this.resources = resources;
    }

    /**
     * Starts one.
     *
     * @param port 0 for a free one
     * @throws IOException when it does not start
     */
    SandboxEndpoints.Cluster start(final String name, final int port) throws IOException {
        final String password = password();
        final RedshiftCluster cluster = resources.add(new RedshiftCluster(new RedshiftCluster.Settings(name, workDirectory.resolve(name), port, DATABASE, USER, password, tls, objects,
                identities, options.region(), options.slices(), Role.REDSHIFT_UNLOAD_COPY.arn())));
        return new SandboxEndpoints.Cluster(name, cluster.host(), cluster.port(), DATABASE, USER, password);
    }

    /** Redshift wants an upper-case letter, a lower-case one and a digit. */
    private String password() {
        final byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return "Aa1" + HexFormat.of().formatHex(bytes);
    }
}
