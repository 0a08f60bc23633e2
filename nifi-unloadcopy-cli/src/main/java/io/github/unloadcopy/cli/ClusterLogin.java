package io.github.unloadcopy.cli;

import com.amazon.redshift.Driver;
import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ClusterProbe;
import io.github.unloadcopy.redshift.RedshiftException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * Logs in to clusters as the flow's connection pools do: over TLS, with the certificate checked.
 *
 * @param secrets decrypts the passwords
 * @param rootCertificate PEM file of trusted authorities; null for those that Java trusts
 * @param timeoutSeconds how long the login may take
 */
record ClusterLogin(KmsSecretStore secrets, Path rootCertificate, int timeoutSeconds) {
    ClusterProbe open(final ClusterConfig cluster) throws CliException, KmsSecretException, RedshiftException {
        final Properties properties = new Properties();
        properties.setProperty("user", cluster.user());
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("loginTimeout", Integer.toString(Math.max(1, timeoutSeconds)));
        properties.setProperty("ApplicationName", "unloadcopy check-config");

        if (rootCertificate != null) {
            if (!Files.isReadable(rootCertificate)) {
                throw new CliException(ExitStatus.INPUT, "The file of --root-certificate cannot be read: " + rootCertificate);
            }

            properties.setProperty("sslrootcert", rootCertificate.toAbsolutePath().toString());
        }

        try (Secret password = secrets.decrypt(cluster.passwordCiphertext(), Map.of())) {
            properties.setProperty("password", password.text());
            return ClusterProbe.open(() -> new Driver().connect("jdbc:redshift://%s:%d/%s".formatted(cluster.endpoint(), cluster.port(), cluster.database()), properties), name(cluster));
        } finally {
            properties.remove("password");
        }
    }

    /** What messages call a cluster. */
    static String name(final ClusterConfig cluster) {
        return "%s:%d/%s".formatted(cluster.endpoint(), cluster.port(), cluster.database());
    }
}
