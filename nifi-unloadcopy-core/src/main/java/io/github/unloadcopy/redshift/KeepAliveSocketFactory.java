package io.github.unloadcopy.redshift;

import jdk.net.ExtendedSocketOptions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.net.SocketFactory;

/**
 * Makes sockets that do not stay silent while a statement runs. A NAT gateway and a Network Load Balancer drop a connection that was silent for 350 seconds (VPC User Guide, "NAT gateway basics";
 * "Network Load Balancers"), and the operating system's own keepalive begins after two hours on Linux.
 *
 * <p>The Redshift driver makes an instance by the name of the class, with the class loader that it was loaded by itself, and wraps the socket in TLS. It gives one text, its property
 * socketFactoryArg, to the instance; here it names who is told of the sockets. Closing such a socket always ends a read at once, while closing TLS waits for a peer that does not answer.</p>
 */
public final class KeepAliveSocketFactory extends SocketFactory {
    /** Seconds of silence before the first probe. */
    static final int IDLE_SECONDS = 120;
    /** Seconds between probes that are not answered. */
    static final int INTERVAL_SECONDS = 30;
    /** Probes without answer until the connection counts as broken. */
    static final int COUNT = 5;

    private static final Consumer<Socket> NOBODY = socket -> { };
    private static final Map<String, Consumer<Socket>> LISTENERS = new ConcurrentHashMap<>();

    private final SocketFactory sockets = SocketFactory.getDefault();
    private final String listener;

    /**
     * For the driver.
     *
     * @param listener what {@link #listen} gave, or any other text
     */
    public KeepAliveSocketFactory(final String listener) {
        this.listener = listener;
    }

    /**
     * Asks to be told of sockets when they are made, before they are connected.
     *
     * @param sockets is called on the thread that connects
     * @return the argument for the factory
     */
    static String listen(final Consumer<Socket> sockets) {
        final String listener = UUID.randomUUID().toString();
        LISTENERS.put(listener, sockets);
        return listener;
    }

    /** Tells of no further sockets. */
    static void forget(final String listener) {
        LISTENERS.remove(listener);
    }

    @Override
    public Socket createSocket() throws IOException {
        return keepAlive(sockets.createSocket());
    }

    @Override
    public Socket createSocket(final String host, final int port) throws IOException {
        return keepAlive(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(final String host, final int port, final InetAddress localHost, final int localPort) throws IOException {
        return keepAlive(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(final InetAddress host, final int port) throws IOException {
        return keepAlive(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(final InetAddress host, final int port, final InetAddress localHost, final int localPort) throws IOException {
        return keepAlive(sockets.createSocket(host, port, localHost, localPort));
    }

    private Socket keepAlive(final Socket socket) throws IOException {
        socket.setKeepAlive(true);
        set(socket, ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        set(socket, ExtendedSocketOptions.TCP_KEEPCOUNT, COUNT);
        LISTENERS.getOrDefault(listener, NOBODY).accept(socket);
        return socket;
    }

    /** Not every platform has the times: there keepalive is on, with the times of the operating system. */
    private static void set(final Socket socket, final SocketOption<Integer> option, final int value) throws IOException {
        if (socket.supportedOptions().contains(option)) {
            socket.setOption(option, value);
        }
    }
}
