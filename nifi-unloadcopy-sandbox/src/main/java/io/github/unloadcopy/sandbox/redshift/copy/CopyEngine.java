package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.parquet.ParquetRowReader;
import io.github.unloadcopy.sandbox.redshift.parquet.ScanException;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.RecordReader;
import io.github.unloadcopy.sandbox.redshift.text.RowError;
import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;
import io.github.unloadcopy.sandbox.redshift.wire.CopyInput;
import io.github.unloadcopy.sandbox.redshift.wire.Execution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs one COPY: files are read one after the other, each record is checked and goes into {@code COPY … FROM STDIN} on the client's session.
 */
public final class CopyEngine {

    private static final int CHUNK_BYTES = 1 << 16;
    /** Rows in error of which more is kept than their number; as many as MAXERROR can tolerate. */
    private static final int MOST_DETAILS = 100_000;
    private static final String SAVEPOINT = "sandbox_before_copy";
    private static final String GIVEN_UP = "the sandbox gave up";

    private final CopyStatement statement;
    private final BackendSession session;
    private final Execution execution;
    private final Path spool;
    private final SourceFiles files;
    private final long errorLimit;

    private final List<LoadedFile> loadedFiles = new ArrayList<>();
    private final List<LoadError> errors = new ArrayList<>();
    private final List<BackendRefusal> refusals = new ArrayList<>();
    private final AtomicLong refusalCount = new AtomicLong();
    private TargetTable table;
    private RowConverter converter;
    private long replacedRows;
    private long errorCount;
    private long rows;
    /** Rows in the chunk that is being filled. */
    private long unsent;

    /**
     * @param spool folder for files that must be read from their end
     */
    public CopyEngine(final CopyStatement statement, final StatementStore store, final BackendSession session, final Execution execution, final Path spool) {
        this.statement = statement;
        this.session = session;
        this.execution = execution;
        this.spool = spool;
        this.files = new SourceFiles(statement, store);
        // Fails with as many errors as MAXERROR says, and with the first where that is 0: parameter MAXERROR of "Data load operations".
        this.errorLimit = Math.max(1, statement.maxError());
    }

    /** How many rows failed. */
    public long errorCount() {
        return errorCount;
    }

    /** Rows that failed, 100,000 of them at most; also of a COPY that failed with them. */
    public List<LoadError> errors() {
        return errors;
    }

    public List<LoadedFile> loadedFiles() {
        return loadedFiles;
    }

    /** Rows in which ACCEPTINVCHARS replaced something. */
    public long replacedRows() {
        return replacedRows;
    }

    /** OID of the table, 0 when it was not found. */
    public int tableId() {
        return table == null ? 0 : table.id();
    }

    /**
     * Loads the table. Outside of a transaction it makes one of its own, since some failures show only after PostgreSQL has taken all rows.
     *
     * @return how many rows it took
     * @throws SqlError what the client is told
     */
    public long run() throws IOException {
        if (session.inTransaction()) {
            return runInTransaction();
        }

        session.query("BEGIN");
        boolean success = false;
        try {
            final long loaded = runInTransaction();
            success = true;
            return loaded;
        } finally {
            if (success) {
                session.commit();
            } else {
                session.rollBack();
            }
        }
    }

    private long runInTransaction() throws IOException {
        table = TargetTable.find(statement, session);
        converter = new RowConverter(table.columns(), statement.conversions());
        final List<SourceFiles.Entry> entries = files.list();
        if (!statement.noLoad()) {
            return load(entries);
        }

        // Everything is checked as in a load, which is then undone.
        session.query("SAVEPOINT " + SAVEPOINT);
        load(entries);
        session.query("ROLLBACK TO SAVEPOINT " + SAVEPOINT + "; RELEASE SAVEPOINT " + SAVEPOINT);
        return 0;
    }

    private long load(final List<SourceFiles.Entry> entries) throws IOException {
        final LoadTarget target = LoadTarget.prepare(table, session);
        final CopyInput input = session.copyIn(sql(target), this::notice);
        final SqlError refusal = send(entries, input);
        replacedRows = converter.replacedRows();
        resolveRefusals(refusal, entries);
        if (errorCount >= errorLimit) {
            throw new SqlError(SqlError.INTERNAL, "Load into table '" + statement.table() + "' failed.  Check 'sys_load_error_detail' system table for details.");
        }

        if (refusal != null) {
            throw new SqlError(refusal.state(), refusal.getMessage(), refusal.detail(), refusal.hint(), null);
        }

        if (loadedFiles.isEmpty()) {
            throw files.nothingFound();
        }

        target.finish(session);
        return input.loaded();
    }

    private String sql(final LoadTarget target) {
        final String tolerance = errorLimit > 1 ? ", ON_ERROR ignore, LOG_VERBOSITY verbose" : "";
        return "COPY " + target.name() + " (" + table.columnList() + ") FROM STDIN (FORMAT text, ENCODING 'UTF8'" + tolerance + ")";
    }

    private void notice(final SqlError notice) {
        final BackendRefusal refusal = BackendRefusal.ofNotice(notice, table.columns());
        if (refusal != null && refusalCount.incrementAndGet() <= MOST_DETAILS) {
            refusals.add(refusal);
        }
    }

    /** Sends all files. Returns what the backend refused with, or null. */
    private SqlError send(final List<SourceFiles.Entry> entries, final CopyInput input) throws IOException {
        final ByteBuilder chunk = new ByteBuilder(2 * CHUNK_BYTES);
        boolean whole = false;
        try {
            for (final SourceFiles.Entry entry : entries) {
                if (!loadFile(entry, chunk, input)) {
                    return withoutOwn(input.abandon(GIVEN_UP));
                }
            }

            input.write(chunk.bytes(), chunk.length());
            execution.check();
            whole = true;
            return input.finish();
        } catch (final RuntimeException e) {
            if (!whole) {
                input.abandon(GIVEN_UP);
            }

            throw e;
        }
    }

    /** The refusal that giving up causes is none of the backend's. */
    private static SqlError withoutOwn(final SqlError refusal) {
        return refusal != null && refusal.getMessage().endsWith(GIVEN_UP) ? null : refusal;
    }

    /** Sends one file. False when there is no point in sending more. */
    private boolean loadFile(final SourceFiles.Entry entry, final ByteBuilder chunk, final CopyInput input) throws IOException {
        final long firstRow = rows;
        long lines = 0;
        final RowReader opened = open(entry);
        if (opened == null) {
            return true;
        }

        try (RowReader reader = opened) {
            while (advance(entry, reader, chunk)) {
                lines++;
                if (reader.error() == null) {
                    rows++;
                    unsent++;
                } else {
                    add(entry, reader, reader.error());
                }

                if (errorCount >= errorLimit) {
                    input.write(chunk.bytes(), chunk.length());
                    chunk.clear();
                    return false;
                }

                if (chunk.length() >= CHUNK_BYTES || execution.stopsAfter(unsent, chunk.length())) {
                    unsent = 0;
                    if (!send(chunk, input)) {
                        return false;
                    }
                }
            }
        } finally {
            loadedFiles.add(new LoadedFile(entry.location(), firstRow, rows - firstRow, lines));
        }

        return true;
    }

    private boolean send(final ByteBuilder chunk, final CopyInput input) throws IOException {
        execution.check();
        input.write(chunk.bytes(), chunk.length());
        chunk.clear();
        return !input.isOver() && errorCount + refusalCount.get() < errorLimit;
    }

    // Reading from S3 and writing to the backend can both fail with an IOException: only the former is an error of the statement.

    /** Null when the file is missing and may be. */
    private RowReader open(final SourceFiles.Entry entry) {
        try {
            return switch (statement.format()) {
                case final CopyStatement.Text format -> openText(entry, format);
                case final CopyStatement.Parquet format -> openParquet(entry, format);
            };
        } catch (final ScanException e) {
            throw scanFailure(entry, 0, e);
        } catch (final IOException | RuntimeException e) {
            throw files.failure(entry, e);
        }
    }

    private RowReader openParquet(final SourceFiles.Entry entry, final CopyStatement.Parquet format) throws IOException {
        try (InputStream content = files.open(entry)) {
            return content == null ? null : ParquetFileReader.open(content, spool, files.name(entry), entry.contentLength(), table.columns(),
                    new ParquetRowReader.Options(statement.conversions().fillRecord(), format.serializeToJson(), statement.conversions().replacement()));
        }
    }

    /** The first thing that is wrong with a columnar file ends the COPY; it is in the error tables nevertheless. */
    private SqlError scanFailure(final SourceFiles.Entry entry, final long line, final ScanException e) {
        final SqlError failure = files.failure(entry, e);
        final TargetColumn column = e.column() < 0 ? null : table.columns().get(e.column());
        final String message = e.code() == ScanException.SCAN ? "Spectrum Scan Error. " + e.getMessage() : e.getMessage();
        errors.add(new LoadError(entry.location(), line, column == null ? null : column.name(), column == null ? 0 : column.typeId(), column == null ? -1 : column.typeModifier(),
                new RowError(e.code(), message, e.column(), 0, ""), ""));
        return failure;
    }

    private RowReader openText(final SourceFiles.Entry entry, final CopyStatement.Text format) throws IOException {
        final InputStream text = files.open(entry);
        if (text == null) {
            return null;
        }

        try {
            return new TextRowReader(text, format, converter);
        } catch (final IOException | RuntimeException e) {
            text.close();
            throw e;
        }
    }

    private boolean advance(final SourceFiles.Entry entry, final RowReader reader, final ByteBuilder chunk) {
        try {
            return reader.next(chunk);
        } catch (final ScanException e) {
            throw scanFailure(entry, reader.line(), e);
        } catch (final RecordReader.RecordTooLongException e) {
            throw new SqlError(SqlError.INTERNAL, "Input record of " + entry.location() + " is too long: a row may have 4 MB");
        } catch (final IOException | RuntimeException e) {
            throw files.failure(entry, e);
        }
    }

    private void add(final SourceFiles.Entry entry, final RowReader reader, final RowError error) {
        errorCount++;
        if (errors.size() < MOST_DETAILS) {
            errors.add(error(entry, reader, error));
        }
    }

    private LoadError error(final SourceFiles.Entry entry, final RowReader reader, final RowError error) {
        final TargetColumn column = error.column() < 0 || error.column() >= table.columns().size() ? null : table.columns().get(error.column());
        return new LoadError(entry.location(), reader.line(), column == null ? null : column.name(), column == null ? 0 : column.typeId(), column == null ? -1 : column.typeModifier(), error,
                reader.rawLine());
    }

    /** Finds the places of the rows that PostgreSQL refused, by reading their files again. */
    private void resolveRefusals(final SqlError refusal, final List<SourceFiles.Entry> entries) throws IOException {
        final BackendRefusal last = refusal == null ? null : BackendRefusal.ofError(refusal, table.columns());
        if (last != null) {
            // The backend sees rows in order: what the front found wrong came after this one.
            errors.clear();
            errorCount = 0;
            refusals.add(last);
        }

        errorCount += Math.max(0, refusalCount.get() - MOST_DETAILS);

        refusals.sort(Comparator.comparingLong(BackendRefusal::row));
        int next = 0;
        for (int index = 0; index < loadedFiles.size() && next < refusals.size(); index++) {
            final LoadedFile file = loadedFiles.get(index);
            final int first = next;
            while (next < refusals.size() && refusals.get(next).row() < file.firstRow() + file.rows()) {
                next++;
            }

            if (next > first) {
                final SourceFiles.Entry entry = entries.stream().filter(candidate -> candidate.location().equals(file.location())).findFirst().orElseThrow();
                locate(entry, file.firstRow(), refusals.subList(first, next));
            }
        }
    }

    private void locate(final SourceFiles.Entry entry, final long firstRow, final List<BackendRefusal> wanted) throws IOException {
        final ByteBuilder ignored = new ByteBuilder(CHUNK_BYTES);
        try (RowReader reader = open(entry)) {
            int next = 0;
            long row = firstRow;
            while (next < wanted.size() && advance(entry, reader, ignored)) {
                ignored.clear();
                if (reader.error() == null) {
                    if (wanted.get(next).row() == row) {
                        add(entry, reader, wanted.get(next).error());
                        next++;
                    }

                    row++;
                }
            }
        }
    }
}
