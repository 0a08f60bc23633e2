package io.github.unloadcopy.sandbox.redshift;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/**
 * DuckDB, in memory: another engine's idea of what is in a file.
 */
final class Oracle implements AutoCloseable {

    private final Connection connection;
    private final S3Client s3;
    private final String bucket;
    private final Path folder;

    /**
     * @param folder where files are while DuckDB reads or writes them
     */
    Oracle(final S3Client s3, final String bucket, final Path folder) throws SQLException {
        this.connection = DriverManager.getConnection("jdbc:duckdb:");
        this.s3 = s3;
        this.bucket = bucket;
        this.folder = folder;
    }

    void execute(final String... statements) throws SQLException {
        Rows.execute(connection, statements);
    }

    /** Values as text, a null for NULL. */
    List<List<String>> rows(final String query) throws SQLException {
        return Rows.of(connection, query);
    }

    /**
     * Fetches the objects below a prefix.
     *
     * @return the name of the local folder that holds nothing else
     */
    String fetch(final String prefix) throws IOException {
        final Path target = Files.createTempDirectory(folder, "fetched");
        for (final S3Object object : s3.listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents()) {
            final byte[] content = s3.getObjectAsBytes(request -> request.bucket(bucket).key(object.key())).asByteArray();
            Files.write(target.resolve(object.key().substring(prefix.length()).replace('/', '_')), content);
        }

        return target.toString();
    }

    /**
     * Writes one object with DuckDB's COPY.
     *
     * @param options between the parentheses of COPY … TO
     */
    void write(final String query, final String options, final String key) throws SQLException, IOException {
        final Path file = Files.createTempDirectory(folder, "written").resolve("file");
        execute("COPY (" + query + ") TO '" + file + "' (" + options + ")");
        s3.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(Files.readAllBytes(file)));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
