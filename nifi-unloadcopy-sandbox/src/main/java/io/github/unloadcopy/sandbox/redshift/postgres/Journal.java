package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.redshift.copy.LoadError;
import io.github.unloadcopy.sandbox.redshift.copy.LoadedFile;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.unload.UnloadedFile;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Writes what the STL and SYS views show of ended statements. It uses a connection of its own, so that a ROLLBACK of the client does not undo it.
 */
public final class Journal {

    private static final int RAW_LIMIT = 1024;

    private final PostgresServer server;

    public Journal(final PostgresServer server) {
        this.server = server;
    }

    /**
     * Records one COPY.
     *
     * @param failure null unless it failed
     * @throws SQLException when the database has gone
     */
    public void recordCopy(final Run run, final String table, final int tableId, final String source, final String format, final long rows,
            final List<LoadedFile> files, final List<LoadError> errors, final SqlError failure) throws SQLException {
        final Timestamp end = time(Instant.now());
        try (Connection connection = server.connect(run.database())) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pg_internal.load_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                set(insert, run.userId(), run.queryId(), run.transactionId(), run.processId(), run.database(), status(failure), table, time(run.start()), end, source, format, rows,
                        files.size(), (long) errors.size());
                insert.executeUpdate();
            }

            insertFiles(connection, run, files, errors, format, failure == null);
            insertErrors(connection, run, tableId, errors);
            connection.commit();
        }
    }

    private static void insertFiles(final Connection connection, final Run run, final List<LoadedFile> files, final List<LoadError> errors, final String format,
            final boolean committed) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pg_internal.load_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (final LoadedFile file : files) {
                final long failed = errors.stream().filter(error -> error.file().equals(file.location())).count();
                set(insert, run.userId(), run.queryId(), clean(file.location().toString()), file.lines(), (int) failed, time(run.start()), time(Instant.now()), format, committed);
                insert.addBatch();
            }

            insert.executeBatch();
        }
    }

    private static void insertErrors(final Connection connection, final Run run, final int tableId, final List<LoadError> errors) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pg_internal.load_error VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (final LoadError error : errors) {
                set(insert, run.userId(), run.queryId(), run.transactionId(), run.processId(), run.database(), tableId, time(run.start()), clean(error.file().toString()), error.line(),
                        clean(error.column()), error.column() == null ? null : TypeIds.name(error.columnTypeId()), columnLength(error), error.error().position(), error.error().code(),
                        clean(error.error().message()), clean(error.rawLine()), clean(error.error().value()));
                insert.addBatch();
            }

            insert.executeBatch();
        }
    }

    /**
     * Records one UNLOAD.
     *
     * @param location where it wrote to
     * @param format text, csv, json or parquet
     * @param compression gzip, bzip2, zstd or none
     * @param failure null unless it failed
     * @throws SQLException when the database has gone
     */
    public void recordUnload(final Run run, final String location, final String format, final String compression, final List<UnloadedFile> files, final SqlError failure)
            throws SQLException {
        final Timestamp end = time(Instant.now());
        try (Connection connection = server.connect(run.database())) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pg_internal.unload_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                set(insert, run.userId(), run.queryId(), run.transactionId(), run.processId(), run.database(), status(failure), time(run.start()), end,
                        format, compression, clean(location), files.stream().mapToLong(UnloadedFile::records).sum(), files.size(),
                        files.stream().mapToLong(UnloadedFile::bytes).sum(), failure == null ? null : clean(failure.getMessage()));
                insert.executeUpdate();
            }

            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO pg_internal.unload_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (final UnloadedFile file : files) {
                    set(insert, run.userId(), run.queryId(), file.slice(), run.processId(), run.transactionId(), clean(file.location().toString()), time(run.start()), end, file.records(),
                            file.bytes(), format);
                    insert.addBatch();
                }

                insert.executeBatch();
            }

            connection.commit();
        }
    }

    private static String status(final SqlError failure) {
        return failure == null ? "completed" : "aborted";
    }

    private static String columnLength(final LoadError error) {
        final int length = TypeIds.isCharacter(error.columnTypeId()) ? TypeIds.length(error.columnTypeModifier()) : -1;
        return length < 0 ? "" : Integer.toString(length);
    }

    private static void set(final PreparedStatement statement, final Object... values) throws SQLException {
        for (int index = 0; index < values.length; index++) {
            statement.setObject(index + 1, values[index]);
        }
    }

    private static Timestamp time(final Instant instant) {
        return Timestamp.valueOf(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
    }

    private static String clean(final String text) {
        if (text == null) {
            return null;
        }

        final String printable = text.replace('\0', ' ');
        return printable.length() > RAW_LIMIT ? printable.substring(0, RAW_LIMIT) : printable;
    }

    /**
     * One run of a statement.
     *
     * @param userId OID of the role
     * @param label the session's query_group
     * @param text the statement, without its secrets
     */
    public record Run(long queryId, int processId, int userId, String database, long transactionId, Instant start, String label, String text) {
    }
}
