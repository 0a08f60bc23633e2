package io.github.unloadcopy.sandbox.redshift.unload;

import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.redshift.s3.Envelope;
import io.github.unloadcopy.sandbox.redshift.s3.StatementStore;
import io.github.unloadcopy.sandbox.redshift.sql.Compression;
import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.text.CompressedStreams;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes one object: compressed, then encrypted, then counted.
 */
final class TextFile implements OutputFile {

    private final S3Location location;
    private final ObjectWriter target;
    private final CountingStream counter;
    private final OutputStream output;
    private long records;

    TextFile(final StatementStore store, final S3Location location, final Encryption encryption, final Compression compression) throws IOException {
        final Envelope.Sealing sealing = store.envelope() == null ? null : store.envelope().seal();
        this.location = location;
        this.target = store.create(location, sealing == null ? Map.of() : sealing.metadata(), encryption);
        this.counter = new CountingStream(target);
        final OutputStream sealed = sealing == null ? counter : sealing.to(counter);
        this.output = CompressedStreams.compress(sealed, compression);
    }

    @Override
    public long storedBytes() {
        return counter.count;
    }

    @Override
    public void write(final byte[] bytes, final int length, final long recordCount) throws IOException {
        output.write(bytes, 0, length);
        records += recordCount;
    }

    @Override
    public UnloadedFile finish(final int slice) throws IOException {
        output.close();
        return new UnloadedFile(location, slice, records, counter.count);
    }

    @Override
    public void abort() {
        target.abort();
    }

    private static final class CountingStream extends FilterOutputStream {

        private long count;

        CountingStream(final OutputStream target) {
            super(target);
        }

        @Override
        public void write(final int value) throws IOException {
            out.write(value);
            count++;
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
