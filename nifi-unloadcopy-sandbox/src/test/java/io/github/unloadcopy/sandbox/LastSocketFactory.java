package io.github.unloadcopy.sandbox;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;
import javax.net.SocketFactory;

/**
 * Sockets for the driver, of which the last one can be closed under it: a client that disconnects without a word. The driver's own {@code Connection.abort} asks the security manager, which Java no
 * longer has. For one test at a time.
 */
public final class LastSocketFactory extends SocketFactory {

    private static volatile Socket last;

    /** What the driver has to be told. */
    public static Properties properties() {
        final Properties properties = new Properties();
        properties.setProperty("socketFactory", LastSocketFactory.class.getName());
        return properties;
    }

    /** The socket of the connection that was opened last. */
    public static Socket last() {
        return last;
    }

    @Override
    public Socket createSocket() {
        last = new Socket();
        return last;
    }

    @Override
    public Socket createSocket(final String host, final int port) throws IOException {
        last = new Socket(host, port);
        return last;
    }

    @Override
    public Socket createSocket(final String host, final int port, final InetAddress localHost, final int localPort) throws IOException {
        last = new Socket(host, port, localHost, localPort);
        return last;
    }

    @Override
    public Socket createSocket(final InetAddress host, final int port) throws IOException {
        last = new Socket(host, port);
        return last;
    }

    @Override
    public Socket createSocket(final InetAddress host, final int port, final InetAddress localHost, final int localPort) throws IOException {
        last = new Socket(host, port, localHost, localPort);
        return last;
    }
}
