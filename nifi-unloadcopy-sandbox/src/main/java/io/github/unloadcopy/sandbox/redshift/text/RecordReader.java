package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.CopyStatement;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Finds the records of a file. A record ends at a line feed, alone or after a carriage return, unless the line feed is escaped or, in CSV, quoted. With ESCAPE a byte 0x00 ends it as well,
 * and the rest of its line is lost: parameter ESCAPE of the page "Data conversion parameters". It holds one buffer as long as the longest record.
 */
public final class RecordReader {

    /** An input row may have 4 MB: page COPY of the Redshift Database Developer Guide. */
    private static final int LONGEST_RECORD = 4 * 1024 * 1024;
    private static final int FIRST_CAPACITY = 1 << 18;
    private static final byte PLAIN = 0;
    private static final byte LINE_END = 1;
    private static final byte ESCAPE = 2;
    private static final byte QUOTE = 3;
    private static final byte RECORD_END = 4;

    private final InputStream source;
    private final byte[] delimiter;
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
        this.delimiter = format.delimiter().getBytes(StandardCharsets.UTF_8);
        classes['\n'] = LINE_END;
        if (format.csv()) {
            classes[format.quote()] = QUOTE;
        } else if (format.escape()) {
            classes['\\'] = ESCAPE;
            classes[0] = RECORD_END;
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
            if (!available(offset)) {
                return finish();
            }

            final byte kind = classes[buffer[start + offset] & 0xFF];
            if (kind == PLAIN) {
                continue;
            }

            if (kind == LINE_END && !quoted) {
                return finishLine(offset, afterEscape);
            }

            if (kind == RECORD_END) {
                return finishEarly(offset);
            }

            if (kind == ESCAPE) {
                if (!available(offset + 1)) {
                    return finish();
                }

                final byte escaped = buffer[start + offset + 1];
                nextLine += escaped == '\n' ? 1 : 0;
                // What ends a record cannot be escaped.
                offset += escaped == 0 ? 1 : 2;
                afterEscape = offset;
            } else if (kind == LINE_END) {
                nextLine++;
                offset++;
            } else if (!quoted) {
                quoted = atFieldStart(offset);
                offset++;
            } else if (available(offset + 1) && classes[buffer[start + offset + 1] & 0xFF] == QUOTE) {
                offset += 2;
            } else {
                quoted = false;
                offset++;
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

    private boolean available(final int offset) throws IOException {
        while (start + offset >= limit) {
            if (!more()) {
                return false;
            }
        }

        return true;
    }

    /** A quotation mark opens a field only where the field begins; blanks before it do not count. */
    private boolean atFieldStart(final int offset) {
        int position = start + offset;
        while (true) {
            final int from = position - delimiter.length;
            if (position == start || from >= start && Arrays.equals(buffer, from, position, delimiter, 0, delimiter.length)) {
                return true;
            }

            if (!isBlank(buffer[position - 1])) {
                return false;
            }

            position--;
        }
    }

    static boolean isBlank(final byte value) {
        return value == ' ' || value == '\t';
    }

    private boolean finishLine(final int offset, final int afterEscape) {
        next = start + offset + 1;
        nextLine++;
        end = offset > afterEscape && buffer[start + offset - 1] == '\r' ? start + offset - 1 : start + offset;
        return true;
    }

    private boolean finishEarly(final int offset) throws IOException {
        int lineEnd = offset + 1;
        while (available(lineEnd) && buffer[start + lineEnd] != '\n') {
            lineEnd++;
        }

        end = start + offset;
        next = Math.min(start + lineEnd + 1, limit);
        nextLine++;
        return true;
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
