package io.github.unloadcopy.services;

import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.processors.RedshiftUnload;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedshiftConnectionPoolIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    private TestRunner runner;
    private RedshiftConnectionPool source;
    private RedshiftConnectionPool target;

    @BeforeEach
    void setPools() throws InitializationException {
        runner = SandboxRunner.create(new RedshiftUnload());
        source = (RedshiftConnectionPool) runner.getControllerService(SandboxRunner.SOURCE_POOL);
        target = (RedshiftConnectionPool) runner.getControllerService(SandboxRunner.TARGET_POOL);
    }

    @Test
    void attributesChooseTheCluster() throws SQLException {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");

        try (Connection connection = source.getConnection(attributes)) {
            assertTrue(connection.getMetaData().getURL().contains(":" + SANDBOX.source().port() + "/"));
        }

        try (Connection connection = target.getConnection(attributes)) {
            assertTrue(connection.getMetaData().getURL().contains(":" + SANDBOX.target().port() + "/"));
            assertEquals(SANDBOX.target().user(), connection.getMetaData().getUserName());
        }
    }

    @Test
    void connectionsAreReused() throws SQLException {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");
        final String first = backend(attributes);

        assertEquals(first, backend(attributes));
    }

    @Test
    void typedInClusterNeedsNoAttributes() throws SQLException {
        typeIn();

        try (Connection connection = source.getConnection()) {
            assertTrue(connection.isValid(5));
        }
    }

    @ParameterizedTest
    @CsvSource({"%s, true", "%s:%d, true", "other.example.com, false", "'other.example.com, %s:*', true", "%s:1, false", "*, true", "*.example.com:%d, false"})
    void passwordsGoToAllowedEndpointsOnly(final String list, final boolean allowed) throws SQLException {
        allow(list.replace("%s", SANDBOX.source().host()).replace("%d", Integer.toString(SANDBOX.source().port())));
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");

        if (allowed) {
            backend(attributes);
            return;
        }

        // Not a ciphertext at all: it is not even looked at.
        attributes.put("unloadcopy.source.password.ciphertext", "none");
        final ProcessException failure = assertThrows(ProcessException.class, () -> source.getConnection(attributes));

        assertTrue(failure.getMessage().contains("the property Allowed Endpoints"), failure::getMessage);
        assertTrue(failure.getMessage().contains("%s:%d".formatted(SANDBOX.source().host(), SANDBOX.source().port())), failure::getMessage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,", "https://host", "host:port", "host:123456", "host/dev", ","})
    void allowedEndpointsAreHosts(final String list) {
        runner.disableControllerService(source);
        runner.setProperty(source, RedshiftConnectionPool.ALLOWED_ENDPOINTS, list);

        runner.assertNotValid(source);
    }

    @ParameterizedTest
    @CsvSource({"prod.abc.redshift.amazonaws.com, PROD.abc.redshift.amazonaws.com, true", "*.redshift.amazonaws.com, prod.redshift.amazonaws.com.example.com, false",
        "a.b, aXb, false", "[::1]:5439, [::1], true", "prod-*, prod-1.example.com, true"})
    void asteriskStandsForAnyCharacters(final String list, final String host, final boolean allowed) {
        assertEquals(allowed, AllowedEndpoints.parse(list).allows(host, 5439));
    }

    private void allow(final String list) {
        runner.disableControllerService(source);
        runner.setProperty(source, RedshiftConnectionPool.ALLOWED_ENDPOINTS, list);
        runner.enableControllerService(source);
    }

    @Test
    void missingAttributeIsNamed() {
        final ProcessException failure = assertThrows(ProcessException.class, () -> source.getConnection(Map.of()));

        assertTrue(failure.getMessage().contains("unloadcopy.source.endpoint"), failure::getMessage);
    }

    @Test
    void wrongPasswordFailsAtOnceAndIsNotRepeated() {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");
        attributes.put("unloadcopy.source.password.ciphertext", SANDBOX.encrypt("WrongPassword1"));
        final ProcessException failure = assertThrows(ProcessException.class, () -> source.getConnection(attributes));

        assertTrue(failure.getMessage().contains(SANDBOX.source().user()), failure::getMessage);

        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertFalse(String.valueOf(cause.getMessage()).contains("WrongPassword1"), cause::toString);
        }
    }

    @Test
    void certificateOfAStrangerIsRefused() {
        runner.disableControllerService(source);
        runner.removeProperty(source, RedshiftConnectionPool.SSL_ROOT_CERTIFICATE);
        runner.enableControllerService(source);
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");

        assertThrows(ProcessException.class, () -> source.getConnection(attributes));
    }

    @Test
    void sessionsTellThatTheyAreNiFis() throws SQLException {
        try (Connection connection = source.getConnection(SandboxRunner.tableAttributes("public", "orders"));
                Statement statement = connection.createStatement();
                ResultSet resultSet = statement.executeQuery("SHOW application_name")) {
            resultSet.next();
            assertEquals("NiFi Unload/Copy", resultSet.getString(1));
        }
    }

    /** The name of the database is chosen so that a lock for both logins, as of one bin of a hash table, would be the same. */
    @Test
    @Timeout(60)
    void loginThatIsNotAnsweredKeepsNoOtherWaiting() throws Exception {
        final Map<String, String> attributes = SandboxRunner.tableAttributes("public", "orders");

        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final Map<String, String> slow = new HashMap<>(attributes);
            slow.put("unloadcopy.source.port", Integer.toString(silent.getLocalPort()));

            for (int number = 0; bin(slow) != bin(attributes); number++) {
                slow.put("unloadcopy.source.database", "dev" + number);
            }

            final FutureTask<Connection> waiting = new FutureTask<>(() -> source.getConnection(slow));
            Thread.ofPlatform().daemon().start(waiting);

            // Held until the fast login has come through.
            try (Socket login = silent.accept()) {
                final FutureTask<Boolean> fast = new FutureTask<>(() -> {
                    try (Connection connection = source.getConnection(attributes)) {
                        return connection.isValid(1);
                    }
                });
                Thread.ofPlatform().daemon().start(fast);

                assertTrue(fast.get(15, TimeUnit.SECONDS));
                assertFalse(waiting.isDone() || login.isClosed());
            }

            assertThrows(ExecutionException.class, waiting::get);
        }
    }

    /** As ConcurrentHashMap places a key in its first 16 bins. */
    private static int bin(final Map<String, String> attributes) {
        final String prefix = "unloadcopy.source.";
        final int hash = new ClusterLogin(attributes.get(prefix + "endpoint"), Integer.parseInt(attributes.get(prefix + "port")), attributes.get(prefix + "database"), attributes.get(prefix + "user"),
                attributes.get(prefix + "password.ciphertext")).hashCode();
        return (hash ^ hash >>> 16) & 15;
    }

    private void typeIn() {
        runner.disableControllerService(source);
        runner.setProperty(source, RedshiftConnectionPool.CLUSTER, RedshiftCluster.PROPERTIES);
        runner.setProperty(source, RedshiftConnectionPool.ENDPOINT, SANDBOX.source().host());
        runner.setProperty(source, RedshiftConnectionPool.PORT, Integer.toString(SANDBOX.source().port()));
        runner.setProperty(source, RedshiftConnectionPool.DATABASE, SANDBOX.source().database());
        runner.setProperty(source, RedshiftConnectionPool.USER, SANDBOX.source().user());
        runner.setProperty(source, RedshiftConnectionPool.PASSWORD_CIPHERTEXT, SANDBOX.encrypt(SANDBOX.source().password()));
        runner.enableControllerService(source);
    }

    private String backend(final Map<String, String> attributes) throws SQLException {
        try (Connection connection = source.getConnection(attributes);
                Statement statement = connection.createStatement();
                ResultSet resultSet = statement.executeQuery("SELECT pg_backend_pid()")) {
            resultSet.next();
            return resultSet.getString(1);
        }
    }
}
