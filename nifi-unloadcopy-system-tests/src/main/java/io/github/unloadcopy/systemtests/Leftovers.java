package io.github.unloadcopy.systemtests;

import software.amazon.awssdk.services.s3.model.S3Object;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What the system tests make in clusters and bucket that are not theirs alone, and remove again. A schema that was there before is never touched.
 * The ledger table that RedshiftCopy makes in the target stays.
 */
final class Leftovers implements AutoCloseable {
    private static final String SCHEMA_EXISTS = "42P06";

    private final Clouds clouds;
    private final Set<Schema> schemas = new LinkedHashSet<>();

    Leftovers(final Clouds clouds) {
        this.clouds = clouds;
    }

    /**
     * Makes a schema, unless this object has made it before.
     *
     * @param cluster source or target
     * @throws SQLException when it cannot be made, or is there already
     */
    void createSchema(final String cluster, final String name) throws SQLException {
        final Schema schema = new Schema(cluster, name);

        if (schemas.contains(schema)) {
            return;
        }

        try (Connection connection = clouds.connect(cluster); Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA " + name);
        } catch (final SQLException exception) {
            if (SCHEMA_EXISTS.equals(exception.getSQLState())) {
                throw new SQLException("The %s has a schema %s already. The tests make it and drop it at the end: rename yours, or drop it if an interrupted run has left it.".formatted(cluster, name),
                        exception);
            }

            throw exception;
        }

        schemas.add(schema);
    }

    /** Drops a schema that this object has made; whoever makes it anew meanwhile, it is dropped at the end again. */
    void dropSchema(final String cluster, final String name) throws SQLException {
        if (schemas.contains(new Schema(cluster, name))) {
            try (Connection connection = clouds.connect(cluster); Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA IF EXISTS %s CASCADE".formatted(name));
            }
        }
    }

    /** Drops the schemas, and deletes what is below the prefix, which belongs to one run. */
    @Override
    public void close() throws SQLException {
        final CloudSettings settings = clouds.settings();

        for (final S3Object object : clouds.s3().listObjectsV2Paginator(request -> request.bucket(settings.bucket()).prefix(settings.prefix())).contents()) {
            clouds.s3().deleteObject(request -> request.bucket(settings.bucket()).key(object.key()));
        }

        for (final Schema schema : schemas) {
            try (Connection connection = clouds.connect(schema.cluster()); Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA IF EXISTS %s CASCADE".formatted(schema.name()));
            }
        }
    }

    private record Schema(String cluster, String name) {
    }
}
