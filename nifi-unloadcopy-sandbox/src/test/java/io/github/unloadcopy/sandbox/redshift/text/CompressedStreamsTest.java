package io.github.unloadcopy.sandbox.redshift.text;

import io.github.unloadcopy.sandbox.redshift.sql.Compression;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class CompressedStreamsTest {

    @ParameterizedTest
    @EnumSource
    void streamsThatFollowEachOtherAreOneFile(final Compression compression) throws IOException {
        final byte[] random = new byte[300_000];
        new Random(1).nextBytes(random);
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (final byte[] part : new byte[][] {random, new byte[0], "end".getBytes(StandardCharsets.UTF_8)}) {
            file.writeBytes(compressed(part, compression));
        }

        // A source that never knows what is available, as those of S3 and of decryption do not.
        final InputStream source = new ByteArrayInputStream(file.toByteArray()) {

            @Override
            public synchronized int available() {
                return 0;
            }
        };
        final byte[] read = CompressedStreams.decompress(source, compression).readAllBytes();
        assertEquals(random.length + 3, read.length);
        assertArrayEquals(random, Arrays.copyOf(read, random.length));
        assertEquals("end", new String(read, random.length, 3, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void filesThatAreCutShortOrNoneAreErrors(final Compression compression) throws IOException {
        final byte[] whole = compressed("1|one\n".repeat(1000).getBytes(StandardCharsets.UTF_8), compression);
        for (final byte[] damaged : new byte[][] {Arrays.copyOf(whole, whole.length - 3), "1|one\n".getBytes(StandardCharsets.UTF_8)}) {
            assertThrows(IOException.class, () -> CompressedStreams.decompress(new ByteArrayInputStream(damaged), compression).readAllBytes());
        }
    }

    private static byte[] compressed(final byte[] content, final Compression compression) throws IOException {
        final ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (OutputStream stream = CompressedStreams.compress(target, compression)) {
            stream.write(content);
        }

        return target.toByteArray();
    }
}
