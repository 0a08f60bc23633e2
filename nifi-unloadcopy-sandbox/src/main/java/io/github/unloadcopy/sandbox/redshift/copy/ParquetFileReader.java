package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.parquet.LoadColumn;
import io.github.unloadcopy.sandbox.redshift.parquet.ParquetRowReader;
import io.github.unloadcopy.sandbox.redshift.parquet.ScanException;
import io.github.unloadcopy.sandbox.redshift.parquet.SourceName;
import io.github.unloadcopy.sandbox.redshift.parquet.SpooledFile;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads Apache Parquet. No row of it is left out: what is wrong with one ends the COPY with a {@link ScanException}.
 */
final class ParquetFileReader implements RowReader {

    private final ParquetRowReader rows;

    private ParquetFileReader(final ParquetRowReader rows) {
        this.rows = rows;
    }

    /**
     * @param content left open
     * @param spool where the content is kept while it is read
     * @param contentLength bytes that the content must have, -1 for any number
     * @param columns in the order of the file's columns
     */
    static ParquetFileReader open(final InputStream content, final Path spool, final SourceName name, final long contentLength, final List<TargetColumn> columns,
            final ParquetRowReader.Options options) throws IOException {
        final List<LoadColumn> loaded = new ArrayList<>();
        for (int index = 0; index < columns.size(); index++) {
            final TargetColumn column = columns.get(index);
            if (column.loaded()) {
                loaded.add(new LoadColumn(index, column.name(), column.typeId(), column.typeModifier(), column.notNull()));
            }
        }

        return new ParquetFileReader(ParquetRowReader.open(SpooledFile.of(content, spool), contentLength, name, loaded, columns.size(), options));
    }

    @Override
    public boolean next(final ByteBuilder target) throws IOException {
        return rows.next(target);
    }

    @Override
    public RowError error() {
        return null;
    }

    @Override
    public long line() {
        return rows.row();
    }

    @Override
    public String rawLine() {
        return "";
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
