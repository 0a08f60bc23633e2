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
 * From a file's text to rows, one at a time. The same file gives the same rows every time, by which the place of a row that PostgreSQL refuses is found again.
 */
final class RecordPipeline {

    private static final int RAW_LINE_LIMIT = 1024;

    private final RecordReader reader;
    private final FieldSplitter splitter;
    private final RowConverter converter;
    private RowError error;

    RecordPipeline(final InputStream text, final CopyStatement statement, final RowConverter converter) throws IOException {
        this.reader = new RecordReader(text, statement.format());
        this.splitter = new FieldSplitter(statement.format());
        this.converter = converter;
        for (long header = 0; header < statement.ignoreHeader() && reader.next(); header++) {
            error = null;
        }
    }

    /**
     * Reads one record and appends its row, if it is one.
     *
     * @return false at the end of the file
     */
    boolean next(final ByteBuilder target) throws IOException {
        if (!reader.next()) {
            return false;
        }

        error = splitter.split(reader.buffer(), reader.start(), reader.end());
        if (error == null) {
            error = converter.convert(splitter, target);
        }

        return true;
    }

    /** Why the record is no row, or null. */
    RowError error() {
        return error;
    }

    long line() {
        return reader.line();
    }

    /** The record as it stands in the file, cut to what error tables hold. */
    String rawLine() {
        return new String(reader.buffer(), reader.start(), Math.min(reader.end() - reader.start(), RAW_LINE_LIMIT), StandardCharsets.UTF_8);
    }
}
