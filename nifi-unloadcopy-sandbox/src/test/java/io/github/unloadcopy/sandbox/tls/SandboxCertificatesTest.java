package io.github.unloadcopy.sandbox.tls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SandboxCertificatesTest {

    private final SandboxCertificates certificates = SandboxCertificates.create(Clock.systemUTC());

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void clientThatTrustsTheAuthorityIsServed(final String host) throws Exception {
        assertEquals('!', greeting(certificates, host));
    }

    @Test
    void clientOfAnotherSandboxIsNotFooled() {
        assertThrows(SSLHandshakeException.class, () -> greeting(SandboxCertificates.create(Clock.systemUTC()), "localhost"));
    }

    @Test
    void otherNamesAreNotCovered() {
        assertThrows(SSLHandshakeException.class, () -> greeting(certificates, "redshift.amazonaws.com"));
    }

    @Test
    void authorityIsValidForAMonthAndSecretKeysStayInside() throws GeneralSecurityException {
        final X509Certificate authority = authority(certificates);

        assertEquals(0, authority.getBasicConstraints());
        authority.checkValidity();
        assertThrows(GeneralSecurityException.class, () -> authority.checkValidity(Date.from(Instant.now().plus(Duration.ofDays(31)))));
        assertFalse(certificates.authorityPem().contains("PRIVATE"));
    }

    /** One byte from a server with these certificates to a client that trusts those and asks for that host. */
    private int greeting(final SandboxCertificates trusted, final String host) throws Exception {
        try (SSLServerSocket server = (SSLServerSocket) certificates.serverContext().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.execute(() -> greet(server));
            try (SSLSocket client = (SSLSocket) clientContext(trusted).getSocketFactory().createSocket(
                    new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort()), host, server.getLocalPort(), true)) {
                final SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                client.startHandshake();
                return client.getInputStream().read();
            }
        }
    }

    private static void greet(final SSLServerSocket server) {
        try (SSLSocket connection = (SSLSocket) server.accept()) {
            connection.getOutputStream().write('!');
        } catch (final IOException e) {
            // The client refuses the certificate in some tests, and says so itself.
            assertFalse(e.getMessage().isEmpty());
        }
    }

    private static SSLContext clientContext(final SandboxCertificates trusted) throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority(trusted));
        final TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static X509Certificate authority(final SandboxCertificates certificates) throws GeneralSecurityException {
        final byte[] pem = certificates.authorityPem().getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }
}
