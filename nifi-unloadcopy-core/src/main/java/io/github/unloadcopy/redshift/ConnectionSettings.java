package io.github.unloadcopy.redshift;

import com.amazon.redshift.Driver;
import io.github.unloadcopy.kms.Secret;

import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * How to connect to a cluster with the Redshift driver: over TLS, with the certificate checked, kept alive, under a name that tells whose session it is. Everything that connects does it here.
 * <p>
 * The driver takes options from its URL, and from a file {@code rsjdbc.ini} that it looks for in places where others may write: a log with all data, another trust store, a class to load. Neither
 * is used. The URL has host, port and the encoded name of the database and no options. A file of options is named in the properties, an empty one, and then the driver looks for no other
 * (Redshift Management Guide, "Options for JDBC driver version 2.x configuration", IniFile).
 *
 * @param endpoint host name or IP address
 * @param port 1 to 65535
 * @param database name of the database, any characters
 * @param user database user
 * @param sslMode verify-full or verify-ca
 * @param rootCertificate PEM file of trusted authorities; null for those that Java trusts
 * @param loginTimeout how long connecting may take, in whole seconds and at least one
 * @param applicationName what the cluster calls the session, as in STL_CONNECTION_LOG and SYS_CONNECTION_LOG
 */
public record ConnectionSettings(String endpoint, int port, String database, String user, String sslMode, Path rootCertificate, Duration loginTimeout, String applicationName) {
    private static final Pattern ENDPOINT = Pattern.compile("[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");
    /** The driver reads ahead up to this size, whatever the fetch size; its default is 1 GB. */
    private static final String READ_AHEAD = "8M";
    /** Seconds that the driver waits for the end of a cancel request, which it sends when it closes a statement, too. It is not told of one that gets lost, and waits 10 by default. */
    private static final String CANCEL_TIMEOUT = "2";
    /** The SQLSTATE of a connection that cannot be made. */
    private static final String CONNECTION_FAILED = "08001";
    private static final int LARGEST_PORT = 65_535;

    /**
     * Connects.
     *
     * @param password the user's password; the caller closes it
     * @return a connection in autocommit mode
     * @throws SQLException when the endpoint is not a host name, or the cluster cannot be reached or refuses the login
     */
    public Connection open(final Secret password) throws SQLException {
        return open(password, socket -> { });
    }

    /**
     * Connects, and tells by what socket: closing it breaks the connection off whatever the cluster does, which Connection.abort cannot, for it ends TLS first and waits for the peer.
     *
     * @param password the user's password; the caller closes it
     * @param sockets takes each socket that the driver tries; the last is that of the connection
     * @return a connection in autocommit mode
     * @throws SQLException when the endpoint is not a host name, or the cluster cannot be reached or refuses the login
     */
    public Connection open(final Secret password, final Consumer<Socket> sockets) throws SQLException {
        final String url = url();
        final Properties properties = properties();
        final Path noOptions = noOptions();
        final String listener = KeepAliveSocketFactory.listen(sockets);
        properties.setProperty("socketFactoryArg", listener);
        properties.setProperty("IniFile", noOptions.toString());
        properties.setProperty("password", password.text());

        try {
            return new Driver().connect(url, properties);
        } catch (final SQLException e) {
            throw Redactor.redact(e, List.of(password));
        } finally {
            properties.remove("password");
            KeepAliveSocketFactory.forget(listener);
            delete(noOptions);
        }
    }

    /** An empty file for one connection, which no other user can write to, so that a file that stays behind is harmless. */
    private static Path noOptions() throws SQLException {
        try {
            return Files.createTempFile("unloadcopy-no-options", ".ini");
        } catch (final IOException e) {
            throw new SQLException("A temporary file that is needed to connect cannot be made: " + e.getMessage(), CONNECTION_FAILED, e);
        }
    }

    private static void delete(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            // An empty file stays, which does no harm.
        }
    }

    /** The protocol ends each value with a NUL, so one inside a value would begin another option. */
    private static String value(final String name, final String value) throws SQLException {
        if (value.isEmpty() || value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new SQLException("The %s is empty or holds what is not a character".formatted(name), CONNECTION_FAILED);
        }

        return value;
    }

    /**
     * The driver's URL. Whatever stands in the name of the database stays part of it: the driver would take options from the rest of a URL.
     *
     * @throws SQLException when endpoint, port or database are none that a cluster can have
     */
    String url() throws SQLException {
        if (!ENDPOINT.matcher(endpoint).matches()) {
            throw new SQLException("The endpoint has to be a host name without port: " + endpoint, CONNECTION_FAILED);
        }

        if (port < 1 || port > LARGEST_PORT) {
            throw new SQLException("The port has to be from 1 to %d: %d".formatted(LARGEST_PORT, port), CONNECTION_FAILED);
        }

        return "jdbc:redshift://%s:%d/%s".formatted(endpoint, port, URLEncoder.encode(value("name of the database", database), StandardCharsets.UTF_8).replace("+", "%20"));
    }

    /**
     * The driver's options.
     *
     * @throws SQLException when there can be no such user
     */
    Properties properties() throws SQLException {
        final Properties properties = new Properties();
        properties.setProperty("user", value("user", user));
        // Otherwise it looks for a client's key in the home folder.
        properties.setProperty("sslkey", "");
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("loginTimeout", Long.toString(Math.max(1, loginTimeout.toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("socketFactory", KeepAliveSocketFactory.class.getName());
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("cancelSignalTimeout", CANCEL_TIMEOUT);
        properties.setProperty("fetchRingBufferSize", READ_AHEAD);

        if (rootCertificate != null) {
            properties.setProperty("sslrootcert", rootCertificate.toAbsolutePath().toString());
        }

        return properties;
    }
}
