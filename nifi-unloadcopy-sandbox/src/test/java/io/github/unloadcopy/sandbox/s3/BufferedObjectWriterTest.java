package io.github.unloadcopy.sandbox.s3;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class BufferedObjectWriterTest {

    private final List<byte[]> stored = new ArrayList<>();

    @Property(tries = 100)
    void storesWhatWasWrittenOnce(@ForAll @Size(max = 6) final List<@IntRange(max = 150_000) Integer> lengths, @ForAll final long seed) throws IOException {
        stored.clear();
        final ByteArrayOutputStream expected = new ByteArrayOutputStream();
        final Random random = new Random(seed);
        final BufferedObjectWriter writer = new BufferedObjectWriter(this::store);
        for (final int length : lengths) {
            final byte[] piece = new byte[length];
            random.nextBytes(piece);
            writer.write(piece);
            expected.write(piece);
        }

        assertEquals(0, stored.size());
        writer.close();
        writer.close();
        assertEquals(1, stored.size());
        assertArrayEquals(expected.toByteArray(), stored.getFirst());
    }

    @Test
    void singleBytesAreBytes() throws IOException {
        final BufferedObjectWriter writer = new BufferedObjectWriter((content, length) -> {
            try {
                assertEquals(0, content.read());
                assertEquals(255, content.read());
                assertEquals(-1, content.read());
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.write(0);
        writer.write(-1);
        writer.close();
    }

    @Test
    void abortStoresNothing() throws IOException {
        final BufferedObjectWriter writer = new BufferedObjectWriter(this::store);
        writer.write(new byte[100_000]);
        writer.abort();
        writer.close();

        assertEquals(0, stored.size());
        assertThrows(IOException.class, () -> writer.write(1));
    }

    private void store(final InputStream content, final long length) {
        try {
            final byte[] bytes = content.readAllBytes();
            assertEquals(length, bytes.length);
            stored.add(bytes);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
