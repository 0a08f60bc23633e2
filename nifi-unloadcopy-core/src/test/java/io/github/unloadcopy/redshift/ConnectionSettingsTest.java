package io.github.unloadcopy.redshift;

import com.amazon.redshift.Driver;
import com.amazon.redshift.RedshiftProperty;
import com.amazon.redshift.util.RedshiftProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Duration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ConnectionSettingsTest {
    @ParameterizedTest
    @ValueSource(strings = {"dev", "sales 50%", "a;b", "x?y", "a%2Fb", "a+b", "a/b", "dev?sslrootcert=/tmp/ca.pem", "dev?LogPath=/tmp&LogLevel=6", "dev;socketFactory=x.Y", "dév"})
    void databaseAndUserAreNothingButNames(final String name) throws SQLException {
        final ConnectionSettings settings = settings("cluster.example.com", 5439, name, name);
        final RedshiftProperties parsed = Driver.parseURL(settings.url(), new RedshiftProperties(settings.properties(), new RedshiftProperties()));

        assertEquals(name, RedshiftProperty.DBNAME.get(parsed));
        assertEquals(name, RedshiftProperty.USER.get(parsed));
        assertEquals("cluster.example.com", RedshiftProperty.HOST.get(parsed));
        assertEquals("5439", RedshiftProperty.PORT.get(parsed));
        assertNull(RedshiftProperty.SSL_ROOT_CERT.get(parsed));
        assertEquals(KeepAliveSocketFactory.class.getName(), RedshiftProperty.SOCKET_FACTORY.get(parsed));
        assertNull(RedshiftProperty.LOG_PATH.get(parsed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host/dev?sslmode=disable", "host:5439", "a,b", "user@host", "host?x", "host\n"})
    void endpointIsNothingButAHostName(final String endpoint) {
        refused(settings(endpoint, 5439, "dev", "user"));
    }

    /** The startup message of the protocol is a list of texts that end with NUL. */
    @Test
    void noValueBeginsAnotherOption() {
        refused(settings("host", 5439, "dev\0options\0-c x=y", "user"));
        refused(settings("host", 5439, "dev", "user\0database\0other"));
        refused(settings("host", 5439, "", "user"));
        refused(settings("host", 5439, "dev", ""));
        refused(settings("host", 5439, "dev", "\ud800"));
        refused(settings("host", 0, "dev", "user"));
        refused(settings("host", 65536, "dev", "user"));
    }

    @Test
    void ipv6AddressIsAnEndpoint() throws SQLException {
        assertEquals("jdbc:redshift://[::1]:5439/dev", settings("[::1]", 5439, "dev", "user").url());
    }

    @Test
    void loginTimeoutIsNeverNone() throws SQLException {
        assertEquals("1", settings("host", 5439, "dev", "user").properties().getProperty("loginTimeout"));
    }

    private static void refused(final ConnectionSettings settings) {
        final SQLException refusal = assertThrows(SQLException.class, () -> {
            settings.url();
            settings.properties();
        });

        assertEquals("08001", refusal.getSQLState());
    }

    private static ConnectionSettings settings(final String endpoint, final int port, final String database, final String user) {
        return new ConnectionSettings(endpoint, port, database, user, "verify-full", null, Duration.ofMillis(500), "test");
    }
}
