package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.files.SecretFile;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.postgres.FloatOutput;
import io.github.unloadcopy.sandbox.redshift.postgres.Installation;
import io.github.unloadcopy.sandbox.redshift.postgres.Isolation;
import io.github.unloadcopy.sandbox.redshift.postgres.Journal;
import io.github.unloadcopy.sandbox.redshift.postgres.KeptNames;
import io.github.unloadcopy.sandbox.redshift.postgres.PostgresServer;
import io.github.unloadcopy.sandbox.redshift.postgres.QueryHistory;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import io.github.unloadcopy.sandbox.redshift.postgres.SystemCatalog;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.RedshiftDialect;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import io.github.unloadcopy.sandbox.redshift.wire.WireServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;

/**
 * One running Redshift cluster on loopback. It is empty when it starts and leaves nothing behind when it is closed, unless its data is kept; it is closed when the JVM ends, too.
 */
public final class RedshiftCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedshiftCluster.class);

    private static final String MAINTENANCE_DATABASE = "postgres";
    /** A cluster whose data was kept goes on with numbers that no journal has yet, as long as there is no more than one statement per second. */
    private static final long FIRST_QUERY_ID = 1000;

    private final PostgresServer postgres;
    private final WireServer front;
    private final AtomicBoolean extraFloatDigits = new AtomicBoolean(true);

    /**
     * Starts a cluster and returns when it takes connections, after some seconds.
     *
     * @throws IOException when it does not start
     */
    public RedshiftCluster(final Settings settings) throws IOException {
        SecretFile.folder(settings.storage().folder());
        final Installation installation = new Installation(settings.storage());
        final boolean isNew = installation.isMissing();
        this.postgres = PostgresServer.start(settings.storage());
        try {
            if (isNew) {
                SystemCatalog.install(postgres, settings.database(), settings.user(), settings.password());
                installation.finished();
            }

            Isolation.apply(postgres, settings.isolation());
            this.front = openFront(settings, postgres, isNew, extraFloatDigits::get);
        } catch (final SQLException e) {
            postgres.close();
            throw new IOException("The cluster " + settings.name() + " could not be set up: " + e.getMessage(), e);
        } catch (final IOException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static WireServer openFront(final Settings settings, final PostgresServer postgres, final boolean isNew, final BooleanSupplier storedFloatsObey) throws IOException, SQLException {
        final StatementPlanner planner = new StatementPlanner(RedshiftDialect.rewriters(storedFloatsObey));
        if (!isNew) {
            KeptNames.addTo(planner, postgres);
        }

        final SessionCounters counters = new SessionCounters(postgres.dataDirectory());
        final StatementStore.Cloud cloud = new StatementStore.Cloud(settings.objects(), settings.identities(), settings.region(), settings.defaultRoleArn(),
                settings.clientSideEncryptionRetired());
        final StagedStatements runner = new StagedStatements(cloud, planner, counters, new Journal(postgres), new QueryHistory(postgres.dataDirectory()), settings.slices(),
                isNew ? FIRST_QUERY_ID : Instant.now().getEpochSecond(), settings.storage().folder());
        return new WireServer(WireServer.Settings.defaults(settings.port(), settings.faults()), postgres.address(), settings.tls(), planner, runner, processId -> forget(counters, processId));
    }

    private static void forget(final SessionCounters counters, final int processId) {
        try {
            counters.forget(processId);
        } catch (final IOException e) {
            LOG.warn("The counters of a session could not be removed: {}", e.toString());
        }
    }

    /** Connects to the PostgreSQL behind it as its superuser, which no client can. */
    Connection connectBehind(final String database) throws SQLException {
        return postgres.connect(database);
    }

    /** The address that clients connect to. */
    public String host() {
        return InetAddress.getLoopbackAddress().getHostAddress();
    }

    public int port() {
        return front.port();
    }

    /**
     * Ends every session as a reboot does, with SQLSTATE 57P01; open transactions are rolled back.
     *
     * @throws IOException when the database has gone
     */
    public void restart() throws IOException {
        final List<Integer> processIds = front.endSessions(new SqlError(SqlError.ADMIN_SHUTDOWN, "terminating connection due to administrator command"));
        try (Connection connection = postgres.connect(MAINTENANCE_DATABASE);
                PreparedStatement terminate = connection.prepareStatement("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = ANY(?)")) {
            terminate.setArray(1, connection.createArrayOf("int4", processIds.toArray()));
            terminate.execute();
        } catch (final SQLException e) {
            throw new IOException("The cluster's sessions could not be ended: " + e.getMessage(), e);
        }
    }

    /** Chooses whether an UNLOAD or COPY goes on when its client disconnects, as it does by default; see {@link WireServer#setStatementsOutliveClients}. */
    public void setStatementsOutliveClients(final boolean value) {
        front.setStatementsOutliveClients(value);
    }

    /** Chooses whether the driver asks SHOW for metadata in sessions that begin from now on; see {@link WireServer#setShowDiscovery}. */
    public void setShowDiscovery(final boolean value) {
        front.setShowDiscovery(value);
    }

    /**
     * Chooses whether float columns of tables obey {@code extra_float_digits} when they become text (in results, in casts and in the files of UNLOAD), as the page extra_float_digits of the
     * Redshift Database Developer Guide lets expect and as they do by default. If they do not, a statement that reads a table gets 6 digits of a REAL and 15 of a DOUBLE PRECISION whatever the
     * setting is, as a client of a cluster saw it; statements without a table obey all the same.
     *
     * @throws IOException when the database has gone
     */
    public void setExtraFloatDigits(final boolean value) throws IOException {
        try {
            FloatOutput.apply(postgres, value);
            extraFloatDigits.set(value);
        } catch (final SQLException e) {
            throw new IOException("The cluster's output of numbers could not be changed: " + e.getMessage(), e);
        }
    }

    /** Ends every session as {@link #restart()} does and refuses connections. */
    public void pause() throws IOException {
        front.pause();
        restart();
    }

    /** Takes connections again, on the same port. */
    public void resume() throws IOException {
        front.resume();
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
     * @param storage where its files go
     * @param port 0 for a free one
     * @param user the first user, a superuser
     * @param tls null for a cluster without TLS
     * @param region AWS Region that the cluster says it is in
     * @param slices how many files an UNLOAD writes at once, 1 or more
     * @param defaultRoleArn what {@code IAM_ROLE default} means, or null
     * @param clientSideEncryptionRetired whether UNLOAD and COPY refuse MASTER_SYMMETRIC_KEY, as real clusters do after April 30, 2026
     * @param faults what goes wrong on demand
     * @param isolation of the database, and of others that are created without a level
     */
    public record Settings(String name, Storage storage, int port, String database, String user, String password, SSLContext tls, ObjectStore objects, Identities identities,
            String region, int slices, String defaultRoleArn, boolean clientSideEncryptionRetired, StatementFaults faults,
            IsolationLevel isolation) {

        /** Names the cluster only. */
        @Override
        public String toString() {
            return "Settings[name=" + name + "]";
        }
    }
}
