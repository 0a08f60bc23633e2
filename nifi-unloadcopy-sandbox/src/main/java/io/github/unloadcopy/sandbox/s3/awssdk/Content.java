package io.github.unloadcopy.sandbox.s3.awssdk;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Bytes in memory, as pieces of one size; an object that is deleted gives them back to the heap.
 */
final class Content {

    private static final int PIECE_BYTES = 64 * 1024;
    private static final int BYTE_MASK = 0xFF;

    private final List<byte[]> pieces;
    private final long length;

    private Content(final List<byte[]> pieces, final long length) {
        this.pieces = pieces;
        this.length = length;
    }

    /** Reads a stream to its end. */
    static Content of(final InputStream source) throws IOException {
        final List<byte[]> pieces = new ArrayList<>();
        final byte[] buffer = new byte[PIECE_BYTES];
        long length = 0;
        int count = source.readNBytes(buffer, 0, PIECE_BYTES);
        while (count > 0) {
            pieces.add(Arrays.copyOf(buffer, count));
            length += count;
            count = source.readNBytes(buffer, 0, PIECE_BYTES);
        }

        return new Content(pieces, length);
    }

    long length() {
        return length;
    }

    InputStream open(final long from) {
        return new Pieces(from);
    }

    private final class Pieces extends InputStream {

        private long position;

        Pieces(final long position) {
            this.position = Objects.checkIndex(position, length + 1);
        }

        @Override
        public int read() {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & BYTE_MASK;
        }

        @Override
        public int read(final byte[] target, final int offset, final int count) {
            Objects.checkFromIndexSize(offset, count, target.length);
            if (count == 0) {
                return 0;
            }

            if (position == length) {
                return -1;
            }

            final byte[] piece = pieces.get((int) (position / PIECE_BYTES));
            final int start = (int) (position % PIECE_BYTES);
            final int copied = Math.min(count, piece.length - start);
            System.arraycopy(piece, start, target, offset, copied);
            position += copied;
            return copied;
        }
    }
}
