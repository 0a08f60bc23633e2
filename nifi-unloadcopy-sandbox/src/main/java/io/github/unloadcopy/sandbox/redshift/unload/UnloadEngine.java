package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.Compression;
import io.github.unloadcopy.sandbox.redshift.sql.Literals;
import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.sql.UnloadStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.ColumnKind;
import io.github.unloadcopy.sandbox.redshift.text.CsvRowEncoder;
import io.github.unloadcopy.sandbox.redshift.text.RowEncoder;
import io.github.unloadcopy.sandbox.redshift.text.UnloadRowEncoder;
import io.github.unloadcopy.sandbox.redshift.wire.BackendSession;
import io.github.unloadcopy.sandbox.redshift.wire.Execution;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one UNLOAD: rows come from {@code COPY (query) TO STDOUT} on the client's session, go round the slices, and leave as objects. No more than a few chunks per slice are held.
 */
public final class UnloadEngine {

    /** Files do not depend on how the session likes its dates and times printed. */
    private static final Map<String, String> SETTINGS = Map.of("TimeZone", "UTC", "DateStyle", "ISO, MDY", "IntervalStyle", "postgres");

    private final UnloadStatement statement;
    private final StatementStore store;
    private final BackendSession session;
    private final int slices;
    private final Execution execution;
    /** The names in the folder that is being written; changes when no slice is at work. */
    private volatile FileNames names;

    /**
     * @param slices how many files are written at once with PARALLEL ON
     */
    public UnloadEngine(final UnloadStatement statement, final StatementStore store, final BackendSession session, final int slices, final Execution execution) {
        this.statement = statement;
        this.store = store;
        this.session = session;
        this.slices = statement.parallel() ? slices : 1;
        this.execution = execution;
        this.names = new FileNames(statement);
    }

    /**
     * @param query the SELECT in PostgreSQL's words
     * @return what was written; no rows, no files
     * @throws SqlError what the client is told
     */
    public List<UnloadedFile> run(final String query) throws IOException {
        final List<ResultColumn> described = session.describe(query);
        final boolean isParquet = statement.format() instanceof UnloadStatement.Parquet;
        final List<ResultColumn> columns = isParquet ? new DecimalColumns(session).complete(query, described) : described;
        if (columns.isEmpty()) {
            throw SqlError.syntax("The query of UNLOAD has no columns");
        }

        store.checkRegion(statement.target());
        final Partitions partitions = statement.partitioning() == null ? null : new Partitions(statement.partitioning(), columns);
        final List<ResultColumn> fileColumns = partitions == null ? columns : partitions.fileColumns();
        prepareTarget();
        final String sorted = partitions == null ? query : partitions.sorted(query);
        final List<UnloadedFile> files;
        try {
            files = unload(isParquet ? exact(sorted, described, columns) : sorted, fileColumns, partitions);
        } catch (final CloudException e) {
            throw store.failure(e, "Writing " + statement.target());
        }

        execution.check();
        if (statement.manifest() && !files.isEmpty()) {
            writeManifest(files, fileColumns);
        }

        return files;
    }

    /**
     * The query with its numbers as Parquet takes them. It keeps the bits of floating point numbers, which are text on their way to it (what the query itself makes text of obeys the session's
     * {@code extra_float_digits}); computed decimals have the digits that their type has room for.
     *
     * @param described the columns as PostgreSQL knows them
     * @param columns the same with their precision
     */
    private static String exact(final String query, final List<ResultColumn> described, final List<ResultColumn> columns) {
        final List<String> names = new ArrayList<>();
        final List<String> values = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            final String name = "c" + index;
            final ResultColumn column = columns.get(index);
            names.add(name);
            if (column.typeId() == TypeIds.REAL || column.typeId() == TypeIds.DOUBLE) {
                values.add("pg_internal.all_digits(" + name + ")");
            } else if (column.typeModifier() != described.get(index).typeModifier()) {
                final int scale = TypeIds.scale(column.typeModifier());
                values.add("pg_catalog.trunc(" + name + ", " + scale + ")::pg_catalog.numeric(" + TypeIds.precision(column.typeModifier()) + ", " + scale + ")");
            } else {
                values.add(name);
            }
        }

        return values.equals(names) ? query : "SELECT " + String.join(", ", values) + " FROM (" + query + "\n) AS q (" + String.join(", ", names) + ")";
    }

    private void prepareTarget() {
        if (statement.cleanPath()) {
            // With partitions, only the folders that get files are emptied.
            if (statement.partitioning() == null) {
                clean();
            }
        } else if (!statement.allowOverwrite() && !store.list(statement.target()).isEmpty()) {
            throw store.failure("Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target files in S3, "
                    + "or using the ALLOWOVERWRITE option.", "Checking " + statement.target());
        }
    }

    private void clean() {
        for (final ObjectSummary object : store.list(names.prefix())) {
            store.delete(statement.target().withKey(object.key()));
        }
    }

    private List<UnloadedFile> unload(final String query, final List<ResultColumn> columns, final Partitions partitions) throws IOException {
        final Rows rows = new Rows(format(columns), partitions);
        final Map<String, String> changed = changedSettings();
        boolean success = false;
        try {
            session.copyOut(settingsSql(needed(changed)) + "COPY (" + query + "\n) TO STDOUT (FORMAT text, ENCODING 'UTF8')", rows::add);
            final List<UnloadedFile> files = rows.finish();
            restore(changed);
            success = true;
            return files;
        } finally {
            if (!success) {
                rows.abort();
            }
        }
    }

    private OutputFormat format(final List<ResultColumn> columns) {
        return switch (statement.format()) {
            case final UnloadStatement.Delimited delimited -> {
                final UnloadRowEncoder encoder = new UnloadRowEncoder(delimited.delimiter(), delimited.addQuotes(), delimited.escape(), delimited.nullString(), kinds(columns));
                yield new TextOutput(encoder, delimited.header() ? encoder.header(names(columns)) : null, this::openText);
            }
            case final UnloadStatement.Csv csv -> {
                final CsvRowEncoder encoder = new CsvRowEncoder(csv.delimiter(), csv.nullString(), kinds(columns));
                yield new TextOutput(encoder, csv.header() ? encoder.header(names(columns)) : null, this::openText);
            }
            case final UnloadStatement.Parquet parquet -> new ParquetOutput(columns, parquet.rowGroupSize(), statement.target(), this::openParquet);
        };
    }

    private OutputFile openText(final int slice, final int part) throws IOException {
        return new TextFile(store, names.data(slice, part), encryption(), statement.compression());
    }

    private ParquetOutput.Target openParquet(final int slice, final int part) {
        final S3Location location = names.data(slice, part);
        return new ParquetOutput.Target(location, store.create(location, Map.of(), encryption()));
    }

    private static List<String> names(final List<ResultColumn> columns) {
        return columns.stream().map(ResultColumn::name).toList();
    }

    private static List<ColumnKind> kinds(final List<ResultColumn> columns) {
        return columns.stream().map(column -> switch (column.typeId()) {
            case TypeIds.JSONB -> ColumnKind.JSON;
            default -> TypeIds.isCharacter(column.typeId()) ? ColumnKind.CHARACTER : ColumnKind.OTHER;
        }).toList();
    }

    /** Settings that differ from what files need, with the session's values. */
    private Map<String, String> changedSettings() {
        final Map<String, String> changed = new LinkedHashMap<>();
        SETTINGS.forEach((name, needed) -> {
            final String value = session.setting(name);
            if (value != null && !value.equals(needed)) {
                changed.put(name, value);
            }
        });
        return changed;
    }

    private static Map<String, String> needed(final Map<String, String> changed) {
        final Map<String, String> needed = new LinkedHashMap<>();
        changed.keySet().forEach(name -> needed.put(name, SETTINGS.get(name)));
        return needed;
    }

    private static String settingsSql(final Map<String, String> values) {
        final StringBuilder sql = new StringBuilder();
        values.forEach((name, value) -> sql.append("SELECT pg_catalog.set_config(").append(Literals.quote(name)).append(", ").append(Literals.quote(value)).append(", true); "));
        return sql.toString();
    }

    private void restore(final Map<String, String> changed) throws IOException {
        if (session.inTransaction() && !changed.isEmpty()) {
            session.query(settingsSql(changed));
        }
    }

    private void writeManifest(final List<UnloadedFile> files, final List<ResultColumn> columns) throws IOException {
        final byte[] manifest = ManifestWriter.write(files, columns, statement.verbose());
        try {
            final OutputFile writer = new TextFile(store, names.manifest(), encryption(), Compression.NONE);
            writer.write(manifest, manifest.length, 0);
            writer.finish(0);
        } catch (final CloudException e) {
            throw store.failure(e, "Writing " + names.manifest());
        }
    }

    private Encryption encryption() {
        return statement.kmsKeyId() == null ? new Encryption.SseS3() : new Encryption.SseKms(statement.kmsKeyId());
    }

    /** Deals rows out to the slices, and to the folders of partitions one after the other. */
    private final class Rows {

        private final OutputFormat format;
        private final RowEncoder encoder;
        private final Partitions partitions;
        private final FileNames allNames = names;
        private final List<UnloadedFile> files = new ArrayList<>();
        private final List<SliceWriter> writers = new ArrayList<>();
        private int nextSlice;

        Rows(final OutputFormat format, final Partitions partitions) {
            this.format = format;
            this.encoder = format.encoder();
            this.partitions = partitions;
        }

        void add(final byte[] row, final int length) throws IOException {
            execution.check();
            if (partitions == null) {
                if (writers.isEmpty()) {
                    startAll();
                }

                encode(row, length);
            } else {
                addToPartition(row, length);
            }
        }

        private void addToPartition(final byte[] row, final int length) throws IOException {
            if (partitions.next(row, length)) {
                finishFolder();
                names = allNames.in(partitions.folder(row, length));
                if (statement.cleanPath()) {
                    clean();
                }
            }

            // A slice without rows in a folder writes no file there.
            if (writers.size() < slices) {
                start();
            }

            final ByteBuilder fileRow = partitions.fileRow(row, length);
            encode(fileRow.bytes(), fileRow.length());
        }

        private void encode(final byte[] row, final int length) throws IOException {
            final SliceWriter writer = writers.get(nextSlice);
            encoder.encode(row, length, writer.buffer());
            writer.recordAdded();
            nextSlice = nextSlice + 1 == slices ? 0 : nextSlice + 1;
        }

        private void startAll() {
            while (writers.size() < slices) {
                start();
            }
        }

        private void start() {
            final SliceWriter writer = new SliceWriter(writers.size(), format, format.fileSizeLimit(statement.maxFileSize()));
            writers.add(writer);
            writer.start();
        }

        private void finishFolder() throws IOException {
            for (final SliceWriter writer : writers) {
                execution.check();
                files.addAll(writer.finish());
                execution.objectWritten();
            }

            writers.clear();
            nextSlice = 0;
        }

        List<UnloadedFile> finish() throws IOException {
            finishFolder();
            names = allNames;
            return files;
        }

        void abort() {
            writers.forEach(SliceWriter::abort);
            names = allNames;
        }
    }
}
