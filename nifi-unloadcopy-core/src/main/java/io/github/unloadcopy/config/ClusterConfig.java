package io.github.unloadcopy.config;

/**
 * How a cluster is reached.
 *
 * @param endpoint host name
 * @param port TCP port, 1 to 65535
 * @param database name of the database
 * @param user user to log in as
 * @param passwordCiphertext password, encrypted with KMS, base64
 */
public record ClusterConfig(String endpoint, int port, String database, String user, String passwordCiphertext) {
}
