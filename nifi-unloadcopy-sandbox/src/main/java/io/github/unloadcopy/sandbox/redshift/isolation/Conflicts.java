package io.github.unloadcopy.sandbox.redshift.isolation;

import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds what Redshift's isolation forbids and PostgreSQL's REPEATABLE READ lets pass, in one cluster.
 *
 * <p>Error 1018, at both levels: a table that another transaction has created after this one's snapshot was made does not exist for it.
 *
 * <p>Error 1023, under SERIALIZABLE: two overlapping transactions of which each reads a table that the other writes cannot both commit, and the one fails that closes the cycle. Rules: pages
 * "Isolation levels in Amazon Redshift", "Write and read/write operations" and "Troubleshooting serializable isolation errors" of the Redshift Database Developer Guide. Which tables a
 * transaction has read and written is told by the locks that it holds in PostgreSQL ({@code pg_internal.table_access()}); of transactions that have committed, those are remembered here that
 * could still be part of a cycle.
 *
 * <p>Limits: cycles of three and more transactions are not found; statements inside of functions and procedures, and those of EXECUTE, count as reads of what they read and as pure writes of what they
 * write; DDL is neither; SELECT of {@code svv_table_info} reads the tables that it counts.
 */
public final class Conflicts {

    private static final String FACTS = "SELECT process_id, relation, reads, writes, missing, own, transaction_id, snapshot, horizon FROM pg_internal.table_access()";
    private static final String NUMBER_OF_VIOLATION = "1023";
    private static final String NUMBER_OF_MISSING_RELATION = "1018";

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Access> committed = new ArrayList<>();

    /**
     * Checks what an open transaction has done up to now.
     *
     * @throws SqlError 1018 or 1023; the transaction has failed
     * @throws IOException when the backend has gone
     */
    public void check(final OpenTransaction transaction, final IsolationLevel level) throws IOException {
        if (level == IsolationLevel.SNAPSHOT) {
            // What others do does not matter, so no lock is needed.
            read(transaction);
            return;
        }

        lock.lock();
        try {
            checkUnderLock(transaction);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks a transaction that is about to commit, and remembers it for those that overlap it.
     *
     * @throws SqlError 1018 or 1023; the transaction has failed
     * @throws IOException when the backend has gone
     */
    public void commit(final OpenTransaction transaction, final IsolationLevel level) throws IOException {
        if (level == IsolationLevel.SNAPSHOT) {
            return;
        }

        lock.lock();
        try {
            final Access own = checkUnderLock(transaction);
            // A cycle needs one that does both.
            if (own != null && !own.reads().isEmpty() && !own.writes().isEmpty()) {
                committed.add(own);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many transactions are remembered. */
    int remembered() {
        lock.lock();
        try {
            return committed.size();
        } finally {
            lock.unlock();
        }
    }

    /** Null when the transaction has touched no table. */
    private Access checkUnderLock(final OpenTransaction transaction) throws IOException {
        final Facts facts = read(transaction);
        if (facts == null) {
            return null;
        }

        forgetBefore(facts.horizon());
        final List<Access> others = new ArrayList<>(facts.others());
        for (final Access other : committed) {
            if (!facts.snapshot().sees(other.transactionId())) {
                others.add(other);
            }
        }

        refuseCycles(transaction, facts.own(), others);
        return facts.own();
    }

    /** What there is to know. Null when the transaction has touched no table. */
    private static Facts read(final OpenTransaction transaction) throws IOException {
        final Map<Integer, Access> open = new HashMap<>();
        List<String> ownRow = null;
        for (final List<String> row : transaction.ask(FACTS)) {
            final Access access = open.computeIfAbsent(Integer.parseInt(row.get(0)), processId -> Access.of(processId, row.get(6)));
            final long relation = Long.parseLong(row.get(1));
            if (isTrue(row.get(2))) {
                access.reads().add(relation);
            }

            if (isTrue(row.get(3))) {
                access.writes().add(relation);
            }

            if (isTrue(row.get(5))) {
                ownRow = row;
                if (isTrue(row.get(4))) {
                    transaction.fail();
                    throw new SqlError(SqlError.INTERNAL, NUMBER_OF_MISSING_RELATION, "Relation does not exist.");
                }
            }
        }

        return ownRow == null ? null : new Facts(open.remove(Integer.parseInt(ownRow.get(0))), List.copyOf(open.values()), Snapshot.of(ownRow.get(7)), ownRow.get(8));
    }

    private static boolean isTrue(final String value) {
        return value.equals("t");
    }

    /** Every snapshot, also of transactions to come, sees those before it. */
    private void forgetBefore(final String horizon) {
        if (horizon != null) {
            final long oldest = Long.parseLong(horizon);
            committed.removeIf(access -> access.transactionId() < oldest);
        }
    }

    private static void refuseCycles(final OpenTransaction transaction, final Access own, final List<Access> others) throws IOException {
        for (final Access other : others) {
            final Long table = firstCommon(own.reads(), other.writes());
            if (table != null && firstCommon(own.writes(), other.reads()) != null) {
                transaction.fail();
                throw new SqlError(SqlError.INTERNAL, NUMBER_OF_VIOLATION, "Serializable isolation violation on table - " + table + ", transactions forming the cycle are: "
                        + own.transactionId() + ", " + other.transactionId() + " (pid:" + own.processId() + ")");
            }
        }
    }

    private static Long firstCommon(final Set<Long> some, final Set<Long> others) {
        return some.stream().filter(others::contains).min(Long::compare).orElse(null);
    }

    /** A transaction of a session that has nothing else to do while it is asked. */
    public interface OpenTransaction {

        /** Runs a query in it. */
        List<List<String>> ask(String sql) throws IOException;

        /** Makes it a failed one, so that its locks are gone. */
        void fail() throws IOException;
    }

    /**
     * What one transaction has done.
     *
     * @param transactionId 0 when it has none yet, having written nothing
     * @param reads OIDs of tables, as in writes
     */
    private record Access(int processId, long transactionId, Set<Long> reads, Set<Long> writes) {

        private static Access of(final int processId, final String transactionId) {
            return new Access(processId, transactionId == null ? 0 : Long.parseLong(transactionId), new HashSet<>(), new HashSet<>());
        }
    }

    /**
     * What PostgreSQL knows at one moment.
     *
     * @param others that are open
     * @param horizon the oldest transaction that any snapshot does not see, or null
     */
    private record Facts(Access own, List<Access> others, Snapshot snapshot, String horizon) {
    }

    /**
     * What PostgreSQL's {@code pg_current_snapshot()} tells.
     *
     * @param oldest all before it have ended
     * @param next none from it on had begun
     * @param active those in between that had not ended
     */
    private record Snapshot(long oldest, long next, Set<Long> active) {

        private static Snapshot of(final String text) {
            final String[] parts = text.split(":", -1);
            final Set<Long> active = new HashSet<>();
            for (final String id : parts[2].split(",")) {
                if (!id.isEmpty()) {
                    active.add(Long.parseLong(id));
                }
            }

            return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), active);
        }

        private boolean sees(final long transactionId) {
            return transactionId < oldest || transactionId < next && !active.contains(transactionId);
        }
    }
}
