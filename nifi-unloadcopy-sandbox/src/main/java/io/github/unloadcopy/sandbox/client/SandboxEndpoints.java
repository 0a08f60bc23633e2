package io.github.unloadcopy.sandbox.client;

import java.util.List;

/**
 * The ready document: where everything is, and how to get in.
 *
 * @param caFile the certificate of the authority that the clusters' certificates come from, in PEM
 * @param iamRole the ARN of the role that may do all that unloading and copying need
 * @param clusters the one named source first, then the one named target
 * @param control counts of calls, faults on demand and restarts, as JSON over HTTP
 */
public record SandboxEndpoints(String region, String accessKeyId, String secretAccessKey, String caFile, Service s3, Service kms, String iamRole, List<Cluster> clusters, Control control) {

    /** Names the places without the secrets. */
    @Override
    public String toString() {
        return "SandboxEndpoints[" + s3 + ", " + kms + ", " + clusters + "]";
    }

    /** A client for counts of calls, faults and restarts. */
    public SandboxControl controlClient() {
        return new SandboxControl(control);
    }

    /**
     * Finds a cluster.
     *
     * @param name source or target
     */
    public Cluster cluster(final String name) {
        return clusters.stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The sandbox has no cluster " + name + ": it has " + clusters.stream().map(Cluster::name).toList()));
    }

    /**
     * A service over HTTP.
     *
     * @param endpoint its URL
     */
    public record Service(String endpoint) {
    }

    /**
     * The sandbox's control over HTTP, for those who know its token.
     *
     * @param endpoint its URL
     * @param token goes with each request, see {@link #authorization()}; new at each start
     * @param headerFile holds that header, for its owner only: {@code curl -H @FILE} shows the token to no other user of the machine
     */
    public record Control(String endpoint, String token, String headerFile) {

        /** The value of the header Authorization. */
        public String authorization() {
            return "Bearer " + token;
        }

        /** Names the endpoint without the token. */
        @Override
        public String toString() {
            return "Control[" + endpoint + "]";
        }
    }

    /** A Redshift cluster, reached over TLS. */
    public record Cluster(String name, String host, int port, String database, String user, String password) {

        /** For the driver, without user and password; {@code caFile} goes with it as sslrootcert. */
        public String jdbcUrl(final String caFile) {
            return "jdbc:redshift://%s:%d/%s?sslmode=verify-full&sslrootcert=%s".formatted(host, port, database, caFile);
        }

        /** Names the cluster without its password. */
        @Override
        public String toString() {
            return name + " at " + host + ":" + port + "/" + database;
        }
    }
}
