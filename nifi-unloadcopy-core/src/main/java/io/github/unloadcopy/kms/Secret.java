package io.github.unloadcopy.kms;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Bytes that nobody may see: wiped when closed, absent from every text form, and equal to nothing but itself. */
public final class Secret implements AutoCloseable {
    private final byte[] value;
    private boolean closed;

    private Secret(final byte[] value) {
        this.value = value;
    }

    /** Keeps a copy of the bytes; the caller goes on owning, and wipes, its own. */
    public static Secret of(final byte[] value) {
        return new Secret(value.clone());
    }

    /** A copy that the caller wipes. */
    public synchronized byte[] bytes() {
        if (closed) {
            throw new IllegalStateException("The secret was wiped already");
        }

        return value.clone();
    }

    /** Number of bytes. */
    public int length() {
        return value.length;
    }

    /** Whether the bytes are wiped. */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** The bytes as UTF-8 text. A string cannot be wiped: keep it no longer than the statement that needs it. */
    public String text() {
        final byte[] copy = bytes();

        try {
            return new String(copy, StandardCharsets.UTF_8);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /** The bytes in base64, without line breaks. */
    public String base64() {
        final byte[] copy = bytes();

        try {
            return Base64.getEncoder().encodeToString(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /** The same bytes with a life of their own. */
    public Secret copy() {
        return new Secret(bytes());
    }

    /** Wipes the bytes; closing twice is harmless. */
    @Override
    public synchronized void close() {
        Arrays.fill(value, (byte) 0);
        closed = true;
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
