package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * The heap that UNLOAD and COPY need for more and more rows: what is in use after garbage collections, at its highest. Objects are files, so that the heap is the cluster's front's alone.
 */
final class HeapBenchmark {

    private static final long MILLION = 1_000_000;
    private static final double MEGABYTE = 1024 * 1024;
    private static final long PAUSE_MILLIS = 200;
    private static final List<String> FORMATS = List.of("", "GZIP", "FORMAT AS PARQUET");

    private final Path folder;

    HeapBenchmark(final Path folder) {
        this.folder = folder;
    }

    /** A table in Markdown. */
    String run(final List<Integer> millions) throws IOException, SQLException {
        final StringBuilder table = new StringBuilder("Highest heap in use in MB, with -Xmx" + Runtime.getRuntime().maxMemory() / 1024 / 1024 + "m: UNLOAD / COPY\n\n| |");
        millions.forEach(million -> table.append(' ').append(million).append(" million rows |"));
        table.append("\n|---|").append("---|".repeat(millions.size())).append('\n');
        final String password = "Aa1" + UUID.randomUUID();
        final Path work = Files.createTempDirectory(folder, "heap");
        final FileStore store = new FileStore(Files.createDirectory(work.resolve("objects")));
        final RedshiftCluster.Settings settings = new RedshiftCluster.Settings("heap", Storage.temporary(work.resolve("redshift"), TestCluster.CACHE), 0, "dev", "awsuser", password, null,
                store, new Anybody(), "us-east-1", 2, null, false, StatementFaults.none(), IsolationLevel.SNAPSHOT);
        try (RedshiftCluster cluster = new RedshiftCluster(settings);
                Connection connection = DriverManager.getConnection("jdbc:redshift://" + cluster.host() + ":" + cluster.port() + "/dev?ssl=false", "awsuser", password)) {
            Rows.execute(connection, "CREATE TABLE loaded (a bigint, b varchar(100), c numeric(18,4), d timestamp)");
            for (final String format : FORMATS) {
                table.append("| ").append(format.isEmpty() ? "delimited" : format).append(" |");
                for (final int million : millions) {
                    table.append(measure(connection, store, format, million * MILLION));
                }

                table.append('\n');
            }
        }

        return table.toString();
    }

    private static String measure(final Connection connection, final FileStore store, final String format, final long rows) throws SQLException, IOException {
        final double unload = peak(connection, "UNLOAD ('SELECT i::bigint AS a, md5(i::text) || repeat(''x'', 20) AS b, (i / 7.0)::numeric(18,4) AS c, "
                + "timestamp ''2026-01-01'' + i * interval ''1 second'' AS d FROM generate_series(1, " + rows + ") i') TO 's3://b/p' IAM_ROLE 'arn:x' " + format);
        final double copy = peak(connection, "COPY loaded FROM 's3://b/p' IAM_ROLE 'arn:x' " + format);
        if (Rows.count(connection, "loaded") != rows) {
            throw new IllegalStateException("rows are missing");
        }

        Rows.execute(connection, "TRUNCATE loaded");
        store.clear();
        return String.format(Locale.ROOT, " %.0f / %.0f |", unload, copy);
    }

    private static double peak(final Connection connection, final String sql) throws SQLException {
        final Sampler sampler = new Sampler();
        final Thread thread = Thread.ofPlatform().daemon().name("heap-sampler").start(sampler);
        try {
            Rows.execute(connection, sql);
        } finally {
            thread.interrupt();
        }

        return sampler.highest / MEGABYTE;
    }

    private static final class Sampler implements Runnable {

        private volatile long highest;

        @Override
        public void run() {
            try {
                while (true) {
                    System.gc();
                    highest = Math.max(highest, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
                    Thread.sleep(PAUSE_MILLIS);
                }
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class Anybody implements Identities {

        @Override
        public Principal assumeRoles(final List<String> roleArns) {
            return new Principal(roleArns.get(0));
        }

        @Override
        public Principal accessKey(final String accessKeyId, final String secretAccessKey, final String sessionToken) {
            return new Principal(accessKeyId);
        }
    }
}
