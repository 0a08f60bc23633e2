package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.redshift.parquet.ParquetRowWriter;
import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.text.RowEncoder;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;

import java.io.IOException;
import java.util.List;

/**
 * Apache Parquet: rows travel to the slices as PostgreSQL wrote them, and the slices' threads make columns of them. Rules: page UNLOAD, "FORMAT AS PARQUET clause".
 */
final class ParquetOutput implements OutputFormat {

    /** What MAXFILESIZE is rounded down to a multiple of; no file is planned smaller. */
    private static final long SIZE_STEP = 32L * 1024 * 1024;

    private final List<ResultColumn> columns;
    private final long rowGroupSize;
    private final ObjectOpener opener;

    /**
     * @param rowGroupSize bytes
     * @throws SqlError when a column cannot be written, or the prefix is one that hides files from Redshift Spectrum
     */
    ParquetOutput(final List<ResultColumn> columns, final long rowGroupSize, final S3Location target, final ObjectOpener opener) {
        final String prefix = target.key().substring(target.key().lastIndexOf('/') + 1);
        if (prefix.startsWith("_") || prefix.startsWith(".")) {
            throw SqlError.notSupported("UNLOAD to PARQUET: the file name prefix '" + prefix + "' begins with an underscore or a period, and such files are hidden from Redshift Spectrum");
        }

        ParquetRowWriter.check(columns);
        this.columns = columns;
        this.rowGroupSize = rowGroupSize;
        this.opener = opener;
    }

    @Override
    public RowEncoder encoder() {
        return (row, length, target) -> target.append(row, 0, length);
    }

    @Override
    public long fileSizeLimit(final long maxFileSize) {
        return Math.max(SIZE_STEP, maxFileSize / SIZE_STEP * SIZE_STEP);
    }

    @Override
    public OutputFile open(final int slice, final int part) throws IOException {
        final Target target = opener.open(slice, part);
        return new ParquetFile(target, new ParquetRowWriter(columns, rowGroupSize, target.writer()));
    }

    /** Begins the objects of a slice. */
    @FunctionalInterface
    interface ObjectOpener {

        Target open(int slice, int part);
    }

    /** An object that has been begun. */
    record Target(S3Location location, ObjectWriter writer) {
    }

    private static final class ParquetFile implements OutputFile {

        private final Target target;
        private final ParquetRowWriter rows;
        private long records;

        ParquetFile(final Target target, final ParquetRowWriter rows) {
            this.target = target;
            this.rows = rows;
        }

        @Override
        public long storedBytes() {
            return rows.size();
        }

        @Override
        public void write(final byte[] bytes, final int length, final long recordCount) throws IOException {
            rows.write(bytes, length);
            records += recordCount;
        }

        @Override
        public UnloadedFile finish(final int slice) throws IOException {
            return new UnloadedFile(target.location(), slice, records, rows.finish());
        }

        @Override
        public void abort() {
            target.writer().abort();
        }
    }
}
