package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.files.SecretFile;
import io.github.unloadcopy.sandbox.redshift.sql.RedshiftDialect;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The PostgreSQL behind one cluster: its files below one folder, reachable on loopback only, with passwords as the Redshift driver can send them. No login works without a password, from the first
 * moment on, and only the sandbox itself is its superuser.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
    /** PostgreSQL's bootstrap superuser. */
    public static final String ADMINISTRATOR = "postgres";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    /**
     * Data that is kept survives the end of processes, not that of the operating system. Literals know the backslash, as they do in Redshift. Statements are not logged: they may hold passwords.
     */
    private static final List<String> CONFIGURATION = List.of(
            "listen_addresses = '127.0.0.1'",
            "unix_socket_directories = ''",
            "max_connections = 300",
            "password_encryption = md5",
            "timezone = 'UTC'",
            "log_timezone = 'UTC'",
            "datestyle = 'iso, mdy'",
            "fsync = off",
            "synchronous_commit = off",
            "full_page_writes = off",
            "wal_level = minimal",
            "max_wal_senders = 0",
            "max_wal_size = '4GB'",
            "autovacuum = off",
            "shared_buffers = '128MB'",
            "jit = off",
            "extra_float_digits = 0",
            "standard_conforming_strings = off",
            "escape_string_warning = off",
            "backslash_quote = on",
            "log_min_error_statement = panic",
            "log_statement = none",
            "log_min_messages = fatal",
            "log_error_verbosity = terse",
            "log_destination = 'stderr'");

    private final EmbeddedPostgres postgres;
    private final Process watcher;
    private final Storage storage;
    private final Thread onExit = new Thread(this::closeAtExit, "postgres-stop");

    private PostgresServer(final EmbeddedPostgres postgres, final Process watcher, final Storage storage) {
        this.postgres = postgres;
        this.watcher = watcher;
        this.storage = storage;
    }

    /**
     * Unpacks the binaries where that has not been done, makes a new database cluster unless one was kept, and starts it.
     *
     * @throws IOException when PostgreSQL does not start
     */
    public static PostgresServer start(final Storage storage) throws IOException {
        final Path dataDirectory = storage.data();
        final boolean isNew = !Files.exists(dataDirectory);
        final NewDatabases databases = new NewDatabases(CacheFolder.open(storage.cache()));
        if (!isNew) {
            awaitEndOfOther(dataDirectory);
        }

        final String copied = isNew ? databases.copyTo(dataDirectory) : null;
        final String password = isNew ? Objects.requireNonNullElseGet(copied, Storage::newPassword) : storage.password();
        final Path passwordFile = SecretFile.create(storage.folder());
        final EmbeddedPostgres postgres;
        try {
            Files.writeString(passwordFile, password);
            // The library makes its own folder writable for all: it is within one that is for its owner only.
            postgres = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(storage.cache().resolve("binaries").toAbsolutePath().toFile())
                    .setPgBinaryResolver(BundledBinaries.INSTANCE)
                    .setDataDirectory(dataDirectory)
                    .setCleanDataDirectory(false)
                    .setConnectConfig("password", password)
                    .setLocaleConfig("locale", "C.UTF-8")
                    .setLocaleConfig("pwfile", passwordFile.toAbsolutePath().toString())
                    .setDataDirectoryCustomizer(folder -> {
                        if (isNew) {
                            prepare(databases, folder, password);
                        }
                    })
                    .setPGStartupWait(START_TIMEOUT)
                    .setRegisterShutdownHook(false)
                    .start();
        } finally {
            Files.delete(passwordFile);
        }

        try {
            final PostgresServer server = new PostgresServer(postgres, watch(dataDirectory), storage);
            Runtime.getRuntime().addShutdownHook(server.onExit);
            if (isNew) {
                server.setPassword(password);
            }

            return server;
        } catch (final IOException | SQLException | IllegalStateException e) {
            // IllegalStateException: the JVM is ending already, and takes no more shutdown hooks.
            postgres.close();
            throw new IOException("PostgreSQL could not be prepared: " + e.getMessage(), e);
        }
    }

    /** Waits for a PostgreSQL that is still on its way out, after the sandbox that it belonged to was killed. */
    private static void awaitEndOfOther(final Path dataDirectory) throws IOException {
        final Path file = dataDirectory.resolve("postmaster.pid");
        if (Files.exists(file)) {
            final ProcessHandle other = ProcessHandle.of(Long.parseLong(Files.readAllLines(file).get(0).strip())).orElse(null);
            if (other != null && other.info().command().orElse("postgres").contains("postgres")) {
                try {
                    other.onExit().get(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("The sandbox stops.");
                } catch (final ExecutionException | TimeoutException e) {
                    throw new IOException("Another PostgreSQL, process " + other.pid() + ", uses " + dataDirectory + ".", e);
                }
            }

            Files.deleteIfExists(file);
        }
    }

    private static void prepare(final NewDatabases databases, final File dataDirectory, final String password) {
        try {
            databases.keep(dataDirectory.toPath(), password);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }

        configure(dataDirectory);
    }

    private static void configure(final File dataDirectory) {
        try {
            final Path file = dataDirectory.toPath().resolve("postgresql.conf");
            Files.write(file, CONFIGURATION, StandardOpenOption.APPEND);
            Files.writeString(file, RedshiftDialect.configuration(), StandardOpenOption.APPEND);
            // Before the first start: until then it accepts every login.
            Files.writeString(dataDirectory.toPath().resolve("pg_hba.conf"), "host all all 127.0.0.1/32 md5\n");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A child that outlives this JVM just long enough to stop PostgreSQL, should the JVM be killed without a chance to do so itself. */
    private static Process watch(final Path dataDirectory) throws IOException {
        final String processId = Files.readAllLines(dataDirectory.resolve("postmaster.pid")).get(0).strip();
        return new ProcessBuilder("sh", "-c", "trap '' INT TERM HUP; cat > /dev/null; kill -INT \"$1\" 2> /dev/null", "sh", processId)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void setPassword(final String initial) throws SQLException {
        try (Connection connection = connect(ADMINISTRATOR, initial); Statement statement = connection.createStatement()) {
            // With MD5, which the driver's users need, what is stored of a password would do to log in.
            statement.execute("SET password_encryption TO 'scram-sha-256'");
            statement.execute("ALTER ROLE " + ADMINISTRATOR + " PASSWORD '" + storage.password() + "'");
        }
    }

    /**
     * Connects as the owner of everything, past the front. Nothing that users have made is on the connection's search path, so that no name can mean anything else than PostgreSQL's own.
     *
     * @throws SQLException when the database does not exist
     */
    public Connection connect(final String database) throws SQLException {
        return connect(database, storage.password());
    }

    private Connection connect(final String database, final String password) throws SQLException {
        final PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {InetAddress.getLoopbackAddress().getHostAddress()});
        source.setPortNumbers(new int[] {postgres.getPort()});
        source.setDatabaseName(database);
        source.setUser(ADMINISTRATOR);
        source.setPassword(password);
        source.setOptions("-c search_path=pg_catalog,pg_temp");
        return source.getConnection();
    }

    /**
     * The databases of users, and the template of those to come.
     *
     * @throws SQLException when PostgreSQL has gone
     */
    List<String> databases() throws SQLException {
        final List<String> names = new ArrayList<>();
        try (Connection connection = connect("postgres"); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND datname <> 'postgres'")) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }

        return names;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), postgres.getPort());
    }

    public Path dataDirectory() {
        return storage.data();
    }

    /** Stops PostgreSQL and deletes its data unless that is to be kept; who calls it while it is being stopped waits for the end of that. */
    @Override
    public synchronized void close() throws IOException {
        postgres.close();
        watcher.destroyForcibly();
        if (!storage.kept()) {
            Folders.delete(storage.data());
        }

        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (final IllegalStateException e) {
            LOG.debug("The JVM is ending already: {}", e.getMessage());
        }
    }

    private void closeAtExit() {
        try {
            close();
        } catch (final IOException e) {
            LOG.error("PostgreSQL could not be stopped", e);
        }
    }
}
