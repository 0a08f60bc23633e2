package io.github.unloadcopy.sandbox.redshift.wire;

import io.github.unloadcopy.sandbox.faults.Pause;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads messages through one buffer of fixed size.
 */
final class MessageInput {

    private static final int BUFFER_SIZE = 1 << 16;

    private final InputStream source;
    private final byte[] buffer = new byte[BUFFER_SIZE];
    private int position;
    private int limit;

    MessageInput(final InputStream source) {
        this.source = source;
    }

    /** Whether something can be read without waiting. */
    boolean hasBuffered() {
        return position < limit;
    }

    /**
     * Whether the peer has closed the connection, as far as that shows within some time; what it sends instead stays to be read, as does what it sent before: a client of the extended protocol
     * sends its Sync along with the statement.
     *
     * @param socket where the stream comes from
     */
    boolean endsWithin(final Socket socket, final int milliseconds) throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        if (limit == buffer.length) {
            Pause.millis(milliseconds);
            return false;
        }

        socket.setSoTimeout(milliseconds);
        try {
            final int count = source.read(buffer, limit, buffer.length - limit);
            limit += Math.max(count, 0);
            return count < 0;
        } catch (final SocketTimeoutException e) {
            return false;
        } finally {
            socket.setSoTimeout(0);
        }
    }

    /** Reads one byte, or -1 at the end of the stream. */
    int readOrEnd() throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }

        return buffer[position++] & 0xFF;
    }

    int readByte() throws IOException {
        final int value = readOrEnd();
        if (value < 0) {
            throw new EOFException("connection closed");
        }

        return value;
    }

    int readShort() throws IOException {
        return readByte() << 8 | readByte();
    }

    int readInt() throws IOException {
        return readByte() << 24 | readByte() << 16 | readByte() << 8 | readByte();
    }

    byte[] readBytes(final int count) throws IOException {
        final byte[] bytes = new byte[count];
        readFully(bytes, count);
        return bytes;
    }

    void readFully(final byte[] target, final int count) throws IOException {
        int done = 0;
        while (done < count) {
            if (position == limit && !fill()) {
                throw new EOFException("connection closed");
            }

            final int part = Math.min(count - done, limit - position);
            System.arraycopy(buffer, position, target, done, part);
            position += part;
            done += part;
        }
    }

    void skip(final int count) throws IOException {
        copyTo(OutputStream.nullOutputStream(), count);
    }

    void copyTo(final OutputStream target, final int count) throws IOException {
        int left = count;
        while (left > 0) {
            if (position == limit && !fill()) {
                throw new EOFException("connection closed");
            }

            final int part = Math.min(left, limit - position);
            target.write(buffer, position, part);
            position += part;
            left -= part;
        }
    }

    private boolean fill() throws IOException {
        final int count = source.read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(count, 0);
        return count > 0;
    }

    /**
     * The body of one message, read field by field.
     */
    static final class Body {

        private final byte[] bytes;
        private int position;

        Body(final byte[] bytes) {
            this.bytes = bytes;
        }

        boolean atEnd() {
            return position >= bytes.length;
        }

        int readByte() throws ProtocolException {
            need(1);
            return bytes[position++] & 0xFF;
        }

        int readShort() throws ProtocolException {
            return readByte() << 8 | readByte();
        }

        int readInt() throws ProtocolException {
            return readShort() << 16 | readShort();
        }

        String readString() throws ProtocolException {
            int end = position;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }

            need(end - position + 1);
            final String value = new String(bytes, position, end - position, StandardCharsets.UTF_8);
            position = end + 1;
            return value;
        }

        String readText(final int length) throws ProtocolException {
            need(length);
            final String value = new String(bytes, position, length, StandardCharsets.UTF_8);
            position += length;
            return value;
        }

        byte[] rest() {
            return Arrays.copyOfRange(bytes, position, bytes.length);
        }

        private void need(final int count) throws ProtocolException {
            if (count < 0 || bytes.length - position < count) {
                throw new ProtocolException("a message ends before its last field");
            }
        }
    }
}
