package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import jakarta.servlet.DispatcherType;
import io.github.unloadcopy.sandbox.s3.awssdk.ObjectVault;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.function.Function;

/**
 * S3 on loopback, addressed by path. Objects live in memory, encrypted, until they are deleted.
 */
public final class S3Server implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final int MOST_THREADS = 64;
    private static final Principal ANONYMOUS = new Principal("*");

    private final Server server;
    private final ServerConnector connector;
    private final ObjectStore objects;

    /**
     * Starts to serve.
     *
     * @param port 0 for a free one
     * @param homeRegion the Region of buckets that are created without one
     * @param kept a folder that keeps objects, null to keep none
     * @throws IOException when the port is taken
     */
    public S3Server(final int port, final Iam iam, final KeyRing keys, final String homeRegion, final Calls calls, final Faults faults, final Path kept) throws IOException {
        final ObjectVault vault = new ObjectVault(iam, keys, homeRegion, Clock.systemUTC());
        final KeptObjects keeper = kept == null ? null : new KeptObjects(kept, vault.as(iam.rootKey().principal()), vault.buckets());
        final ObjectStore clusters = new ClusterObjectStore(vault.buckets(), vault::as, calls);
        this.objects = keeper == null ? clusters : new KeepingObjectStore(clusters, keeper);
        if (keeper != null) {
            keys.whileEnabled(keeper::restore);
        }

        final QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("s3");
        threads.setDaemon(true);
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, new HttpConnectionFactory(lenient()));
        connector.setHost(HOST);
        connector.setPort(port);
        server.addConnector(connector);
        server.setStopTimeout(0);

        final ServletContextHandler context = new ServletContextHandler();
        final Function<Principal, FaultyKeys> clients = principal -> new FaultyKeys(keeper == null ? vault.as(principal) : new KeepingBlobStore(vault.as(principal), keeper), faults);
        context.addServlet(new ServletHolder(new HandlerServlet(new S3Handler(clients.apply(ANONYMOUS), clients, vault.buckets(), iam, calls))), "/*");
        context.addFilter(new FilterHolder(new FaultFilter(faults, calls)), "/*", EnumSet.of(DispatcherType.REQUEST));
        if (keeper != null) {
            context.addFilter(new FilterHolder(new KeepFilter(keeper)), "/*", EnumSet.of(DispatcherType.REQUEST));
        }

        server.setHandler(context);
        start();
    }

    public URI endpoint() {
        return URI.create("http://" + HOST + ":" + connector.getLocalPort());
    }

    /** What the clusters use. */
    public ObjectStore objects() {
        return objects;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (final Exception e) {
            throw new IllegalStateException("S3 did not stop", e);
        }
    }

    private void start() throws IOException {
        try {
            server.start();
        } catch (final IOException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException("S3 did not start", e);
        }
    }

    /** Keys may hold what strict servers refuse in a path: double slashes, encoded slashes, dots. */
    private static HttpConfiguration lenient() {
        final HttpConfiguration configuration = new HttpConfiguration();
        configuration.setHttpCompliance(HttpCompliance.LEGACY);
        configuration.setUriCompliance(UriCompliance.LEGACY);
        configuration.setHeaderCacheCaseSensitive(true);
        configuration.setSendServerVersion(false);
        return configuration;
    }

    private static final class HandlerServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient S3Handler handler;

        HandlerServlet(final S3Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void service(final HttpServletRequest request, final HttpServletResponse response) throws IOException {
            handler.handle(request, response);
        }
    }
}
