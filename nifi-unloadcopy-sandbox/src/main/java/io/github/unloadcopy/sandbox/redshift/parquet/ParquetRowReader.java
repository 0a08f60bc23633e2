package io.github.unloadcopy.sandbox.redshift.parquet;

import io.github.unloadcopy.sandbox.redshift.postgres.TypeIds;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a Parquet file as rows of PostgreSQL's COPY text, columns by position: page "COPY from columnar data formats" of the Redshift Database Developer Guide. Holds one row group at a time.
 */
public final class ParquetRowReader implements Closeable {

    private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
    /** Magic, footer length, magic. */
    private static final int SMALLEST_FILE = 12;

    private final ParquetFileReader file;
    private final SpooledFile content;
    private final MessageType schema;
    private final List<Field> fields = new ArrayList<>();
    private long rowsInGroup;
    private long row;

    private ParquetRowReader(final ParquetFileReader file, final SpooledFile content) {
        this.file = file;
        this.content = content;
        this.schema = file.getFileMetaData().getSchema();
    }

    /**
     * Reads the footer and looks whether the file's columns fit the table's.
     *
     * @param content closed with the reader, and at once when this fails
     * @param contentLength bytes that the content must have, -1 for any number
     * @param columns those that the file's columns go to, of {@code tableColumns} that the statement addresses
     * @throws ScanException when they do not fit
     */
    public static ParquetRowReader open(final SpooledFile content, final long contentLength, final SourceName source, final List<LoadColumn> columns, final int tableColumns,
            final Options options) throws IOException {
        try {
            if (contentLength >= 0 && contentLength != content.getLength()) {
                throw new ScanException(ScanException.SCAN, "File '" + source.url() + "' has " + content.getLength() + " bytes, and the manifest's content_length is " + contentLength, -1);
            }

            checkMagic(content, source);
            final ParquetReadOptions readOptions = new ParquetReadOptions.Builder(new PlainParquetConfiguration()).withCodecFactory(new Codecs()).build();
            final ParquetRowReader reader = new ParquetRowReader(ParquetFileReader.open(content, readOptions), content);
            reader.pair(source, columns, tableColumns, options);
            return reader;
        } catch (final IOException | RuntimeException e) {
            content.close();
            throw e;
        }
    }

    private static void checkMagic(final SpooledFile content, final SourceName source) throws IOException {
        final byte[] tail = new byte[MAGIC.length];
        if (content.getLength() >= SMALLEST_FILE) {
            try (SeekableInputStream stream = content.newStream()) {
                stream.seek(content.getLength() - tail.length);
                stream.readFully(tail);
            }
        }

        if (!Arrays.equals(tail, MAGIC)) {
            throw new ScanException(ScanException.SCAN, "File '" + source.url() + "' has an invalid version number: " + new String(tail, StandardCharsets.ISO_8859_1).replaceAll("[^!-~]", "?"), -1);
        }
    }

    private void pair(final SourceName source, final List<LoadColumn> columns, final int tableColumns, final Options options) {
        final int dataColumns = schema.getFieldCount();
        if (dataColumns > tableColumns || dataColumns < tableColumns && !options.fillRecord()) {
            throw new ScanException(ScanException.SCAN, "Unmatched number of columns between table and file. Table columns: " + tableColumns + ", Data columns: " + dataColumns + ", File name: "
                    + source.url(), -1);
        }

        final Compatibility compatibility = new Compatibility(source, options.replacement());
        for (final LoadColumn column : columns) {
            if (column.index() >= dataColumns) {
                fields.add(new MissingField(column));
            } else if (column.typeId() == TypeIds.JSONB) {
                if (!options.serializeToJson()) {
                    throw new ScanException(ScanException.SCAN, "SUPER column in COPY query requires SERIALIZETOJSON option", column.index());
                }

                fields.add(new JsonField(column, schema.getType(column.index())));
            } else {
                final Type type = schema.getType(column.index());
                fields.add(new FlatField(column, type, compatibility.formatter(column, type)));
            }
        }
    }

    /**
     * Appends one row.
     *
     * @return false at the end of the file
     * @throws ScanException when the table cannot take it
     */
    public boolean next(final ByteBuilder target) throws IOException {
        while (rowsInGroup == 0) {
            final PageReadStore pages = file.readNextRowGroup();
            if (pages == null) {
                return false;
            }

            start(pages);
        }

        rowsInGroup--;
        row++;
        boolean first = true;
        for (final Field field : fields) {
            if (!first) {
                target.reserve(1);
                target.put((byte) '\t');
            }

            first = false;
            field.add(target);
        }

        target.reserve(1);
        target.put((byte) '\n');
        return true;
    }

    private void start(final PageReadStore pages) {
        final List<Type> flat = fields.stream().filter(FlatField.class::isInstance).map(FlatField.class::cast).map(field -> field.type).toList();
        final MessageType flatSchema = new MessageType(schema.getName(), flat);
        final ColumnReadStoreImpl columns = new ColumnReadStoreImpl(pages, new GroupRecordConverter(flatSchema).getRootConverter(), flatSchema, file.getFileMetaData().getCreatedBy());
        fields.forEach(field -> field.start(pages, columns));
        rowsInGroup = pages.getRowCount();
    }

    /** Number of the row that was read last, from 1. */
    public long row() {
        return row;
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            content.close();
        }
    }

    /**
     * Parameters of COPY.
     *
     * @param fillRecord whether columns that are missing at the end are NULL
     * @param serializeToJson whether SUPER columns may be loaded
     * @param replacement what takes the place of invalid bytes in VARCHAR with ACCEPTINVCHARS, or null
     */
    public record Options(boolean fillRecord, boolean serializeToJson, Byte replacement) {
    }

    /** One column on its way from the file to the table. */
    private abstract static class Field {

        private final LoadColumn column;

        Field(final LoadColumn column) {
            this.column = column;
        }

        abstract void start(PageReadStore pages, ColumnReadStoreImpl columns);

        abstract void add(ByteBuilder target);

        void addNull(final ByteBuilder target) {
            if (column.notNull()) {
                throw new ScanException(ScanException.NULL_VALUE, "Cannot insert a NULL value into column " + column.name(), column.index());
            }

            BackendRow.addNull(target);
        }
    }

    private static final class FlatField extends Field {

        private final Type type;
        private final ColumnFormatter formatter;
        private final int present;
        private ColumnReader values;

        FlatField(final LoadColumn column, final Type type, final ColumnFormatter formatter) {
            super(column);
            this.type = type;
            this.formatter = formatter;
            this.present = type.isRepetition(Type.Repetition.OPTIONAL) ? 1 : 0;
        }

        @Override
        void start(final PageReadStore pages, final ColumnReadStoreImpl columns) {
            values = columns.getColumnReader(new MessageType("column", type).getColumns().get(0));
        }

        @Override
        void add(final ByteBuilder target) {
            if (values.getCurrentDefinitionLevel() == present) {
                formatter.add(values, target);
            } else {
                addNull(target);
            }

            values.consume();
        }
    }

    private static final class JsonField extends Field {

        private final MessageType type;
        private final JsonValues json;
        private RecordReader<Group> values;

        JsonField(final LoadColumn column, final Type type) {
            super(column);
            this.type = new MessageType("column", type);
            this.json = new JsonValues(column);
        }

        @Override
        void start(final PageReadStore pages, final ColumnReadStoreImpl columns) {
            values = new ColumnIOFactory().getColumnIO(type).getRecordReader(pages, new GroupRecordConverter(type));
        }

        @Override
        void add(final ByteBuilder target) {
            final Group value = values.read();
            if (JsonValues.isNull(value)) {
                addNull(target);
            } else {
                json.add(value, target);
            }
        }
    }

    private static final class MissingField extends Field {

        MissingField(final LoadColumn column) {
            super(column);
        }

        @Override
        void start(final PageReadStore pages, final ColumnReadStoreImpl columns) {
            // There is nothing to read.
        }

        @Override
        void add(final ByteBuilder target) {
            addNull(target);
        }
    }
}
