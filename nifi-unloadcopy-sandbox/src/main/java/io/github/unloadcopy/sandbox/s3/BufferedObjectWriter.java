package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.ObjectWriter;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * Collects an object until it is complete, and then gives each piece up as the store takes it: an object is in memory once, also while it is stored.
 */
final class BufferedObjectWriter extends ObjectWriter {

    private static final int PIECE_BYTES = 64 * 1024;
    private static final int BYTE_MASK = 0xFF;

    private final Destination destination;
    private final Deque<byte[]> fullPieces = new ArrayDeque<>();
    private byte[] piece = new byte[PIECE_BYTES];
    private int used;
    private boolean ended;

    BufferedObjectWriter(final Destination destination) {
        this.destination = destination;
    }

    @Override
    public void write(final int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (ended) {
            throw new IOException("The object is closed.");
        }

        int copied = 0;
        while (copied < length) {
            if (used == PIECE_BYTES) {
                fullPieces.addLast(piece);
                piece = new byte[PIECE_BYTES];
                used = 0;
            }

            final int count = Math.min(length - copied, PIECE_BYTES - used);
            System.arraycopy(bytes, offset + copied, piece, used, count);
            used += count;
            copied += count;
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            final long length = (long) fullPieces.size() * PIECE_BYTES + used;
            fullPieces.addLast(piece);
            destination.store(new Pieces(fullPieces, used), length);
        }
    }

    @Override
    public void abort() {
        ended = true;
        fullPieces.clear();
        piece = new byte[0];
    }

    /** Where a complete object goes. */
    interface Destination {

        void store(InputStream content, long length);
    }

    private static final class Pieces extends InputStream {

        private final Deque<byte[]> pieces;
        private final int lastLength;
        private int position;

        Pieces(final Deque<byte[]> pieces, final int lastLength) {
            this.pieces = pieces;
            this.lastLength = lastLength;
        }

        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & BYTE_MASK;
        }

        @Override
        public int read(final byte[] bytes, final int offset, final int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }

            while (!pieces.isEmpty()) {
                final int available = (pieces.size() == 1 ? lastLength : PIECE_BYTES) - position;
                if (available > 0) {
                    final int count = Math.min(available, length);
                    System.arraycopy(pieces.getFirst(), position, bytes, offset, count);
                    position += count;
                    return count;
                }

                pieces.removeFirst();
                position = 0;
            }

            return -1;
        }
    }
}
