package io.github.unloadcopy.redshift;

import com.amazon.redshift.Driver;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.sandbox.client.SandboxEndpoints;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectionSettingsIT {
    private static final SandboxSession SANDBOX = SandboxSession.get();

    @TempDir
    private Path folder;

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

    /** Names in lower case: clusters fold them, in double quotes too. */
    @ParameterizedTest
    @ValueSource(strings = {"sales 50%", "a;b", "x?y", "a%2fb", "a+b&c=d", "dév", "x?loglevel=6"})
    void databaseIsReachedByItsName(final String database) throws SQLException {
        SANDBOX.execute("source", "CREATE DATABASE " + SqlText.identifier(database));

        try (Connection connection = SANDBOX.connectTo("source", database, socket -> { }); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT current_database()")) {
            rows.next();
            assertEquals(database, rows.getString(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev?LogPath=%s&LogLevel=6", "dev?sslrootcert=%s/none.pem", "dev?socketFactory=no.such.Class", "dev;readOnly=true"})
    void databaseWithOptionsDoesNotExist(final String database) throws IOException {
        final String name = database.formatted(folder);
        final SQLException failure = assertThrows(SQLException.class, () -> SANDBOX.connectTo("source", name, socket -> { }).close());

        assertEquals("3D000", failure.getSQLState(), failure.toString());
        assertEquals(List.of(), files());
    }

    /** Where the driver looks for its file of options, but for the folder of its own JAR and an environment variable. */
    @ParameterizedTest
    @ValueSource(strings = {"java.io.tmpdir", "user.home"})
    void optionsOfAFileAreNotTaken(final String property) throws SQLException, IOException {
        final String before = System.getProperty(property);
        Files.writeString(folder.resolve("rsjdbc.ini"), "[DRIVER]\nreadonly=true\n");
        System.setProperty(property, folder.toString());

        try (Connection connection = SANDBOX.connections("source").open()) {
            assertFalse(connection.isReadOnly());
            assertEquals(List.of("rsjdbc.ini"), files());

            try (Connection unprotected = withoutProtection()) {
                assertTrue(unprotected.isReadOnly(), "The driver does not read this file");
            }
        } finally {
            System.setProperty(property, before);
        }
    }

    /** As the driver connects when it is told of no file. */
    private static Connection withoutProtection() throws SQLException {
        final SandboxEndpoints.Cluster cluster = SANDBOX.endpoints().cluster("source");
        final ConnectionSettings settings = SANDBOX.settings("source", cluster.user());
        final Properties properties = settings.properties();
        properties.setProperty("password", cluster.password());
        properties.setProperty("socketFactoryArg", "no listener");
        return new Driver().connect(settings.url(), properties);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
