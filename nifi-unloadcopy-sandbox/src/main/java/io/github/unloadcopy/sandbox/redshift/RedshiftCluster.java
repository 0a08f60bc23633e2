package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.redshift.postgres.Journal;
import io.github.unloadcopy.sandbox.redshift.postgres.PostgresServer;
import io.github.unloadcopy.sandbox.redshift.postgres.SystemCatalog;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.RedshiftDialect;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import io.github.unloadcopy.sandbox.redshift.wire.WireServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.net.ssl.SSLContext;

/**
 * One running Redshift cluster on loopback. It is empty when it starts and leaves nothing behind when it is closed, which also happens when the JVM ends.
 */
public final class RedshiftCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedshiftCluster.class);

    private final PostgresServer postgres;
    private final WireServer front;

    /**
     * Starts a cluster and returns when it takes connections, after some seconds.
     *
     * @throws IOException when it does not start
     */
    public RedshiftCluster(final Settings settings) throws IOException {
        Files.createDirectories(settings.workDirectory());
        this.postgres = PostgresServer.start(settings.workDirectory());
        try {
            SystemCatalog.install(postgres, settings.database(), settings.user(), settings.password());
            this.front = openFront(settings, postgres);
        } catch (final SQLException e) {
            postgres.close();
            throw new IOException("The cluster " + settings.name() + " could not be set up: " + e.getMessage(), e);
        } catch (final IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static WireServer openFront(final Settings settings, final PostgresServer postgres) throws IOException {
        final StatementPlanner planner = new StatementPlanner(RedshiftDialect.rewriters());
        final SessionCounters counters = new SessionCounters(postgres.dataDirectory());
        final StatementStore.Cloud cloud = new StatementStore.Cloud(settings.objects(), settings.identities(), settings.region(), settings.defaultRoleArn(),
                settings.clientSideEncryptionRetired());
        final StagedStatements runner = new StagedStatements(cloud, planner, counters, new Journal(postgres), settings.slices());
        return new WireServer(settings.port(), postgres.address(), settings.tls(), planner, runner, processId -> forget(counters, processId));
    }

    private static void forget(final SessionCounters counters, final int processId) {
        try {
            counters.forget(processId);
        } catch (final IOException e) {
            LOG.warn("The counters of a session could not be removed: {}", e.toString());
        }
    }

    /** The address that clients connect to. */
    public String host() {
        return InetAddress.getLoopbackAddress().getHostAddress();
    }

    public int port() {
        return front.port();
    }

    /** Ends every session and stops the database. */
    @Override
    public void close() throws IOException {
        try {
            front.close();
        } finally {
            postgres.close();
        }
    }

    /**
     * What a cluster is made of.
     *
     * @param name for messages
     * @param workDirectory where all of its files go; made when missing
     * @param port 0 for a free one
     * @param user the first user, a superuser
     * @param tls null for a cluster without TLS
     * @param region AWS Region that the cluster says it is in
     * @param slices how many files an UNLOAD writes at once, 1 or more
     * @param defaultRoleArn what {@code IAM_ROLE default} means, or null
     * @param clientSideEncryptionRetired whether UNLOAD and COPY refuse MASTER_SYMMETRIC_KEY, as real clusters do after April 30, 2026
     */
    public record Settings(String name, Path workDirectory, int port, String database, String user, String password, SSLContext tls, ObjectStore objects, Identities identities,
            String region, int slices, String defaultRoleArn, boolean clientSideEncryptionRetired) {

        /** A cluster that still takes MASTER_SYMMETRIC_KEY. */
        public Settings(final String name, final Path workDirectory, final int port, final String database, final String user, final String password, final SSLContext tls,
                final ObjectStore objects, final Identities identities, final String region, final int slices, final String defaultRoleArn) {
            this(name, workDirectory, port, database, user, password, tls, objects, identities, region, slices, defaultRoleArn, false);
        }

        /** Names the cluster only. */
        @Override
        public String toString() {
            return "Settings[name=" + name + "]";
        }
    }
}
