package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Finds the records of a file. A record ends at a line feed, a carriage return with a line feed, or a byte 0x00, unless that is escaped or, in CSV, quoted.
 * It holds one buffer as long as the longest record.
 */
public final class RecordReader {

    /** An input row may have 4 MB: page COPY of the Redshift Database Developer Guide. */
    private static final int LONGEST_RECORD = 4 * 1024 * 1024;
    private static final int FIRST_CAPACITY = 1 << 18;
    private static final byte PLAIN = 0;
    private static final byte RECORD_END = 1;
    private static final byte ESCAPE = 2;
    private static final byte QUOTE = 3;

    private final InputStream source;
    private final byte[] classes = new byte[256];
    private byte[] buffer = new byte[FIRST_CAPACITY];
    private int limit;
    private int next;
    private int start;
    private int end;
    private long line;
    private long nextLine = 1;

    public RecordReader(final InputStream source, final CopyStatement.Text format) {
        this.source = source;
        classes['\n'] = RECORD_END;
        classes[0] = RECORD_END;
        if (format.csv()) {
            classes[format.quote()] = QUOTE;
        } else if (format.escape()) {
            classes['\\'] = ESCAPE;
        }
    }

    /** The buffer that holds the current record from {@link #start()} to {@link #end()}. */
    public byte[] buffer() {
        return buffer;
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    /** Number of the line that the current record starts in, from 1. */
    public long line() {
        return line;
    }

    /**
     * Moves to the next record.
     *
     * @return false at the end of the file
     * @throws RecordTooLongException when no end of the record is in sight
     */
    public boolean next() throws IOException {
        start = next;
        line = nextLine;
        int offset = 0;
        int afterEscape = 0;
        boolean quoted = false;
        while (true) {
            offset = skipPlain(offset);
            if (start + offset >= limit) {
                if (more()) {
                    continue;
                }

                return finish();
            }

            final byte value = buffer[start + offset];
            final byte kind = classes[value];
            if (kind == ESCAPE) {
                if (start + offset + 1 >= limit && !more()) {
                    return finish();
                }

                if (buffer[start + offset + 1] == '\n') {
                    nextLine++;
                }

                offset += 2;
                afterEscape = offset;
            } else if (kind == QUOTE) {
                quoted = !quoted;
                offset++;
            } else if (quoted) {
                nextLine++;
                offset++;
            } else {
                next = start + offset + 1;
                nextLine++;
                end = value == '\n' && offset > afterEscape && buffer[start + offset - 1] == '\r' ? start + offset - 1 : start + offset;
                return true;
            }
        }
    }

    private int skipPlain(final int offset) {
        int position = start + offset;
        while (position < limit && (buffer[position] < 0 || classes[buffer[position]] == PLAIN)) {
            position++;
        }

        return position - start;
    }

    private boolean finish() {
        next = limit;
        end = limit;
        return end > start;
    }

    /** Reads on, with the current record moved to the start of the buffer. */
    private boolean more() throws IOException {
        System.arraycopy(buffer, start, buffer, 0, limit - start);
        limit -= start;
        start = 0;
        if (limit == buffer.length) {
            if (buffer.length >= LONGEST_RECORD) {
                throw new RecordTooLongException();
            }

            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }

        final int count = source.read(buffer, limit, buffer.length - limit);
        limit += Math.max(count, 0);
        return count > 0;
    }

    /** A record is longer than any row may be. */
    public static final class RecordTooLongException extends IOException {

        private static final long serialVersionUID = 1L;

        RecordTooLongException() {
            super("a record is longer than 4 MB");
        }
    }
}
