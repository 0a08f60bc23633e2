package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ClusterProbe;
import io.github.unloadcopy.redshift.ConnectionSettings;
import io.github.unloadcopy.redshift.RedshiftException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Logs in to clusters as the flow's connection pools do: over TLS, with the certificate checked.
 *
 * @param secrets decrypts the passwords
 * @param rootCertificate PEM file of trusted authorities; null for those that Java trusts
 * @param timeoutSeconds how long the login may take
 */
record ClusterLogin(KmsSecretStore secrets, Path rootCertificate, int timeoutSeconds) {
    ClusterProbe open(final ClusterConfig cluster) throws CliException, KmsSecretException, RedshiftException {
        if (rootCertificate != null && !Files.isReadable(rootCertificate)) {
            throw new CliException(ExitStatus.INPUT, "The file of --root-certificate cannot be read: " + rootCertificate);
        }

        final ConnectionSettings settings = new ConnectionSettings(cluster.endpoint(), cluster.port(), cluster.database(), cluster.user(), "verify-full", rootCertificate,
                Duration.ofSeconds(timeoutSeconds), "unloadcopy check-config");

        try (Secret password = secrets.decrypt(cluster.passwordCiphertext(), Map.of())) {
            return ClusterProbe.open(() -> settings.open(password), name(cluster));
        }
    }

    /** What messages call a cluster. */
    static String name(final ClusterConfig cluster) {
        return "%s:%d/%s".formatted(cluster.endpoint(), cluster.port(), cluster.database());
    }
}
