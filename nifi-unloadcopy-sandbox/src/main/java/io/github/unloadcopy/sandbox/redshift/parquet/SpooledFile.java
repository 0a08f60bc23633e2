package io.github.unloadcopy.sandbox.redshift.parquet;

import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An object's content in a file, since Parquet is read from its end: one request and one check of the permissions for each object, and memory for one row group, not for the file.
 * The file loses its name as soon as it is open, so that nothing is left behind by whatever end the JVM has.
 */
public final class SpooledFile implements InputFile, Closeable {

    private final FileChannel channel;

    private SpooledFile(final FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Copies all of the content.
     *
     * @param directory where the file is made
     */
    public static SpooledFile of(final InputStream content, final Path directory) throws IOException {
        final Path path = Files.createTempFile(directory, "copy", ".parquet");
        final FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try {
            final OutputStream output = Channels.newOutputStream(channel);
            content.transferTo(output);
            return new SpooledFile(channel);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public long getLength() throws IOException {
        return channel.size();
    }

    /** The stream and the file share their position, so there is one stream at a time. */
    @Override
    public SeekableInputStream newStream() throws IOException {
        channel.position(0);
        return new ChannelStream(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static final class ChannelStream extends DelegatingSeekableInputStream {

        private final FileChannel channel;

        ChannelStream(final FileChannel channel) {
            super(Channels.newInputStream(channel));
            this.channel = channel;
        }

        @Override
        public long getPos() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(final long position) throws IOException {
            channel.position(position);
        }

        /** The channel stays open: it is the file's. */
        @Override
        public void close() {
            // Nothing else is held.
        }
    }
}
