package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.FieldSplitter;
import io.github.unloadcopy.sandbox.redshift.text.RecordReader;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads delimited text and CSV.
 */
final class TextRowReader implements RowReader {

    private static final int RAW_LINE_LIMIT = 1024;

    private final InputStream text;
    private final RecordReader reader;
    private final FieldSplitter splitter;
    private final RowConverter converter;
    private RowError error;

    /**
     * @param text closed with the reader
     */
    TextRowReader(final InputStream text, final CopyStatement.Text format, final RowConverter converter) throws IOException {
        this.text = text;
        this.reader = new RecordReader(text, format);
        this.splitter = new FieldSplitter(format);
        this.converter = converter;
        for (long header = 0; header < format.ignoreHeader() && reader.next(); header++) {
            error = null;
        }
    }

    @Override
    public boolean next(final ByteBuilder target) throws IOException {
        if (!reader.next()) {
            return false;
        }

        error = splitter.split(reader.buffer(), reader.start(), reader.end());
        if (error == null) {
            error = converter.convert(splitter, target);
        }

        return true;
    }

    @Override
    public RowError error() {
        return error;
    }

    @Override
    public long line() {
        return reader.line();
    }

    @Override
    public String rawLine() {
        return new String(reader.buffer(), reader.start(), Math.min(reader.end() - reader.start(), RAW_LINE_LIMIT), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
