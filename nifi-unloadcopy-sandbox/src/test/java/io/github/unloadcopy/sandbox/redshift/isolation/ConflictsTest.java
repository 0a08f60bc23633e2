package io.github.unloadcopy.sandbox.redshift.isolation;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is remembered of transactions, for how long, and who conflicts with whom. */
class ConflictsTest {

    private final Conflicts conflicts = new Conflicts();

    @Test
    void onlyTransactionsThatReadAndWriteAreRemembered() throws IOException {
        conflicts.commit(new Open(10, "10:10:", "10").reads(1), IsolationLevel.SERIALIZABLE);
        conflicts.commit(new Open(10, "10:10:", "10").writes(1), IsolationLevel.SERIALIZABLE);
        conflicts.commit(new Open(10, "10:10:", "10"), IsolationLevel.SERIALIZABLE);
        conflicts.commit(new Open(10, "10:10:", "10").reads(1).writes(2), IsolationLevel.SNAPSHOT);
        assertEquals(0, conflicts.remembered());
        conflicts.commit(new Open(10, "10:10:", "10").reads(1).writes(2), IsolationLevel.SERIALIZABLE);
        assertEquals(1, conflicts.remembered());
    }

    @Test
    void transactionsThatOverlapNoOpenOneAreForgotten() throws IOException {
        for (long id = 10; id < 1010; id++) {
            conflicts.commit(new Open(id, id + ":" + id + ":", Long.toString(id)).reads(1).writes(1), IsolationLevel.SERIALIZABLE);
        }

        assertEquals(1, conflicts.remembered());
        for (long id = 1010; id < 1020; id++) {
            conflicts.commit(new Open(id, id + ":" + id + ":", "1000").reads(1).writes(1), IsolationLevel.SERIALIZABLE);
        }

        assertEquals(11, conflicts.remembered());
        conflicts.check(new Open(1020, "1020:1020:", "1020").reads(1), IsolationLevel.SERIALIZABLE);
        assertEquals(0, conflicts.remembered());
    }

    @Test
    void committedTransactionConflictsUnlessTheSnapshotSeesIt() throws IOException {
        conflicts.commit(new Open(12, "12:12:", "8").reads(1).writes(2), IsolationLevel.SERIALIZABLE);
        for (final String snapshot : List.of("12:15:12,14", "10:12:", "10:12:10,11")) {
            final Open overlapping = new Open(15, snapshot, "8").reads(2).writes(1);
            final SqlError violation = assertThrows(SqlError.class, () -> conflicts.check(overlapping, IsolationLevel.SERIALIZABLE), snapshot);
            assertEquals("1023", violation.getMessage());
            assertEquals("Serializable isolation violation on table - 2, transactions forming the cycle are: 15, 12 (pid:7)", violation.detail());
            assertTrue(overlapping.failed);
        }

        for (final String snapshot : List.of("13:13:", "10:15:10,14", "8:13:8")) {
            conflicts.check(new Open(15, snapshot, "8").reads(2).writes(1), IsolationLevel.SERIALIZABLE);
        }

        conflicts.check(new Open(15, "10:12:", "8").reads(2).writes(3), IsolationLevel.SERIALIZABLE);
        conflicts.check(new Open(15, "10:12:", "8").reads(3).writes(1), IsolationLevel.SERIALIZABLE);
        conflicts.check(new Open(15, "10:12:", "8").reads(2).writes(1), IsolationLevel.SNAPSHOT);
    }

    @Test
    void openTransactionConflicts() throws IOException {
        final Open own = new Open(15, "15:15:", "15").reads(2).writes(1).row(9, 2, false, true, 20).row(9, 1, true, false, 20);
        assertEquals("1023", assertThrows(SqlError.class, () -> conflicts.check(own, IsolationLevel.SERIALIZABLE)).getMessage());
        conflicts.check(new Open(15, "15:15:", "15").reads(2).writes(1).row(9, 2, false, true, 20).row(8, 1, true, false, 21), IsolationLevel.SERIALIZABLE);
    }

    @Test
    void tableOutsideOfTheSnapshotIsMissing() throws IOException {
        final Open own = new Open(15, "15:15:", "15").reads(2);
        own.rows.add(Arrays.asList("7", "3", "t", "f", "t", "t", null, "15:15:", "15"));
        final SqlError missing = assertThrows(SqlError.class, () -> conflicts.check(own, IsolationLevel.SNAPSHOT));
        assertEquals("1018", missing.getMessage());
        assertTrue(own.failed);
        final Open others = new Open(15, "15:15:", "15").reads(2);
        others.rows.add(Arrays.asList("9", "3", "t", "f", "t", "f", null, "15:15:", "15"));
        conflicts.check(others, IsolationLevel.SNAPSHOT);
        assertFalse(others.failed);
    }

    /** Process 7. */
    private static final class Open implements Conflicts.OpenTransaction {

        private final long id;
        private final String snapshot;
        private final String horizon;
        private final List<List<String>> rows = new ArrayList<>();
        private boolean failed;

        private Open(final long id, final String snapshot, final String horizon) {
            this.id = id;
            this.snapshot = snapshot;
            this.horizon = horizon;
        }

        private Open reads(final long relation) {
            return row(7, relation, true, false, id);
        }

        private Open writes(final long relation) {
            return row(7, relation, false, true, id);
        }

        private Open row(final int processId, final long relation, final boolean reads, final boolean writes, final long transactionId) {
            rows.add(List.of(Integer.toString(processId), Long.toString(relation), reads ? "t" : "f", writes ? "t" : "f", "f", processId == 7 ? "t" : "f", Long.toString(transactionId), snapshot,
                    horizon));
            return this;
        }

        @Override
        public List<List<String>> ask(final String sql) {
            return rows;
        }

        @Override
        public void fail() {
            failed = true;
        }
    }
}
