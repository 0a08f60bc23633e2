package io.github.unloadcopy.sandbox.redshift.parquet;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The codecs of Parquet's pages, without the Hadoop classes that Parquet's own factory makes of them. Writes Snappy only, as UNLOAD does.
 */
final class Codecs implements CompressionCodecFactory {

    @Override
    public BytesInputCompressor getCompressor(final CompressionCodecName codec) {
        if (codec != CompressionCodecName.SNAPPY) {
            throw new IllegalArgumentException("UNLOAD writes Snappy, not " + codec);
        }

        return new SnappyCompressor();
    }

    @Override
    public BytesInputDecompressor getDecompressor(final CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED -> new Decompressor((input, size) -> input);
            case SNAPPY -> new Decompressor((input, size) -> {
                final byte[] output = new byte[size];
                Snappy.uncompress(input, 0, input.length, output, 0);
                return output;
            });
            case GZIP -> new Decompressor((input, size) -> {
                try (GZIPInputStream content = new GZIPInputStream(new ByteArrayInputStream(input))) {
                    return content.readNBytes(size);
                }
            });
            case ZSTD -> new Decompressor((input, size) -> {
                final byte[] output = new byte[size];
                final long result = Zstd.decompressByteArray(output, 0, size, input, 0, input.length);
                if (Zstd.isError(result)) {
                    throw new IOException("Zstandard: " + Zstd.getErrorName(result));
                }

                return output;
            });
            case LZ4_RAW -> new Decompressor((input, size) -> {
                final byte[] output = new byte[size];
                new Lz4Decompressor().decompress(input, 0, input.length, output, 0, size);
                return output;
            });
            default -> throw SqlError.notSupported("Parquet files compressed with " + codec + " are not supported by the sandbox");
        };
    }

    @Override
    public void release() {
        // Nothing is kept between pages.
    }

    /** The bytes of a buffer, which are the buffer's own array where they fill it. */
    private static byte[] bytes(final ByteBuffer buffer) {
        if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.position() == 0 && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }

        final byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    private static byte[] bytes(final BytesInput input) throws IOException {
        try (ByteBufferInputStream stream = input.toInputStream()) {
            return bytes(stream.slice((int) input.size()));
        }
    }

    private interface Algorithm {

        /**
         * @param size bytes of the result
         */
        byte[] decompress(byte[] input, int size) throws IOException;
    }

    private record Decompressor(Algorithm algorithm) implements BytesInputDecompressor {

        @Override
        public BytesInput decompress(final BytesInput compressed, final int size) throws IOException {
            return BytesInput.from(algorithm.decompress(bytes(compressed), size));
        }

        @Override
        public void decompress(final ByteBuffer input, final int compressedSize, final ByteBuffer output, final int size) throws IOException {
            output.put(algorithm.decompress(bytes(input.slice(input.position(), compressedSize)), size));
            input.position(input.position() + compressedSize);
        }

        @Override
        public void release() {
            // Nothing is kept between pages.
        }
    }

    private static final class SnappyCompressor implements BytesInputCompressor {

        @Override
        public BytesInput compress(final BytesInput page) throws IOException {
            final byte[] input = bytes(page);
            final byte[] output = new byte[Snappy.maxCompressedLength(input.length)];
            final int length = Snappy.compress(input, 0, input.length, output, 0);
            return BytesInput.from(Arrays.copyOf(output, length));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.SNAPPY;
        }

        @Override
        public void release() {
            // Nothing is kept between pages.
        }
    }
}
