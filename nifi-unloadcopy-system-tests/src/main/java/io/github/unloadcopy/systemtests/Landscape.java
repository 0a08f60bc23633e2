package io.github.unloadcopy.systemtests;

import io.github.unloadcopy.sandbox.client.SandboxProcess;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The clusters and NiFi side by side, with tables to be moved. The clusters are the sandbox's, or those of the AWS account that the environment names ({@link CloudSettings}).
 * Closing stops whatever was started and removes what was made in an account, from any thread and at any time.
 */
public final class Landscape implements AutoCloseable {
    private static final int HEAP_MEGABYTES = 512;
    private static final int HEAP_MEGABYTES_PER_SCALE = 1536;

    private final Build build;
    private final Path folder;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private boolean closed;
    private Clouds clouds;
    private Leftovers leftovers;
    private NiFiInstance niFi;
    private NiFiClient client;

    /**
     * @param build what to run
     * @param folder folder below target/ for everything that is written
     */
    public Landscape(final Build build, final Path folder) {
        this.build = build;
        this.folder = folder;
    }

    /** Every table: TPC-H's eight, and the one of hard values. */
    public static List<Table> tables() {
        final List<Table> tables = new ArrayList<>(TpchTables.all());
        tables.add(HardValues.table());
        return tables;
    }

    /**
     * Finds the account that the environment names, or else starts the sandbox and makes the bucket.
     *
     * @param scale TPC-H's scale factor; the sandbox keeps objects in memory, so it gets more for more
     * @throws IllegalArgumentException when the environment's description of an account is not whole
     */
    public void openClouds(final double scale) throws Exception {
        final CloudSettings account = CloudSettings.of(System.getenv());

        if (account == null) {
            startSandbox(scale);
        } else {
            openAccount(account);
        }
    }

    /** Uses an AWS account. What is made there is removed by {@link #close()}. */
    public void openAccount(final CloudSettings account) throws Exception {
        clouds = started(() -> new Clouds(account));
        leftovers = started(() -> new Leftovers(clouds));
    }

    /**
     * Starts the sandbox and makes the bucket.
     *
     * @param scale as for {@link #openClouds}
     * @param arguments further options of bin/sandbox
     */
    public void startSandbox(final double scale, final String... arguments) throws Exception {
        if (System.getProperty(SandboxProcess.HOME_PROPERTY) == null) {
            System.setProperty(SandboxProcess.HOME_PROPERTY, build.sandbox().toString());
        }

        final Path sandboxFolder = Files.createDirectories(folder.resolve("sandbox"));
        final SandboxProcess sandbox = started(() -> SandboxProcess.start(SandboxProcess.Settings.defaults()
                .withArguments(arguments)
                .withTemporaryFolder(sandboxFolder)
                .withLogFile(sandboxFolder.resolve("sandbox.log"))
                .withMaximumHeap((long) (HEAP_MEGABYTES + HEAP_MEGABYTES_PER_SCALE * scale) + "m")));
        clouds = started(() -> new Clouds(CloudSettings.of(sandbox.endpoints())));

        // Nothing of it outlives the sandbox.
        leftovers = new Leftovers(clouds);

        try {
            clouds.s3().createBucket(request -> request.bucket(clouds.settings().bucket()));
        } catch (final BucketAlreadyOwnedByYouException exception) {
            throw new IllegalStateException("The sandbox is not new: it has the bucket %s already.".formatted(clouds.settings().bucket()), exception);
        }
    }

    /** Launches NiFi with endpoints and credentials in its environment, and does not wait for it. Needs the clouds. */
    public void launchNiFi() throws Exception {
        niFi = started(() -> NiFiInstance.launch(build, folder.resolve("nifi"), clouds.settings().environment()));
    }

    /** Waits until NiFi is ready. */
    public void awaitNiFi() throws IOException {
        client = niFi.awaitReady();
    }

    /**
     * Makes a table in the source and fills it.
     *
     * @param scale TPC-H's scale factor; the table of hard values is always the same
     */
    public void loadSource(final Table table, final double scale) throws SQLException, IOException {
        createTables("source", List.of(table), false);

        try (Connection source = clouds.connect("source")) {
            if (table.equals(HardValues.table())) {
                HardValues.insert(source);
            } else {
                TpchTables.load(table, scale, source, clouds);
            }
        }
    }

    /**
     * Makes a schema for the tests, if they have not made it before.
     *
     * @param cluster source or target
     */
    public void createSchema(final String cluster, final String name) throws SQLException {
        leftovers.createSchema(cluster, name);
    }

    /**
     * Drops a schema that {@link #createSchema} has made. Whoever makes it anew, it is dropped at the end again.
     *
     * @param cluster source or target
     */
    public void dropSchema(final String cluster, final String name) throws SQLException {
        leftovers.dropSchema(cluster, name);
    }

    /** Leaves the target without the tables and without their schemas. */
    public void dropTargetTables() throws SQLException {
        createTargetTables();

        for (final Table table : tables()) {
            leftovers.dropSchema("target", table.schema());
        }
    }

    /** Makes empty tables in the target, and drops those that were there. */
    public void createTargetTables() throws SQLException {
        createTables("target", tables(), true);
    }

    /** What the parameters of the delivered flow have to be, apart from the configuration's location. */
    public Map<String, String> parameters() {
        final Map<String, String> parameters = new HashMap<>();
        parameters.put("Region", clouds.settings().region());
        parameters.put("KMS Key", clouds.settings().kmsKey());

        if (clouds.settings().rootCertificate() != null) {
            parameters.put("Redshift Root Certificate", clouds.settings().rootCertificate());
        }

        return parameters;
    }

    /** S3, KMS and the clusters. */
    public Clouds clouds() {
        return clouds;
    }

    /** The running NiFi. */
    public NiFiInstance niFi() {
        return niFi;
    }

    /** Client of the running NiFi. */
    public NiFiClient client() {
        return client;
    }

    /** What is to run. */
    public Build build() {
        return build;
    }

    /** @throws IOException when something could not be stopped; everything else was stopped all the same */
    @Override
    public void close() throws IOException {
        synchronized (running) {
            closed = true;
            final IOException failure = new IOException("Not everything could be stopped.");

            while (!running.isEmpty()) {
                try {
                    running.pop().close();
                } catch (final Exception exception) {
                    failure.addSuppressed(exception);
                }
            }

            if (failure.getSuppressed().length > 0) {
                throw failure;
            }
        }
    }

    private void createTables(final String cluster, final List<Table> tables, final boolean drop) throws SQLException {
        final Set<String> schemas = new TreeSet<>();
        tables.forEach(table -> schemas.add(table.schema()));

        for (final String schema : schemas) {
            createSchema(cluster, schema);
        }

        try (Connection connection = clouds.connect(cluster);
             Statement statement = connection.createStatement()) {
            for (final Table table : tables) {
                if (drop) {
                    statement.execute("DROP TABLE IF EXISTS " + table.qualifiedName());
                }

                statement.execute(table.createStatement());
            }
        }
    }

    /** Starts a thing so that {@link #close()}, called from another thread at the same time, either sees it or keeps it from starting. */
    private <T extends AutoCloseable> T started(final Narrator.Work<T> start) throws Exception {
        synchronized (running) {
            if (closed) {
                throw new IOException("It is being stopped.");
            }

            final T thing = start.run();
            running.push(thing);
            return thing;
        }
    }
}
