package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import io.github.unloadcopy.sandbox.redshift.wire.ResultColumn;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes one Parquet file of version 1.0, its pages compressed with Snappy: page UNLOAD of the Redshift Database Developer Guide. Holds one row group at a time.
 */
public final class ParquetRowWriter {

    private static final ParquetProperties PROPERTIES = ParquetProperties.builder().withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0).build();
    private static final BytesInputCompressor COMPRESSOR = new Codecs().getCompressor(CompressionCodecName.SNAPPY);

    private final MessageType schema;
    private final long rowGroupSize;
    private final CountingStream output;
    private final ParquetFileWriter file;
    private final ColumnEncoder[] encoders;
    private final ColumnWriter[] writers;
    private ColumnChunkPageWriteStore pages;
    private ColumnWriteStore columns;
    private long groupRows;

    /**
     * @param rowGroupSize bytes from which on a row group is closed
     * @param target where the file goes; closed with the writer
     */
    public ParquetRowWriter(final List<ResultColumn> columns, final long rowGroupSize, final OutputStream target) throws IOException {
        this.schema = schema(columns);
        this.rowGroupSize = rowGroupSize;
        this.output = new CountingStream(target);
        this.encoders = columns.stream().map(ColumnEncoder::of).toArray(ColumnEncoder[]::new);
        this.writers = new ColumnWriter[encoders.length];
        this.file = new ParquetFileWriter(new StreamFile(output), schema, ParquetFileWriter.Mode.CREATE, rowGroupSize, 0, null, PROPERTIES);
        file.start();
        startRowGroup();
    }

    /**
     * Checks that columns can be written.
     *
     * @throws SqlError when they cannot
     */
    public static void check(final List<ResultColumn> columns) {
        schema(columns);
    }

    private static MessageType schema(final List<ResultColumn> columns) {
        final Set<String> names = new HashSet<>();
        final List<Type> types = new ArrayList<>();
        for (final ResultColumn column : columns) {
            if (!names.add(column.name())) {
                throw SqlError.notSupported("UNLOAD: the query has two columns named \"" + column.name() + "\", which a Parquet file of the sandbox cannot have");
            }

            types.add(ColumnEncoder.type(column));
        }

        return new MessageType("redshift", types);
    }

    /** Bytes that the file has so far, with what is still held back. */
    public long size() {
        return output.position + columns.getBufferedSize();
    }

    /** Adds whole rows of PostgreSQL's COPY text. */
    public void write(final byte[] rows, final int length) throws IOException {
        int position = 0;
        while (position < length) {
            position = row(rows, position);
            columns.endRecord();
            groupRows++;
        }

        if (columns.getBufferedSize() >= rowGroupSize) {
            endRowGroup();
            startRowGroup();
        }
    }

    private int row(final byte[] text, final int start) {
        int position = start;
        for (int column = 0; column < encoders.length; column++) {
            int end = position;
            while (text[end] != '\t' && text[end] != '\n') {
                end++;
            }

            if (end == position + 2 && text[position] == '\\' && text[position + 1] == 'N') {
                ColumnEncoder.addNull(writers[column]);
            } else {
                encoders[column].add(text, position, end, writers[column]);
            }

            position = end + 1;
        }

        return position;
    }

    private void startRowGroup() {
        pages = ColumnChunkPageWriteStore.builder()
                .withSchema(schema)
                .withCompressorProvider(column -> COMPRESSOR)
                .withAllocator(new HeapByteBufferAllocator())
                .withColumnIndexTruncateLength(ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH)
                .build();
        columns = PROPERTIES.newColumnWriteStore(schema, pages, pages);
        for (int column = 0; column < writers.length; column++) {
            writers[column] = columns.getColumnWriter(schema.getColumns().get(column));
        }

        groupRows = 0;
    }

    private void endRowGroup() throws IOException {
        if (groupRows > 0) {
            file.startBlock(groupRows);
            columns.flush();
            pages.flushToFileWriter(file);
            file.endBlock();
        }

        columns.close();
        pages.close();
    }

    /**
     * Completes the file.
     *
     * @return its size in bytes
     */
    public long finish() throws IOException {
        endRowGroup();
        file.end(Map.of());
        file.close();
        return output.position;
    }

    private static final class CountingStream extends PositionOutputStream {

        private final OutputStream target;
        private long position;

        CountingStream(final OutputStream target) {
            this.target = target;
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(final int value) throws IOException {
            target.write(value);
            position++;
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            target.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void flush() throws IOException {
            target.flush();
        }

        @Override
        public void close() throws IOException {
            target.close();
        }
    }

    private record StreamFile(PositionOutputStream stream) implements OutputFile {

        @Override
        public PositionOutputStream create(final long blockSizeHint) {
            return stream;
        }

        @Override
        public PositionOutputStream createOrOverwrite(final long blockSizeHint) {
            return stream;
        }

        @Override
        public boolean supportsBlockSize() {
            return false;
        }

        @Override
        public long defaultBlockSize() {
            return 0;
        }
    }
}
