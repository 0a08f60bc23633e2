package io.github.unloadcopy.services;

import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.redshift.ConnectionSettings;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Makes connections to one cluster. It asks for the password each time, so that no pool keeps it.
 */
class ClusterDataSource implements DataSource {

    private static final String APPLICATION_NAME = "NiFi Unload/Copy";

    private final ClusterLogin login;
    private final KmsCredentialsService kmsCredentialsService;
    private final SslMode sslMode;
    private final File rootCertificate;
    private final Duration loginTimeout;
    private final Map<Connection, Socket> connections = new ConcurrentHashMap<>();

    /**
     * @param rootCertificate PEM file of trusted authorities; null for those that Java trusts
     * @param loginTimeout how long connecting may take, rounded down to seconds, and at least one
     */
    ClusterDataSource(final ClusterLogin login, final KmsCredentialsService kmsCredentialsService, final SslMode sslMode, final File rootCertificate, final Duration loginTimeout) {
        this.login = login;
        this.kmsCredentialsService = kmsCredentialsService;
        this.sslMode = sslMode;
        this.rootCertificate = rootCertificate;
        this.loginTimeout = loginTimeout;
    }

    @Override
    public Connection getConnection() throws SQLException {
        final AtomicReference<Socket> socket = new AtomicReference<>();
        final Connection connection = connect(loginTimeout, socket::set);
        connections.keySet().removeIf(earlier -> !isOpen(earlier));
        connections.put(connection, socket.get());
        return connection;
    }

    /**
     * Makes a connection that belongs to no pool.
     *
     * @param timeout how long connecting may take, rounded down to seconds, and at least one
     */
    Connection connect(final Duration timeout) throws SQLException {
        return connect(timeout, socket -> { });
    }

    private Connection connect(final Duration timeout, final Consumer<Socket> sockets) throws SQLException {
        final ConnectionSettings settings = new ConnectionSettings(login.endpoint(), login.port(), login.database(), login.user(), sslMode.parameter(),
                rootCertificate == null ? null : rootCertificate.toPath(), timeout, APPLICATION_NAME);

        try (Secret password = kmsCredentialsService.decrypt(login.passwordCiphertext(), Map.of())) {
            return settings.open(password, sockets);
        } catch (final KmsSecretException e) {
            throw new SQLException("The password of user %s cannot be decrypted: %s".formatted(login.user(), e.getMessage()), "28000", e);
        }
    }

    /** The connections that were made and are not closed. */
    List<Connection> openConnections() {
        return connections.keySet().stream().filter(ClusterDataSource::isOpen).toList();
    }

    /** Closes the sockets of all connections: whoever waits for one gets an exception at once, whatever cluster and network do. */
    void sever() {
        for (final Socket socket : connections.values()) {
            try {
                socket.close();
            } catch (final IOException e) {
                // It is of no use any more, as it was to be.
            }
        }
    }

    /** Whether the client's end is open; nothing is asked of the cluster. */
    static boolean isOpen(final Connection connection) {
        try {
            return !connection.isClosed();
        } catch (final SQLException e) {
            return false;
        }
    }

    /** The user is part of the login: no other is taken. */
    @Override
    public Connection getConnection(final String username, final String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("This data source connects as %s only".formatted(login.user()));
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(final PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("Logging goes through SLF4J");
    }

    /** HikariCP sets its own idea of a login timeout, in seconds; the one of the service's configuration holds. */
    @Override
    public void setLoginTimeout(final int seconds) {
        // The configured timeout is given to the driver with each connection.
    }

    @Override
    public int getLoginTimeout() {
        return Math.toIntExact(loginTimeout.toSeconds());
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Logging goes through SLF4J");
    }

    @Override
    public <T> T unwrap(final Class<T> type) throws SQLException {
        if (isWrapperFor(type)) {
            return type.cast(this);
        }

        throw new SQLException("Not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(final Class<?> type) {
        return type.isInstance(this);
    }
}
