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
    void databaseIsNothingButAName(final String database) throws SQLException {
        final RedshiftProperties parsed = Driver.parseURL(settings("cluster.example.com", database).url(), new RedshiftProperties());

        assertEquals(database, RedshiftProperty.DBNAME.get(parsed));
        assertEquals("cluster.example.com", RedshiftProperty.HOST.get(parsed));
        assertEquals("5439", RedshiftProperty.PORT.get(parsed));
        assertNull(RedshiftProperty.SSL_ROOT_CERT.get(parsed));
        assertNull(RedshiftProperty.SOCKET_FACTORY.get(parsed));
        assertNull(RedshiftProperty.LOG_PATH.get(parsed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host/dev?sslmode=disable", "host:5439", "a,b", "user@host", "host?x"})
    void endpointIsNothingButAHostName(final String endpoint) {
        final SQLException failure = assertThrows(SQLException.class, () -> settings(endpoint, "dev").url());

        assertEquals("08001", failure.getSQLState());
    }

    @Test
    void ipv6AddressIsAnEndpoint() throws SQLException {
        assertEquals("jdbc:redshift://[::1]:5439/dev", settings("[::1]", "dev").url());
    }

    @Test
    void loginTimeoutIsNeverNone() {
        assertEquals("1", settings("host", "dev").properties().getProperty("loginTimeout"));
    }

    private static ConnectionSettings settings(final String endpoint, final String database) {
        return new ConnectionSettings(endpoint, 5439, database, "user", "verify-full", null, Duration.ofMillis(500), "test");
    }
}
