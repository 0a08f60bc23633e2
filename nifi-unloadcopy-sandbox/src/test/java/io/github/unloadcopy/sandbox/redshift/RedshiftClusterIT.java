package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RedshiftClusterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static TestCluster cluster;

    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private Connection connection;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.get();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = cluster.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void passwordsAreChecked() throws SQLException {
        assertEquals("28P01", assertThrows(SQLException.class, () -> cluster.connect(TestCluster.USER, "wrong", new Properties())).getSQLState());
        Rows.execute(connection, "CREATE USER u" + table + " PASSWORD 'Secret1word'");
        try (Connection other = cluster.connect("u" + table, "Secret1word", new Properties())) {
            assertEquals("u" + table, Rows.value(other, "SELECT current_user"));
            assertEquals("0", Rows.value(other, "SELECT pg_last_copy_count()"));
            assertEquals("42501", assertThrows(SQLException.class, () -> Rows.value(other, "SELECT pg_read_file('PG_VERSION')")).getSQLState());
        }
    }

    @Test
    void driverTakesItForRedshift() throws SQLException {
        assertEquals("Redshift", connection.getMetaData().getDatabaseProductName());
        assertEquals("8.0.2", connection.getMetaData().getDatabaseProductVersion());
    }

    @Test
    void metadata() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int IDENTITY(1, 1) NOT NULL, b varchar(20) ENCODE zstd, c numeric(10, 2), PRIMARY KEY (a)) DISTSTYLE EVEN");
        final DatabaseMetaData metaData = connection.getMetaData();
        for (final String schema : new String[] {"public", null}) {
            assertEquals(List.of(table + " TABLE"), list(metaData.getTables(null, schema, table, new String[] {"TABLE"}), "TABLE_NAME", "TABLE_TYPE"));
            assertEquals(List.of("a 4", "b 12", "c 2"), list(metaData.getColumns(null, schema, table, "%"), "COLUMN_NAME", "DATA_TYPE"));
        }

        assertEquals(List.of("YES YES", "NO NO", "NO NO"), list(metaData.getColumns(TestCluster.DATABASE, "public", table, null), "IS_AUTOINCREMENT", "IS_GENERATEDCOLUMN"));
        assertEquals(List.of("a 1"), list(metaData.getPrimaryKeys(null, "public", table), "COLUMN_NAME", "KEY_SEQ"));
        assertEquals(List.of(TestCluster.DATABASE + " null"), list(metaData.getCatalogs(), "TABLE_CAT", null));
        assertTrue(list(metaData.getSchemas(), "TABLE_SCHEM", null).contains("public null"));
    }

    private static List<String> list(final ResultSet result, final String first, final String second) throws SQLException {
        try (result) {
            final List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(first) + " " + (second == null ? null : result.getString(second)));
            }

            return rows;
        }
    }

    @Test
    void keysAreNotEnforced() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int PRIMARY KEY, b int UNIQUE)", "INSERT INTO " + table + " VALUES (1, 1), (1, 1)", "TRUNCATE " + table,
                "INSERT INTO " + table + " VALUES (1, 1), (1, 1)", "UPDATE " + table + " SET b = 2");
        assertEquals("2", Rows.value(connection, "SELECT count(*) FROM " + table + " WHERE a = 1"));
    }

    @Test
    void readOnlyConnectionsUnloadAndDoNotWrite() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "INSERT INTO " + table + " VALUES (1)");
        connection.setReadOnly(true);
        assertEquals("25006", assertThrows(SQLException.class, () -> Rows.execute(connection, "INSERT INTO " + table + " VALUES (2)")).getSQLState());
        final String bucket = cluster.bucket();
        Rows.execute(connection, unload("SELECT * FROM " + table, bucket));
        assertThrows(SQLException.class, () -> Rows.execute(connection, copy(table, bucket)));
        connection.setReadOnly(false);
        Rows.execute(connection, copy(table, bucket));
        assertEquals(2, Rows.count(connection, table));
    }

    @Test
    void batchesCursorsAndPreparedStatements() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int, b varchar(max))");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?)")) {
            for (int row = 0; row < 3000; row++) {
                insert.setInt(1, row);
                insert.setString(2, "x".repeat(row % 500));
                insert.addBatch();
            }

            assertEquals(3000, insert.executeBatch().length);
        }

        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(100);
            try (ResultSet result = statement.executeQuery("SELECT a FROM " + table + " ORDER BY a")) {
                int row = 0;
                while (result.next()) {
                    assertEquals(row++, result.getInt(1));
                }

                assertEquals(3000, row);
            }
        }

        connection.rollback();
        assertEquals(0, Rows.count(connection, table));
    }

    @Test
    void unloadAndCopyAsPreparedStatements() throws SQLException {
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "INSERT INTO " + table + " VALUES (1)");
        final String bucket = cluster.bucket();
        try (PreparedStatement unload = connection.prepareStatement(unload("SELECT * FROM " + table, bucket)); PreparedStatement copy = connection.prepareStatement(copy(table, bucket))) {
            unload.execute();
            for (int run = 0; run < 12; run++) {
                // The driver comes to name statements that are used again and again.
                assertFalse(copy.execute());
            }
        }

        assertEquals(13, Rows.count(connection, table));
    }

    @Test
    void queryTimeoutCancels() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertEquals("57014", assertThrows(SQLException.class, () -> statement.execute("SELECT pg_sleep(30)")).getSQLState());
        }

        assertEquals("1", Rows.value(connection, "SELECT 1"));
    }

    @Test
    void manyStatementsInOneMessage() throws SQLException {
        final String bucket = cluster.bucket();
        try (Connection simple = simpleProtocol()) {
            Rows.execute(simple, "CREATE TABLE " + table + " (a int ENCODE az64); INSERT INTO " + table + " VALUES (1), (2); " + unload("SELECT * FROM " + table, bucket) + ";" + copy(table, bucket));
            assertEquals(4, Rows.count(simple, table));

            final SQLException failure = assertThrows(SQLException.class, () -> Rows.execute(simple, "INSERT INTO " + table + " VALUES (3); " + copy("nothing", bucket)));
            assertTrue(failure.getMessage().contains("nonexistent table"), failure.getMessage());
            assertEquals(4, Rows.count(simple, table));

            Rows.execute(simple, "BEGIN; " + copy(table, bucket) + "; ROLLBACK");
            assertEquals(4, Rows.count(simple, table));
            assertThrows(SQLException.class, () -> Rows.execute(simple, "SELECT 1; BEGIN; " + copy(table, bucket) + "; COMMIT"));
            assertEquals(4, Rows.count(simple, table));
        }
    }

    /** PostgreSQL's driver, which sends texts as they are. */
    private static Connection simpleProtocol() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + cluster.port() + "/" + TestCluster.DATABASE + "?sslmode=require&preferQueryMode=simple", TestCluster.USER,
                cluster.password());
    }

    @Test
    void hundredConnections() throws Exception {
        final String bucket = cluster.bucket();
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "INSERT INTO " + table + " VALUES (1), (2), (3)", unload("SELECT * FROM " + table, bucket), "TRUNCATE " + table);
        final Callable<Long> client = () -> {
            try (Connection other = cluster.connect()) {
                Rows.execute(other, copy(table, bucket));
                return Long.parseLong(Rows.value(other, "SELECT pg_last_copy_count()"));
            }
        };
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (final Future<Long> count : clients.invokeAll(Collections.nCopies(100, client))) {
                assertEquals(3, count.get());
            }
        }

        assertEquals(300, Rows.count(connection, table));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000003", "7fffffff00030000", "000000080003ffff", "00000009000300007f", "ffffffffffffffff", "0000000c04d2162e00000001", "474554202f20485454502f312e310d0a0d0a"})
    void malformedStartsEndTheirConnectionOnly(final String bytes) throws IOException, SQLException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), cluster.port())) {
            socket.getOutputStream().write(HexFormat.of().parseHex(bytes));
            socket.shutdownOutput();
            assertTimeoutPreemptively(PATIENCE, () -> drain(socket.getInputStream()));
        }

        assertEquals("1", Rows.value(connection, "SELECT 1"));
        try (Connection other = cluster.connect()) {
            assertEquals("1", Rows.value(other, "SELECT 1"));
        }
    }

    private static long drain(final InputStream input) throws IOException {
        return input.readAllBytes().length;
    }

    @Test
    void filesStayInTheWorkDirectory() throws IOException {
        try (Stream<Path> sockets = Files.find(Path.of("/tmp"), 1, (path, attributes) -> path.getFileName().toString().startsWith(".s.PGSQL." + cluster.port()))) {
            assertEquals(0, sockets.count());
        }

        assertTrue(Files.isDirectory(cluster.workDirectory().resolve("redshift/data")));
    }

    private static String unload(final String query, final String bucket) {
        return "UNLOAD ('" + query + "') TO 's3://" + bucket + "/p/' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "' MANIFEST";
    }

    private static String copy(final String target, final String bucket) {
        return "COPY " + target + " FROM 's3://" + bucket + "/p/manifest' IAM_ROLE '" + Role.REDSHIFT_UNLOAD_COPY.arn() + "' MANIFEST";
    }
}
