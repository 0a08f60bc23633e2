package io.github.unloadcopy.services;

import com.amazon.redshift.Driver;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;

import java.io.File;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Makes connections to one cluster. It asks for the password each time, so that no pool keeps it.
 */
class ClusterDataSource implements DataSource {

    private final ClusterLogin login;
    private final KmsCredentialsService kmsCredentialsService;
    private final SslMode sslMode;
    private final File rootCertificate;
    private final Duration loginTimeout;

    /**
     * @param rootCertificate PEM file of trusted authorities; null for those that Java trusts
     * @param loginTimeout how long connecting may take, rounded up to seconds
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
        final Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("sslmode", sslMode.parameter());
        properties.setProperty("loginTimeout", Long.toString(Math.max(1, loginTimeout.toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "NiFi Unload/Copy");

        if (rootCertificate != null) {
            properties.setProperty("sslrootcert", rootCertificate.getAbsolutePath());
        }

        try (Secret password = kmsCredentialsService.decrypt(login.passwordCiphertext(), Map.of())) {
            properties.setProperty("password", password.text());
            return new Driver().connect("jdbc:redshift://%s:%d/%s".formatted(login.endpoint(), login.port(), login.database()), properties);
        } catch (final KmsSecretException e) {
            throw new SQLException("The password of user %s cannot be decrypted: %s".formatted(login.user(), e.getMessage()), "28000", e);
        } finally {
            properties.remove("password");
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
