package io.github.unloadcopy.redshift;

import io.github.unloadcopy.BoundedPool;
import io.github.unloadcopy.SandboxSession;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/** The isolation levels that a database of Redshift can have, each with a database of the sandbox's target that has it. */
enum IsolationLevel {
    SNAPSHOT, SERIALIZABLE;

    private String database;

    /** The database of this level; it is made when it is needed first. */
    private synchronized String database(final SandboxSession sandbox) throws SQLException {
        if (database == null) {
            final String name = "at_" + name().toLowerCase(Locale.ROOT);
            sandbox.execute("target", "CREATE DATABASE %s ISOLATION LEVEL %s".formatted(name, name()));
            database = name;
        }

        return database;
    }

    BoundedPool pool(final SandboxSession sandbox, final int size) throws SQLException {
        final String name = database(sandbox);
        return new BoundedPool(sockets -> sandbox.connectTo("target", name, sockets), size);
    }

    private Connection open(final SandboxSession sandbox) throws SQLException {
        return sandbox.connectTo("target", database(sandbox), socket -> { });
    }

    void execute(final SandboxSession sandbox, final String... statements) throws SQLException {
        try (Connection connection = open(sandbox); Statement statement = connection.createStatement()) {
            for (final String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The one value that a query gives, as text. */
    String value(final SandboxSession sandbox, final String sql) throws SQLException {
        try (Connection connection = open(sandbox); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
