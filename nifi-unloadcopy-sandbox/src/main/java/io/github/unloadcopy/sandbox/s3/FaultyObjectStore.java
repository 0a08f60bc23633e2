package io.github.unloadcopy.sandbox.s3;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.faults.Effect;
import io.github.unloadcopy.sandbox.faults.Errors;
import io.github.unloadcopy.sandbox.faults.FaultyStreams;
import io.github.unloadcopy.sandbox.faults.Faults;
import io.github.unloadcopy.sandbox.faults.Match;
import io.github.unloadcopy.sandbox.faults.Occasion;
import io.github.unloadcopy.sandbox.faults.Pause;
import io.github.unloadcopy.sandbox.faults.Service;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What goes wrong between a cluster and S3. A connection that ends shows as S3's RequestTimeout; the cluster does not try again.
 */
public final class FaultyObjectStore implements ObjectStore {

    private static final Effect GONE = Effect.error("RequestTimeout");

    private final ObjectStore store;
    private final Faults faults;
    private final String cluster;

    /**
     * @param cluster whose way to S3 this is
     */
    public FaultyObjectStore(final ObjectStore store, final Faults faults, final String cluster) {
        this.store = store;
        this.faults = faults;
        this.cluster = cluster;
    }

    @Override
    public String bucketRegion(final String bucket) {
        return store.bucketRegion(bucket);
    }

    @Override
    public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
        return ask("ListObjectsV2", bucket + "/" + prefix, () -> store.list(principal, bucket, prefix));
    }

    @Override
    public StoredObject open(final Principal principal, final String bucket, final String key) {
        final List<Effect> effects = decide("GetObject", bucket + "/" + key);
        final StoredObject object = apply(effects, () -> store.open(principal, bucket, key));
        return effects.stream().anyMatch(FaultyObjectStore::isInStream) ? new FaultyObject(object, faulty(object.content(), effects)) : object;
    }

    @Override
    public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
        final List<Effect> effects = decide("PutObject", bucket + "/" + key);
        final Effect last = effects.isEmpty() ? null : effects.getLast();
        if (last != null && last.type() == Effect.Type.DROP_ANSWER) {
            apply(effects.subList(0, effects.size() - 1), () -> null);
            return new FaultyWriter(store.create(principal, bucket, key, userMetadata, encryption), List.of(), true);
        }

        final ObjectWriter writer = apply(effects, () -> store.create(principal, bucket, key, userMetadata, encryption));
        return effects.stream().anyMatch(FaultyObjectStore::isInStream) ? new FaultyWriter(writer, effects, false) : writer;
    }

    @Override
    public void delete(final Principal principal, final String bucket, final String key) {
        ask("DeleteObject", bucket + "/" + key, () -> {
            store.delete(principal, bucket, key);
            return null;
        });
    }

    private <T> T ask(final String operation, final String resource, final Supplier<T> question) {
        final List<Effect> effects = decide(operation, resource);
        if (effects.stream().anyMatch(effect -> effect.type() == Effect.Type.CUT)) {
            throw refusal(GONE);
        }

        return apply(effects, question);
    }

    private List<Effect> decide(final String operation, final String resource) {
        return faults.decide(new Occasion(Service.S3, operation, List.of(resource), Match.CLUSTERS, cluster));
    }

    private static <T> T apply(final List<Effect> effects, final Supplier<T> question) {
        for (final Effect effect : effects) {
            switch (effect.type()) {
                case LATENCY -> Pause.millis(effect.milliseconds());
                case ERROR, ERROR_IN_BODY -> throw refusal(effect);
                case DROP -> throw refusal(GONE);
                case DROP_ANSWER -> {
                    question.get();
                    throw refusal(GONE);
                }
                default -> {
                    // The stream sees to it.
                }
            }
        }

        return question.get();
    }

    private static boolean isInStream(final Effect effect) {
        return effect.type() == Effect.Type.CUT || effect.type() == Effect.Type.BANDWIDTH;
    }

    private static InputStream faulty(final InputStream content, final List<Effect> effects) {
        InputStream stream = content;
        for (final Effect effect : effects) {
            if (effect.type() == Effect.Type.BANDWIDTH) {
                stream = FaultyStreams.slow(stream, effect.bytes());
            } else if (effect.type() == Effect.Type.CUT) {
                stream = FaultyStreams.cut(stream, bytes(effect), () -> {
                    throw refusal(GONE);
                });
            }
        }

        return stream;
    }

    private static long bytes(final Effect effect) {
        return effect.bytes() == null ? 0 : effect.bytes();
    }

    private static CloudException refusal(final Effect effect) {
        final Errors.HttpError error = Errors.http(Service.S3, effect);
        return new CloudException(effect.code(), error.status(), error.message());
    }

    private record FaultyObject(StoredObject object, InputStream content) implements StoredObject {

        @Override
        public long size() {
            return object.size();
        }

        @Override
        public Map<String, String> userMetadata() {
            return object.userMetadata();
        }

        @Override
        public void close() {
            object.close();
        }
    }

    private static final class FaultyWriter extends ObjectWriter {

        private final ObjectWriter writer;
        private final boolean answerLost;
        private OutputStream stream;

        FaultyWriter(final ObjectWriter writer, final List<Effect> effects, final boolean answerLost) {
            this.writer = writer;
            this.answerLost = answerLost;
            this.stream = writer;
            for (final Effect effect : effects) {
                if (effect.type() == Effect.Type.BANDWIDTH) {
                    stream = FaultyStreams.slow(stream, effect.bytes());
                } else if (effect.type() == Effect.Type.CUT) {
                    stream = FaultyStreams.cut(stream, bytes(effect), () -> {
                        writer.abort();
                        throw refusal(GONE);
                    });
                }
            }
        }

        @Override
        public void write(final int value) throws IOException {
            stream.write(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            writer.close();
            if (answerLost) {
                throw refusal(GONE);
            }
        }

        @Override
        public void abort() {
            writer.abort();
        }
    }
}
