package io.github.unloadcopy.sandbox.faults;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Streams that are slow, or end too soon with an exception.
 */
public final class FaultyStreams {

    /** Small enough for a slow stream to be slow all the way. */
    private static final int SLOW_PIECE = 1 << 13;
    private static final int BYTE_MASK = 0xFF;

    private FaultyStreams() {
    }

    /**
     * @param atLimit what happens instead of reading on; it may throw
     */
    public static InputStream cut(final InputStream stream, final long bytes, final Limit atLimit) {
        return new FilterInputStream(stream) {

            private long left = bytes;

            @Override
            public int read() throws IOException {
                final byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & BYTE_MASK;
            }

            @Override
            public int read(final byte[] buffer, final int offset, final int length) throws IOException {
                if (left == 0 && length > 0) {
                    atLimit.reached();
                    throw new IOException("The connection was cut by a fault rule.");
                }

                final int count = super.read(buffer, offset, (int) Math.min(length, left));
                left -= Math.max(count, 0);
                return count;
            }
        };
    }

    public static InputStream slow(final InputStream stream, final long bytesPerSecond) {
        return new FilterInputStream(stream) {

            @Override
            public int read() throws IOException {
                final byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & BYTE_MASK;
            }

            @Override
            public int read(final byte[] buffer, final int offset, final int length) throws IOException {
                final int count = super.read(buffer, offset, Math.min(length, SLOW_PIECE));
                Pause.forBytes(Math.max(count, 0), bytesPerSecond);
                return count;
            }
        };
    }

    /**
     * @param atLimit what happens once so many bytes are through; if it does not throw, all that follows is dropped
     */
    public static OutputStream cut(final OutputStream stream, final long bytes, final Limit atLimit) {
        return new FilterOutputStream(stream) {

            private long left = bytes;
            private boolean over;

            @Override
            public void write(final int value) throws IOException {
                write(new byte[]{(byte) value}, 0, 1);
            }

            @Override
            public void write(final byte[] buffer, final int offset, final int length) throws IOException {
                if (over) {
                    return;
                }

                final int count = (int) Math.min(length, left);
                out.write(buffer, offset, count);
                left -= count;
                if (count < length) {
                    out.flush();
                    over = true;
                    atLimit.reached();
                }
            }

            @Override
            public void flush() throws IOException {
                if (!over) {
                    out.flush();
                }
            }

            @Override
            public void close() throws IOException {
                if (!over) {
                    out.close();
                }
            }
        };
    }

    public static OutputStream slow(final OutputStream stream, final long bytesPerSecond) {
        return new FilterOutputStream(stream) {

            @Override
            public void write(final int value) throws IOException {
                write(new byte[]{(byte) value}, 0, 1);
            }

            @Override
            public void write(final byte[] buffer, final int offset, final int length) throws IOException {
                int done = 0;
                while (done < length) {
                    final int count = Math.min(length - done, SLOW_PIECE);
                    out.write(buffer, offset + done, count);
                    out.flush();
                    done += count;
                    Pause.forBytes(count, bytesPerSecond);
                }
            }
        };
    }

    /** What happens at the end of a stream that is cut. */
    @FunctionalInterface
    public interface Limit {

        void reached() throws IOException;
    }
}
