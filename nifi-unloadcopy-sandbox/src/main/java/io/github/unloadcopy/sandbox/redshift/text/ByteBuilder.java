package io.github.unloadcopy.sandbox.redshift.text;

import java.util.Arrays;

/**
 * Bytes that are appended to and then taken all at once.
 */
public final class ByteBuilder {

    private byte[] bytes;
    private int length;

    public ByteBuilder(final int capacity) {
        this.bytes = new byte[capacity];
    }

    /** The bytes, of which the first {@link #length()} count. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** A copy of what was appended. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public void clear() {
        length = 0;
    }

    /** Drops what was appended after the given length, or takes in bytes that were written behind the end. */
    public void truncate(final int newLength) {
        length = newLength;
    }

    /** Makes room, so that as many bytes can be appended with {@link #put}. */
    public void reserve(final int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }

    /** Appends one byte for which there is room. */
    public void put(final byte value) {
        bytes[length++] = value;
    }

    public void append(final byte[] source, final int from, final int to) {
        reserve(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    public void append(final byte[] source) {
        append(source, 0, source.length);
    }
}
