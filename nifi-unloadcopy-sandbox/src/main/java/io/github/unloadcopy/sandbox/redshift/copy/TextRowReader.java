package io.github.unloadcopy.sandbox.redshift.copy;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;
import io.github.unloadcopy.sandbox.redshift.text.ByteBuilder;
import io.github.unloadcopy.sandbox.redshift.text.FieldSplitter;
import io.github.unloadcopy.sandbox.redshift.text.RecordReader;
import io.github.unloadcopy.sandbox.redshift.text.RowError;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads delimited text and CSV. A file in another encoding than the statement says is in error with the first record that shows it, and not read on.
 */
final class TextRowReader implements RowReader {

    private static final int RAW_LINE_LIMIT = 1024;

    private final InputStream text;
    private final CopyStatement.Text format;
    private final RecordReader reader;
    private final FieldSplitter splitter;
    private final RowConverter converter;
    private RowError error;
    private boolean over;
    private long header;

    /**
     * @param text closed with the reader
     */
    TextRowReader(final InputStream text, final CopyStatement.Text format, final RowConverter converter) throws IOException {
        this.text = text;
        this.format = format;
        this.reader = new RecordReader(new LateStream(text, format.encoding()), format);
        this.splitter = new FieldSplitter(format);
        this.converter = converter;
        this.header = format.ignoreHeader();
    }

    @Override
    public boolean next(final ByteBuilder target) throws IOException {
        error = null;
        try {
            if (!nextRecord()) {
                return false;
            }
        } catch (final CharacterCodingException e) {
            over = true;
            error = new RowError(RowError.OTHER_ENCODING, "The encoding of the file is not " + format.encoding(), -1, 0, "");
            return true;
        }

        error = splitter.split(reader.buffer(), reader.start(), reader.end());
        if (error == null) {
            error = converter.convert(splitter, target);
        }

        return true;
    }

    private boolean nextRecord() throws IOException {
        boolean found = !over && reader.next();
        while (found && isSkipped()) {
            found = reader.next();
        }

        return found;
    }

    private boolean isSkipped() {
        if (header > 0) {
            header--;
            return true;
        }

        return format.ignoreBlankLines() && reader.start() == reader.end();
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
        return over ? "" : new String(reader.buffer(), reader.start(), Math.min(reader.end() - reader.start(), RAW_LINE_LIMIT), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }

    /** Opens the encoding with the first read, where its failure is one of the file's records. */
    private static final class LateStream extends InputStream {

        private final InputStream source;
        private final CopyStatement.Encoding encoding;
        private InputStream decoded;

        LateStream(final InputStream source, final CopyStatement.Encoding encoding) {
            this.source = source;
            this.encoding = encoding;
        }

        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] buffer, final int offset, final int length) throws IOException {
            if (decoded == null) {
                decoded = EncodedStream.open(source, encoding);
            }

            return decoded.read(buffer, offset, length);
        }
    }
}
