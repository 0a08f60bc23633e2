package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Three times the rows take no more heap. S3 here keeps nothing and makes up what it is asked for.
 */
class MemoryIT {

    private static final long TOLERANCE = 8L * 1024 * 1024;
    private static final long SAMPLE_EVERY = 8L * 1024 * 1024;
    private static final long MILLION = 1_000_000;

    @TempDir
    private Path folder;

    @Test
    void heapDoesNotGrowWithTheRows() throws IOException, SQLException {
        final String password = "Aa1" + UUID.randomUUID();
        final MadeUpStore store = new MadeUpStore();
        final RedshiftCluster.Settings settings = new RedshiftCluster.Settings("memory", Storage.temporary(folder, TestCluster.CACHE), 0, "dev", "awsuser", password, null, store,
                new Anybody(), "us-east-1", 2, null, false, StatementFaults.none(), IsolationLevel.SNAPSHOT);
        try (RedshiftCluster cluster = new RedshiftCluster(settings);
                Connection connection = DriverManager.getConnection("jdbc:redshift://" + cluster.host() + ":" + cluster.port() + "/dev?ssl=false", "awsuser", password)) {
            Rows.execute(connection, "CREATE TABLE loaded (a bigint, b varchar(100))");
            run(connection, store, MILLION / 4);
            final long small = run(connection, store, MILLION);
            final long large = run(connection, store, 3 * MILLION);

            assertTrue(large <= small + TOLERANCE, "1 million rows: " + small + " bytes of heap, 3 million rows: " + large);
        }
    }

    /** The most heap in use at any sample. */
    private static long run(final Connection connection, final MadeUpStore store, final long rows) throws SQLException {
        store.peak.set(0);
        store.rows = rows;
        Rows.execute(connection, "UNLOAD ('SELECT i, repeat(''x'', 50) FROM generate_series(1, " + rows + ") i') TO 's3://b/p' IAM_ROLE 'arn:x' MANIFEST ADDQUOTES ESCAPE",
                "COPY loaded FROM 's3://b/p' IAM_ROLE 'arn:x'");
        assertEquals(List.of(List.of(Long.toString(rows), Long.toString(rows))), Rows.of(connection, "SELECT pg_last_unload_count(), pg_last_copy_count()"));
        Rows.execute(connection, "TRUNCATE loaded");
        return store.peak.get();
    }

    private static final class Anybody implements Identities {

        @Override
        public Principal assumeRoles(final List<String> roleArns) {
            return new Principal(roleArns.get(0));
        }

        @Override
        public Principal accessKey(final String accessKeyId, final String secretAccessKey, final String sessionToken) {
            return new Principal(accessKeyId);
        }
    }

    private static final class MadeUpStore implements ObjectStore {

        private final AtomicLong peak = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();
        private volatile long rows;
        private volatile boolean unloaded;

        @Override
        public String bucketRegion(final String bucket) {
            return "us-east-1";
        }

        @Override
        public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
            // Nothing is there before an UNLOAD; a COPY asks for one file of as many rows.
            return !unloaded ? List.of() : List.of(new ObjectSummary(prefix, 1));
        }

        @Override
        public StoredObject open(final Principal principal, final String bucket, final String key) {
            unloaded = false;
            return new MadeUpObject(this, rows);
        }

        @Override
        public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
            unloaded = true;
            return new ObjectWriter() {

                @Override
                public void write(final int value) {
                    count(1);
                }

                @Override
                public void write(final byte[] content, final int offset, final int length) {
                    count(length);
                }

                @Override
                public void abort() {
                    unloaded = false;
                }
            };
        }

        @Override
        public void delete(final Principal principal, final String bucket, final String key) {
            unloaded = false;
        }

        private void count(final int length) {
            final long before = bytes.getAndAdd(length);
            if (before / SAMPLE_EVERY != (before + length) / SAMPLE_EVERY) {
                System.gc();
                final long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
                peak.accumulateAndGet(used, Math::max);
            }
        }
    }

    private static final class MadeUpObject extends InputStream implements StoredObject {

        private static final byte[] ROW = ("12345678|" + "y".repeat(50) + "\n").getBytes(StandardCharsets.US_ASCII);

        private final MadeUpStore store;
        private final long size;
        private long position;

        MadeUpObject(final MadeUpStore store, final long rows) {
            this.store = store;
            this.size = rows * ROW.length;
        }

        @Override
        public InputStream content() {
            return this;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public Map<String, String> userMetadata() {
            return Map.of();
        }

        @Override
        public int read() {
            return position == size ? -1 : ROW[(int) (position++ % ROW.length)];
        }

        @Override
        public int read(final byte[] target, final int offset, final int length) {
            if (position == size) {
                return -1;
            }

            final int count = (int) Math.min(length, size - position);
            for (int index = 0; index < count; index++) {
                target[offset + index] = ROW[(int) ((position + index) % ROW.length)];
            }

            position += count;
            store.count(count);
            return count;
        }

        @Override
        public void close() {
            position = size;
        }
    }
}
