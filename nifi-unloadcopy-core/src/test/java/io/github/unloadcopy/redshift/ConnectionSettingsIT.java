package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionSettingsIT {
    private static final SandboxSession SANDBOX = SandboxSession.get();

    @Test
    void connectionIsKeptAlive() throws SQLException, IOException, ReflectiveOperationException {
        try (Connection connection = SANDBOX.connections("source").open()) {
            final Socket socket = DriverSocket.of(connection);

            assertTrue(socket.getKeepAlive());

            if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                assertEquals(KeepAliveSocketFactory.IDLE_SECONDS, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
            }
        }
    }

    @Test
    void sessionTellsWhoseItIs() throws SQLException {
        assertEquals(List.of(List.of("Unload/Copy tests")), SANDBOX.query("source", "SHOW application_name"));
    }
}
