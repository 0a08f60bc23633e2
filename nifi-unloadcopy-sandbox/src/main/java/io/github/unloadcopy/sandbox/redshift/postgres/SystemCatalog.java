package io.github.unloadcopy.sandbox.redshift.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes a new PostgreSQL look like a new cluster: system views and functions, the database, and its first user, a superuser of the cluster and not of PostgreSQL.
 */
public final class SystemCatalog {

    private static final List<String> SCRIPTS = List.of("system-catalog.sql", "users.sql", "types.sql", "storage.sql", "isolation.sql", "catalog-views.sql", "late-binding.sql", "privileges.sql", "datashares.sql",
            "row-security.sql", "masking.sql", "explain.sql", "sessions.sql", "safety.sql");

    private SystemCatalog() {
    }

    /**
     * @throws SQLException when PostgreSQL refuses, say for a database name that it has already
     */
    public static void install(final PostgresServer server, final String database, final String user, final String password) throws SQLException, IOException {
        try (Connection connection = server.connect("template1"); Statement statement = connection.createStatement()) {
            for (final String script : SCRIPTS) {
                statement.execute(read(script));
            }
        }

        try (Connection connection = server.connect("postgres"); Statement statement = connection.createStatement()) {
            // format() quotes; a role's password cannot be a parameter of the statement itself.
            statement.execute(formatted(connection, "CREATE ROLE %I LOGIN CREATEROLE CREATEDB PASSWORD %L", user, password));
            statement.execute(formatted(connection, "CREATE DATABASE %I OWNER %I TEMPLATE template1", database, user));
        }

        try (Connection connection = server.connect(database); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_internal.keep_superusers()");
        }
    }

    /** What tells this version's system views and functions from those of others. */
    static String version() throws IOException {
        try {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (final String script : SCRIPTS) {
                digest.update(read(script).getBytes(StandardCharsets.UTF_8));
            }

            return HexFormat.of().formatHex(digest.digest());
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static String formatted(final Connection connection, final String template, final String first, final String second) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_catalog.format(?, ?, ?)")) {
            statement.setString(1, template);
            statement.setString(2, first);
            statement.setString(3, second);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getString(1);
            }
        }
    }

    private static String read(final String name) throws IOException {
        try (InputStream script = SystemCatalog.class.getResourceAsStream(name)) {
            if (script == null) {
                throw new IOException(name + " is missing from the class path");
            }

            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
