package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import io.github.unloadcopy.sandbox.control.Calls;
import io.github.unloadcopy.sandbox.control.ControlServer;
import io.github.unloadcopy.sandbox.control.FaultRoutes;
import io.github.unloadcopy.sandbox.control.IamRoutes;
import io.github.unloadcopy.sandbox.control.Route;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.files.SecretFile;
import io.github.unloadcopy.sandbox.iam.Iam;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import io.github.unloadcopy.sandbox.kms.KmsServer;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import io.github.unloadcopy.sandbox.s3.S3Server;
import io.github.unloadcopy.sandbox.tls.SandboxCertificates;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * S3, KMS and two Redshift clusters on loopback, with credentials and certificates that are new at each start unless data is kept.
 */
public final class Sandbox implements AutoCloseable {

    private final SandboxOptions options;
    private final Resources resources = new Resources();

    public Sandbox(final SandboxOptions options) {
        this.options = options;
    }

    /**
     * Starts everything.
     *
     * @return where everything is
     * @throws IOException when a port is taken, the work folder cannot be used, or a cluster does not start; nothing is left running then
     */
    public SandboxEndpoints start() throws IOException {
        try {
            return startAll();
        } catch (final IOException | RuntimeException | Error e) {
            stopAfter(e);
            throw e;
        }
    }

    /** Stops everything, also while it is starting. */
    @Override
    public void close() throws IOException {
        resources.close();
    }

    private SandboxEndpoints startAll() throws IOException {
        Ports.requireFree(options);
        final Clock clock = Clock.systemUTC();
        final Home home = home();
        final Calls calls = new Calls();
        final Iam iam = new Iam(clock, new Iam.Credentials(home.secrets().accessKeyId(), home.secrets().secretAccessKey()));
        final KeyRing keys = home.isKept() ? new KeyRing(iam, options.region(), clock, home.kept("kms-keys.json")) : new KeyRing(iam, options.region(), clock);
        final Faults faults = new Faults();
        final KmsServer kms = resources.add(new KmsServer(options.kmsPort(), keys, iam, options.region(), clock, calls, faults));
        final S3Server s3 = resources.add(new S3Server(options.s3Port(), iam, keys, options.region(), calls, faults, home.isKept() ? home.kept("s3") : null));
        final SandboxCertificates certificates = home.isKept() ? SandboxCertificates.in(home.kept("certificates.p12"), clock) : SandboxCertificates.create(clock);
        final Path caFile = home.published("ca.pem");
        SecretFile.write(caFile, certificates.authorityPem().getBytes(StandardCharsets.US_ASCII));
        final Clusters clusters = resources.add(new Clusters(options, home, certificates.serverContext(), s3.objects(), iam, faults));
        final String token = Storage.newPassword();
        final ControlServer control = resources.add(new ControlServer(options.controlPort(), routes(calls, faults, iam, clusters), token));
        final SandboxEndpoints.Control controlEndpoint = new SandboxEndpoints.Control(control.endpoint().toString(), token, home.temporary().resolve("control-header").toString());
        SecretFile.write(Path.of(controlEndpoint.headerFile()), ("Authorization: " + controlEndpoint.authorization() + "\n").getBytes(StandardCharsets.US_ASCII));
        return new SandboxEndpoints(options.region(), iam.rootKey().accessKeyId(), iam.rootKey().secretAccessKey(), caFile.toString(),
                service(s3.endpoint()), service(kms.endpoint()), Role.REDSHIFT_UNLOAD_COPY.arn(), clusters.start(), controlEndpoint);
    }

    private Home home() throws IOException {
        final WorkDirectory temporary = resources.add(WorkDirectory.open(options.workDirectory()));
        if (options.dataDirectory() == null) {
            return Home.temporary(temporary, options.region());
        }

        return Home.kept(temporary, resources.add(DataFolder.open(options.dataDirectory())), options.region());
    }

    private static List<Route> routes(final Calls calls, final Faults faults, final Iam iam, final Clusters clusters) {
        final List<Route> routes = new ArrayList<>();
        routes.add(new Route("GET", "/calls", "How often each operation was asked for since the start, answered or refused.", request -> calls.counts()));
        routes.addAll(new FaultRoutes(faults).routes());
        routes.addAll(new IamRoutes(iam).routes());
        routes.addAll(clusters.routes());
        return routes;
    }

    private static SandboxEndpoints.Service service(final URI endpoint) {
        return new SandboxEndpoints.Service(endpoint.toString());
    }

    private void stopAfter(final Throwable failure) {
        try {
            resources.close();
        } catch (final IOException e) {
            failure.addSuppressed(e);
        }
    }
}
