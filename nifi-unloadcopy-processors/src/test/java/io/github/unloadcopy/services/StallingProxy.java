package io.github.unloadcopy.services;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network before a cluster that can be made to lose all that is sent through it, in both directions, without closing anything. */
final class StallingProxy implements Closeable {

    private static final int CANCEL_LENGTH = 16;
    private static final int CANCEL_CODE = 80877102;

    private final ServerSocket server;
    private final int port;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private final AtomicInteger lostCancels = new AtomicInteger();

    private volatile boolean stalled;
    private volatile boolean cancelsGetLost;

    /** Forwards what connects to its own port, on loopback, to another port there. */
    StallingProxy(final int port) {
        this.port = port;

        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }

        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void stall() {
        stalled = true;
    }

    /** From now on cancel requests do not arrive. */
    void loseCancels() {
        cancelsGetLost = true;
    }

    int lostCancels() {
        return lostCancels.get();
    }

    private void accept() throws IOException {
        while (true) {
            final Socket client = server.accept();
            final Socket cluster = new Socket(server.getInetAddress(), port);
            sockets.add(client);
            sockets.add(cluster);
            start(() -> forward(client, cluster));
            start(() -> forward(cluster, client));
        }
    }

    private void forward(final Socket from, final Socket to) throws IOException {
        final InputStream input = from.getInputStream();
        final OutputStream output = to.getOutputStream();
        final byte[] buffer = new byte[8192];

        for (int length = input.read(buffer); length >= 0; length = input.read(buffer)) {
            if (cancelsGetLost && isCancel(buffer, length)) {
                lostCancels.incrementAndGet();
            } else if (!stalled) {
                output.write(buffer, 0, length);
            }
        }

        if (!stalled) {
            to.close();
        }
    }

    /** PostgreSQL's "Message Formats": a CancelRequest has 16 bytes, and a code in the place of the version. */
    private static boolean isCancel(final byte[] buffer, final int length) {
        return length == CANCEL_LENGTH && ByteBuffer.wrap(buffer).getInt(Integer.BYTES) == CANCEL_CODE;
    }

    @Override
    public void close() throws IOException {
        server.close();

        for (final Socket socket : sockets) {
            socket.close();
        }
    }

    private static void start(final Step step) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                step.run();
            } catch (final IOException e) {
                // One side has gone.
            }
        });
    }

    @FunctionalInterface
    private interface Step {

        void run() throws IOException;
    }
}
