package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * The port that clients connect to: TLS where they ask for it, and one session per connection. What one client sends never ends more than its own connection.
 */
public final class WireServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WireServer.class);
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int CANCEL_REQUEST = 80877102;
    private static final int LONGEST_STARTUP = 1 << 16;
    /** PostgreSQL cuts longer ones as well, and says so to every client. */
    private static final int LONGEST_NAME = 63;
    private static final int START_TIMEOUT_MILLIS = 60_000;
    private static final int BACKLOG = 512;
    /** What PostgreSQL knows; drivers of Redshift tell much more about themselves. */
    private static final Set<String> STARTUP_PARAMETERS = Set.of("user", "database", "client_encoding", "datestyle", "timezone", "extra_float_digits", "application_name", "options");

    private final ServerSocket server;
    private final InetSocketAddress backend;
    private final SSLContext tls;
    private final StatementPlanner planner;
    private final StatementRunner runner;
    private final IntConsumer sessionEnded;
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * Opens the port and serves it.
     *
     * @param port 0 for a free one
     * @param tls null to refuse TLS
     * @param sessionEnded gets the backend's process id of each session that has ended
     */
    public WireServer(final int port, final InetSocketAddress backend, final SSLContext tls, final StatementPlanner planner, final StatementRunner runner, final IntConsumer sessionEnded)
            throws IOException {
        this.server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
        this.backend = backend;
        this.tls = tls;
        this.planner = planner;
        this.runner = runner;
        this.sessionEnded = sessionEnded;
        Thread.ofPlatform().daemon().name("redshift-" + server.getLocalPort()).start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().name("redshift-client").start(() -> serve(socket));
            } catch (final IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("A connection could not be accepted: {}", e.toString());
                }
            }
        }
    }

    private void serve(final Socket plain) {
        try (plain) {
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(START_TIMEOUT_MILLIS);
            negotiate(plain);
        } catch (final IOException | RuntimeException e) {
            LOG.debug("A connection ended: {}", e.toString());
        } finally {
            sockets.remove(plain);
        }
    }

    private void negotiate(final Socket plain) throws IOException {
        Socket socket = plain;
        while (true) {
            final DataInputStream input = new DataInputStream(socket.getInputStream());
            final int length = input.readInt();
            if (length < 2 * Integer.BYTES || length > LONGEST_STARTUP) {
                throw new ProtocolException("invalid length of the startup packet");
            }

            final byte[] body = input.readNBytes(length - Integer.BYTES);
            final MessageInput.Body fields = new MessageInput.Body(body);
            final int code = fields.readInt();
            switch (code) {
                case SSL_REQUEST -> {
                    final boolean secured = tls != null && socket == plain;
                    socket.getOutputStream().write(secured ? 'S' : 'N');
                    socket.getOutputStream().flush();
                    socket = secured ? secure(plain) : socket;
                }
                case GSS_REQUEST -> {
                    socket.getOutputStream().write('N');
                    socket.getOutputStream().flush();
                }
                case CANCEL_REQUEST -> {
                    cancel(fields.readInt(), fields.readInt());
                    return;
                }
                default -> {
                    start(socket, code, fields);
                    return;
                }
            }
        }
    }

    private Socket secure(final Socket plain) throws IOException {
        final SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
        secured.setUseClientMode(false);
        secured.startHandshake();
        return secured;
    }

    private void cancel(final int processId, final int secretKey) throws IOException {
        for (final ClientSession session : sessions) {
            if (session.isFor(processId, secretKey)) {
                session.cancel();
            }
        }

        BackendSession.sendCancel(backend, processId, secretKey);
    }

    private void start(final Socket socket, final int version, final MessageInput.Body fields) throws IOException {
        final ClientChannel client = new ClientChannel(socket.getOutputStream());
        try (BackendLink link = new BackendLink(backend, client)) {
            link.output().write(startup(version, fields));
            link.output().flush();
            socket.setSoTimeout(0);
            final Thread answers = Thread.ofVirtual().name("redshift-backend").start(() -> relay(link, client, socket));
            final ClientSession session = new ClientSession(new MessageInput(socket.getInputStream()), client, link, planner, runner);
            sessions.add(session);
            try {
                session.serve();
            } catch (final ProtocolException e) {
                client.send(Message.error("FATAL", new SqlError(SqlError.PROTOCOL, e.getMessage())));
                client.flush();
                throw e;
            } finally {
                sessions.remove(session);
                leave(link);
                join(answers);
                sessionEnded.accept(session.processId());
            }
        }
    }

    private static byte[] startup(final int version, final MessageInput.Body fields) throws IOException {
        final Map<String, String> parameters = new LinkedHashMap<>();
        String name = fields.readString();
        while (!name.isEmpty()) {
            final String value = fields.readString();
            if (STARTUP_PARAMETERS.contains(name.toLowerCase(Locale.ROOT))) {
                parameters.put(name, name.equals("application_name") && value.length() > LONGEST_NAME ? value.substring(0, LONGEST_NAME) : value);
            }

            name = fields.readString();
        }

        final Message message = new Message().integer(version);
        parameters.forEach((parameter, value) -> message.string(parameter).string(value));
        return message.octet(0).build();
    }

    private static void relay(final BackendLink link, final ClientChannel client, final Socket socket) {
        try {
            link.relay();
            client.flush();
        } catch (final IOException e) {
            LOG.debug("The way back to a client ended: {}", e.toString());
        } finally {
            // The backend has gone, so the client has nobody to talk to.
            closeQuietly(socket);
        }
    }

    /** Takes leave of the backend, so that it does not have to find out. */
    private static void leave(final BackendLink link) {
        try {
            link.output().write(Message.empty('X'));
            link.output().flush();
        } catch (final IOException e) {
            LOG.debug("The backend had gone before: {}", e.toString());
        } finally {
            closeQuietly(link);
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(final AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (final Exception e) {
            LOG.debug("Closing failed: {}", e.toString());
        }
    }

    /** Closes the port and every connection. */
    @Override
    public void close() throws IOException {
        server.close();
        for (final Socket socket : sockets) {
            try {
                socket.close();
            } catch (final SocketException e) {
                LOG.debug("Closing failed: {}", e.toString());
            }
        }
    }
}
