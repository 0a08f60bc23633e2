package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import io.github.unloadcopy.sandbox.s3.FaultyObjectStore;
import io.github.unloadcopy.sandbox.tls.SandboxCertificates;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;

/**
 * One cluster of each isolation level with S3 and KMS beside it, started once for all tests of this JVM and stopped with it. The cluster has two slices and is in us-east-1.
 */
final class TestCluster {

    static final String DATABASE = "dev";
    static final String USER = "awsuser";
    static final int SLICES = 2;
    static final Path CACHE = Path.of("target", "cache");

    private static final Map<IsolationLevel, TestCluster> SHARED = new EnumMap<>(IsolationLevel.class);

    private final Cloud cloud;
    private final S3Client s3;
    private final RedshiftCluster cluster;
    private final Path caFile;
    private final Path workDirectory;
    private final String password = "Aa1" + UUID.randomUUID();

    private TestCluster(final IsolationLevel level) throws IOException {
        cloud = new Cloud();
        s3 = cloud.s3Client();
        final SandboxCertificates certificates = SandboxCertificates.create(Clock.systemUTC());
        workDirectory = Files.createTempDirectory("cluster");
        caFile = Files.writeString(workDirectory.resolve("ca.pem"), certificates.authorityPem());
        cluster = new RedshiftCluster(new RedshiftCluster.Settings("test", Storage.temporary(workDirectory.resolve("redshift"), CACHE), 0, DATABASE, USER, password, certificates.serverContext(),
                new FaultyObjectStore(cloud.s3().objects(), cloud.faults(), "test"), cloud.iam(), Cloud.REGION, SLICES, Role.REDSHIFT_UNLOAD_COPY.arn(), false,
                new StatementFaults(cloud.faults(), "test"), level));
    }

    /** The one with the default level, SNAPSHOT. */
    static TestCluster get() throws IOException {
        return get(IsolationLevel.SNAPSHOT);
    }

    static synchronized TestCluster get(final IsolationLevel level) throws IOException {
        if (!SHARED.containsKey(level)) {
            SHARED.put(level, new TestCluster(level));
        }

        return SHARED.get(level);
    }

    Cloud cloud() {
        return cloud;
    }

    S3Client s3() {
        return s3;
    }

    RedshiftCluster cluster() {
        return cluster;
    }

    int port() {
        return cluster.port();
    }

    Path workDirectory() {
        return workDirectory;
    }

    String password() {
        return password;
    }

    /** A new bucket in the cluster's Region. */
    String bucket() {
        final String bucket = "staging-" + UUID.randomUUID();
        s3.createBucket(request -> request.bucket(bucket));
        return bucket;
    }

    /** Connects with the real driver over TLS, checking the certificate. */
    Connection connect() throws SQLException {
        return connect(USER, password, new Properties());
    }

    Connection connect(final String user, final String userPassword, final Properties more) throws SQLException {
        final Properties properties = new Properties();
        properties.putAll(more);
        properties.setProperty("user", user);
        properties.setProperty("password", userPassword);
        return connect(DATABASE, properties);
    }

    /** Connects to another database as the first user. */
    Connection connect(final String database) throws SQLException {
        final Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        return connect(database, properties);
    }

    private Connection connect(final String database, final Properties properties) throws SQLException {
        return DriverManager.getConnection("jdbc:redshift://" + cluster.host() + ":" + cluster.port() + "/" + database + "?sslmode=verify-full&sslrootcert=" + caFile, properties);
    }
}
