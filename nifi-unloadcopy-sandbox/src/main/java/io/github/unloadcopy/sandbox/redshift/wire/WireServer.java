package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Pause;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.redshift.isolation.Conflicts;
import io.github.unloadcopy.sandbox.redshift.postgres.PostgresServer;
import io.github.unloadcopy.sandbox.redshift.sql.FloatDigits;
import io.github.unloadcopy.sandbox.redshift.sql.IsolationRewriter;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.StatementPlanner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
    private static final int BACKLOG = 512;
    /** What PostgreSQL knows; drivers of Redshift tell much more about themselves. */
    private static final Set<String> STARTUP_PARAMETERS = Set.of("user", "database", "client_encoding", "datestyle", "timezone", "extra_float_digits", "application_name", "options");

    private final Settings settings;
    private final int port;
    private final InetSocketAddress backend;
    private final SSLContext tls;
    private final StatementPlanner planner;
    private final StatementRunner runner;
    private final IntConsumer sessionEnded;
    private final Conflicts conflicts = new Conflicts();
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Semaphore places;
    private final ScheduledThreadPoolExecutor timers;
    /** Null while connections are refused. */
    private ServerSocket server;
    private boolean closed;
    private volatile boolean statementsOutliveClients = true;
    private volatile boolean showDiscovery;

    /**
     * Opens the port and serves it.
     *
     * @param tls null to refuse TLS
     * @param sessionEnded gets the backend's process id of each session that has ended
     * @throws IOException when the port is taken
     */
    public WireServer(final Settings settings, final InetSocketAddress backend, final SSLContext tls, final StatementPlanner planner, final StatementRunner runner,
            final IntConsumer sessionEnded) throws IOException {
        this.settings = settings;
        this.places = new Semaphore(settings.mostSessions());
        this.backend = backend;
        this.tls = tls;
        this.planner = planner;
        this.runner = runner;
        this.sessionEnded = sessionEnded;
        this.timers = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("redshift-timers").factory());
        timers.setRemoveOnCancelPolicy(true);
        try {
            this.port = open(settings.port());
        } catch (final IOException e) {
            timers.shutdownNow();
            throw e;
        }
    }

    public int port() {
        return port;
    }

    /**
     * Chooses what becomes of an UNLOAD or COPY whose client disconnects: it goes on to its end, or it is cancelled. Either way, a transaction that the client has begun is rolled back.
     *
     * <p>By default it goes on. A COPY that has begun does not fail when the client disconnects, unless it is in a BEGIN … END block that does not complete: page "Errors when reading multiple
     * files" of the Redshift Database Developer Guide. For UNLOAD the guide does not say it; that it is the same there is inferred. Other statements always end with their client.
     */
    public void setStatementsOutliveClients(final boolean value) {
        statementsOutliveClients = value;
    }

    /**
     * Chooses how the driver finds out about tables, columns and keys in sessions that begin from now on: by SHOW, which shows what the user may read, or by queries of the catalog, which is open
     * to every user. Clusters report it as the parameter {@code show_discovery}; by default it is not reported, and the driver queries the catalog.
     */
    public void setShowDiscovery(final boolean value) {
        showDiscovery = value;
    }

    /** How many connections there are, those that have not said who they are among them. */
    int connections() {
        return sockets.size();
    }

    /** Takes connections again. */
    public synchronized void resume() throws IOException {
        if (server == null && !closed) {
            open(port);
        }
    }

    /** Refuses connections until {@link #resume()}; those that there are go on. */
    public synchronized void pause() throws IOException {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    /**
     * Ends every session.
     *
     * @param reason what clients are told
     * @return the process ids of their backends, which may be at work still
     */
    public List<Integer> endSessions(final SqlError reason) {
        final List<Integer> processIds = new ArrayList<>();
        for (final ClientSession session : sessions) {
            processIds.add(session.processId());
            session.end(reason);
        }

        return processIds;
    }

    private int open(final int wanted) throws IOException {
        final ServerSocket opened = new ServerSocket();
        try {
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), BACKLOG);
        } catch (final IOException e) {
            opened.close();
            throw e;
        }

        server = opened;
        Thread.ofPlatform().daemon().name("redshift-" + opened.getLocalPort()).start(() -> accept(opened));
        return opened.getLocalPort();
    }

    private void accept(final ServerSocket opened) {
        while (!opened.isClosed()) {
            try {
                final Socket socket = opened.accept();
                sockets.add(socket);
                Thread.ofVirtual().name("redshift-client").start(() -> serve(socket));
            } catch (final IOException e) {
                if (!opened.isClosed()) {
                    LOG.warn("A connection could not be accepted: {}", e.toString());
                }
            }
        }
    }

    private void serve(final Socket plain) {
        final Future<?> deadline = timers.schedule(() -> closeQuietly(plain), settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS);
        try (plain) {
            plain.setTcpNoDelay(true);
            negotiate(plain, deadline);
        } catch (final IOException | RuntimeException e) {
            LOG.debug("A connection ended: {}", e.toString());
        } finally {
            deadline.cancel(false);
            sockets.remove(plain);
        }
    }

    private void negotiate(final Socket plain, final Future<?> deadline) throws IOException {
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
                    if (interfereWithCancel(socket, deadline)) {
                        cancel(fields.readInt(), fields.readInt());
                    }

                    return;
                }
                default -> {
                    deadline.cancel(false);
                    admit(plain, socket, code, fields);
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

    /** Does what is to go wrong with a request to cancel a statement. False when it is lost. */
    private boolean interfereWithCancel(final Socket socket, final Future<?> deadline) throws IOException {
        for (final Effect effect : settings.faults().ofCancelRequest()) {
            switch (effect.type()) {
                case LATENCY -> Pause.millis(effect.milliseconds());
                case HANG -> {
                    deadline.cancel(false);
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return false;
                }
                default -> {
                    return false;
                }
            }
        }

        return true;
    }

    private void cancel(final int processId, final int secretKey) throws IOException {
        for (final ClientSession session : sessions) {
            if (session.isFor(processId, secretKey)) {
                session.cancel(null);
            }
        }

        BackendSession.sendCancel(backend, processId, secretKey);
    }

    /** Does what one session asks of another, which PostgreSQL does as well where it runs the statement. */
    private void obey(final SessionSignal signal) {
        for (final ClientSession session : sessions) {
            if (session.processId() == signal.processId()) {
                if (signal.terminate()) {
                    session.end(signal.reason());
                } else {
                    session.cancel(signal.reason());
                }
            }
        }
    }

    private void admit(final Socket plain, final Socket socket, final int version, final MessageInput.Body fields) throws IOException {
        final ClientChannel client = new ClientChannel(plain, socket.getOutputStream());
        if (!places.tryAcquire()) {
            client.leave(Message.error("FATAL", new SqlError(SqlError.TOO_MANY_CONNECTIONS, "connection limit \"" + settings.mostSessions() + "\" exceeded for non-bootstrap users")));
            return;
        }

        try {
            if (interfere(client, socket)) {
                start(client, socket, version, fields);
            }
        } finally {
            places.release();
        }
    }

    /** Does what is to go wrong with a new connection. False when that was its end. */
    private boolean interfere(final ClientChannel client, final Socket socket) throws IOException {
        for (final Effect effect : settings.faults().ofConnection()) {
            switch (effect.type()) {
                case LATENCY -> Pause.millis(effect.milliseconds());
                case ERROR -> {
                    client.leave(Message.error("FATAL", Interference.error(effect)));
                    return false;
                }
                case HANG -> {
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return false;
                }
                case CUT -> timers.schedule(client::cut, effect.milliseconds() == null ? 0 : effect.milliseconds(), TimeUnit.MILLISECONDS);
                default -> {
                    return false;
                }
            }
        }

        return true;
    }

    private void start(final ClientChannel client, final Socket socket, final int version, final MessageInput.Body fields) throws IOException {
        final byte[] startup;
        try {
            startup = startup(version, fields);
        } catch (final SqlError e) {
            client.leave(Message.error("FATAL", e));
            return;
        }

        try (BackendLink link = new BackendLink(backend, client, this::obey, () -> showDiscovery)) {
            link.output().write(startup);
            link.output().flush();
            final Thread answers = Thread.ofVirtual().name("redshift-backend").start(() -> relay(link, client, socket));
            final MessageInput input = new MessageInput(socket.getInputStream());
            final Interference interference = new Interference(settings.faults(), input, socket, client, timers);
            final ClientSession session = new ClientSession(input, socket, client, link, planner, runner, interference, () -> statementsOutliveClients, conflicts);
            sessions.add(session);
            try {
                session.serve();
            } catch (final ProtocolException e) {
                client.leave(Message.error("FATAL", new SqlError(SqlError.PROTOCOL, e.getMessage())));
                throw e;
            } catch (final RuntimeException e) {
                LOG.error("A session ended in a defect of the sandbox", e);
                client.leave(Message.error("FATAL", new SqlError(SqlError.INTERNAL, "The sandbox failed: " + e.getClass().getSimpleName() + "; its log has the stack trace")));
                throw e;
            } finally {
                finish(link, client);
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
            if (name.equalsIgnoreCase(FloatDigits.NAME)) {
                FloatDigits.check(value);
            }

            if (name.equals("user") && value.equals(PostgresServer.ADMINISTRATOR)) {
                throw new SqlError(SqlError.INVALID_PASSWORD, "password authentication failed for user \"" + value + '"');
            }

            if (name.equalsIgnoreCase("options")) {
                IsolationRewriter.checkOptions(value);
            }

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

    /** What PostgreSQL runs for a client ends with the client, unless its connection was taken from it on demand. */
    private static void finish(final BackendLink link, final ClientChannel client) {
        try {
            if (client.isSevered() && link.isAuthenticated()) {
                link.output().flush();
                link.awaitIdle(Long.MAX_VALUE);
            } else if (link.isAuthenticated() && !link.isIdle()) {
                BackendSession.sendCancel(link.address(), link.processId(), link.secretKey());
            }
        } catch (final IOException e) {
            LOG.debug("The backend had gone before: {}", e.toString());
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
        closeForGood();
        timers.shutdownNow();
        for (final ClientSession session : sessions) {
            session.cancel(null);
        }

        for (final Socket socket : sockets) {
            try {
                socket.close();
            } catch (final SocketException e) {
                LOG.debug("Closing failed: {}", e.toString());
            }
        }
    }

    private synchronized void closeForGood() throws IOException {
        closed = true;
        pause();
    }

    /**
     * How a server behaves.
     *
     * @param port 0 for a free one
     * @param mostSessions how many sessions there may be at once; Redshift's limit is 500
     * @param startTimeout after which a connection is closed that has not said by then who it wants to be
     * @param faults what goes wrong on demand
     */
    public record Settings(int port, int mostSessions, Duration startTimeout, StatementFaults faults) {

        /** Some of the 300 connections of the PostgreSQL behind it are for the cluster itself. */
        private static final int MOST_SESSIONS = 250;
        private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

        /** 250 sessions, and a minute to start one. */
        public static Settings defaults(final int port, final StatementFaults faults) {
            return new Settings(port, MOST_SESSIONS, START_TIMEOUT, faults);
        }
    }
}
