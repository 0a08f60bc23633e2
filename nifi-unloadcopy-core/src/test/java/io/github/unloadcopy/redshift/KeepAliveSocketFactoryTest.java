package io.github.unloadcopy.redshift;

import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KeepAliveSocketFactoryTest {
    /** Seconds after which AWS' network components drop a silent connection. */
    private static final int DROPPED = 350;

    private final KeepAliveSocketFactory factory = new KeepAliveSocketFactory("nobody");

    @Test
    void socketThatIsConnectedLaterIsKeptAlive() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()); Socket socket = factory.createSocket()) {
            socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
            assertKeptAlive(socket);
        }
    }

    @Test
    void connectedSocketIsKeptAlive() throws IOException {
        final InetAddress loopback = InetAddress.getLoopbackAddress();

        try (ServerSocket server = new ServerSocket(0, 4, loopback);
                Socket byName = factory.createSocket(loopback.getHostAddress(), server.getLocalPort());
                Socket byNameFrom = factory.createSocket(loopback.getHostAddress(), server.getLocalPort(), loopback, 0);
                Socket byAddress = factory.createSocket(loopback, server.getLocalPort());
                Socket byAddressFrom = factory.createSocket(loopback, server.getLocalPort(), loopback, 0)) {
            assertKeptAlive(byName);
            assertKeptAlive(byNameFrom);
            assertKeptAlive(byAddress);
            assertKeptAlive(byAddressFrom);
        }
    }

    @Test
    void listenerIsToldOfSocketsUntilItIsForgotten() throws IOException {
        final List<Socket> told = new ArrayList<>();
        final String listener = KeepAliveSocketFactory.listen(told::add);

        try (Socket first = new KeepAliveSocketFactory(listener).createSocket()) {
            assertEquals(List.of(first), told);
            KeepAliveSocketFactory.forget(listener);
            new KeepAliveSocketFactory(listener).createSocket().close();
            assertEquals(List.of(first), told);
        }
    }

    private static void assertKeptAlive(final Socket socket) throws IOException {
        assertTrue(socket.getKeepAlive());

        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            assertEquals(KeepAliveSocketFactory.IDLE_SECONDS, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
            assertEquals(KeepAliveSocketFactory.INTERVAL_SECONDS, socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL));
            assertEquals(KeepAliveSocketFactory.COUNT, socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT));
            assertTrue(KeepAliveSocketFactory.IDLE_SECONDS + KeepAliveSocketFactory.INTERVAL_SECONDS < DROPPED);
        }
    }
}
