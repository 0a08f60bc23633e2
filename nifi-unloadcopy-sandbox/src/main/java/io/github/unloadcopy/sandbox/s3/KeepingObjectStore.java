package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The clusters' way to a store whose changes are kept. */
record KeepingObjectStore(ObjectStore store, KeptObjects kept) implements ObjectStore {

    @Override
    public String bucketRegion(final String bucket) {
        return store.bucketRegion(bucket);
    }

    @Override
    public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
        return store.list(principal, bucket, prefix);
    }

    @Override
    public StoredObject open(final Principal principal, final String bucket, final String key) {
        return store.open(principal, bucket, key);
    }

    @Override
    public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
        return new Writer(store.create(principal, bucket, key, userMetadata, encryption), () -> kept.objectChanged(bucket, key));
    }

    @Override
    public void delete(final Principal principal, final String bucket, final String key) {
        store.delete(principal, bucket, key);
        kept.objectChanged(bucket, key);
    }

    private static final class Writer extends ObjectWriter {

        private final ObjectWriter writer;
        private final Runnable changed;
        private boolean ended;

        Writer(final ObjectWriter writer, final Runnable changed) {
            this.writer = writer;
            this.changed = changed;
        }

        @Override
        public void write(final int value) throws IOException {
            writer.write(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            writer.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            writer.close();
            if (!ended) {
                ended = true;
                changed.run();
            }
        }

        @Override
        public void abort() {
            ended = true;
            writer.abort();
        }
    }
}
