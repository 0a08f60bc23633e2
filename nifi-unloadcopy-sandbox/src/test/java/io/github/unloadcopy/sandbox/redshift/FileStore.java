package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Keeps objects in a folder, for measurements in which the store must take no memory. It has one bucket, and lets everybody do everything.
 */
final class FileStore implements ObjectStore {

    private final Path folder;

    FileStore(final Path folder) {
        this.folder = folder;
    }

    void clear() throws IOException {
        for (final ObjectSummary object : list(null, "", "")) {
            Files.delete(folder.resolve(object.key()));
        }
    }

    @Override
    public String bucketRegion(final String bucket) {
        return "us-east-1";
    }

    @Override
    public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().map(FileStore::summary).toList();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectSummary summary(final Path file) {
        try {
            return new ObjectSummary(file.getFileName().toString(), Files.size(file));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public StoredObject open(final Principal principal, final String bucket, final String key) {
        final Path file = folder.resolve(key);
        if (!Files.exists(file)) {
            throw new CloudException("NoSuchKey", 404, "The specified key does not exist.");
        }

        try {
            return new FileObject(Files.newInputStream(file), Files.size(file));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
        try {
            return new FileWriter(Files.newOutputStream(folder.resolve(key)));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void delete(final Principal principal, final String bucket, final String key) {
        try {
            Files.deleteIfExists(folder.resolve(key));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record FileObject(InputStream content, long size) implements StoredObject {

        @Override
        public Map<String, String> userMetadata() {
            return Map.of();
        }

        @Override
        public void close() {
            try {
                content.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class FileWriter extends ObjectWriter {

        private final OutputStream file;

        FileWriter(final OutputStream file) {
            this.file = file;
        }

        @Override
        public void write(final int value) throws IOException {
            file.write(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            file.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }

        @Override
        public void abort() {
            try {
                file.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
