package io.github.unloadcopy.services;

import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.processors.RedshiftUnload;
import org.apache.nifi.processor.exception.ProcessException;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

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
