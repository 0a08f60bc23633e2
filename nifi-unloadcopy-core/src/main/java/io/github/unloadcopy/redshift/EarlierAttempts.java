package io.github.unloadcopy.redshift;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What earlier attempts at the same work have left on a cluster: statements that still run, and transactions that are still open because their client froze or was lost. They are found by their label
 * in SYS_QUERY_HISTORY, in which every user sees their own queries on provisioned clusters and Serverless alike, running ones included, and by the number of their transaction in SVV_TRANSACTIONS;
 * {@code PG_CANCEL_BACKEND} cancels statements, and {@code PG_TERMINATE_BACKEND} ends sessions whose statement does not stop or whose transaction is open (Database Developer Guide, pages of these
 * names; a user may end their own sessions). A session of a pool that has gone on to other work has another transaction, and is left alone.
 */
final class EarlierAttempts {
    private static final Logger LOGGER = LoggerFactory.getLogger(EarlierAttempts.class);
    private static final String STATEMENTS = "SELECT session_id, transaction_id, status FROM sys_query_history WHERE query_label LIKE %s";
    /** The states of a statement that has not ended (page SYS_QUERY_HISTORY). */
    private static final Set<String> RUNNING = Set.of("planning", "queued", "running", "returning");
    /** Not joined with the other view: that one may be answered by compute nodes, this one is the leader node's. */
    private static final String TRANSACTIONS = "SELECT DISTINCT pid, xid FROM svv_transactions WHERE pid IN (%s)";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Duration firstPause;
    private final Duration cancelTime;
    private final Duration deadline;

    EarlierAttempts() {
        this(Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofMinutes(2));
    }

    /**
     * @param firstPause between two looks at the cluster, at first
     * @param cancelTime how long a canceled statement may take to stop, before its session is terminated
     * @param deadline how long it may take in all, before the work is refused
     */
    EarlierAttempts(final Duration firstPause, final Duration cancelTime, final Duration deadline) {
        this.firstPause = firstPause;
        this.cancelTime = cancelTime;
        this.deadline = deadline;
    }

    /**
     * Ends all statements and transactions of attempts at some work, and returns when there are none any more.
     *
     * @param connection connection with autocommit off, in no transaction; it is in none afterwards
     * @param work what the attempts have in common
     * @param subject what messages call the work
     * @return whether there were any
     * @throws SQLException when the cluster does not answer
     * @throws RedshiftException with {@link Reason#EARLIER_ATTEMPT_RUNNING} when one of them does not stop in time
     */
    boolean end(final Connection connection, final String work, final String subject) throws SQLException, RedshiftException {
        final long start = System.nanoTime();
        Duration pause = firstPause;
        Map<Integer, Boolean> sessions = find(connection, work);

        if (sessions.isEmpty()) {
            return false;
        }

        LOGGER.warn("{}: an earlier attempt still runs on the cluster, in session(s) {}; it is ended", subject, sessions.keySet());

        while (!sessions.isEmpty()) {
            final Duration waited = Duration.ofNanos(System.nanoTime() - start);

            if (waited.compareTo(deadline) > 0) {
                throw new RedshiftException(Reason.EARLIER_ATTEMPT_RUNNING, "%s was not started: an earlier attempt still runs on the cluster, in session(s) %s, and did not stop within %d s. %s"
                        .formatted(subject, sessions.keySet().stream().map(String::valueOf).collect(Collectors.joining(", ")), deadline.toSeconds(), Reason.EARLIER_ATTEMPT_RUNNING.advice()));
            }

            // Again each time: a request that came before the statement had begun has no effect.
            for (final Map.Entry<Integer, Boolean> session : sessions.entrySet()) {
                final boolean cancels = session.getValue() && waited.compareTo(cancelTime) <= 0;
                ask(connection, (cancels ? "SELECT pg_cancel_backend(%d)" : "SELECT pg_terminate_backend(%d)").formatted(session.getKey()));
            }

            sleep(pause, subject);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            sessions = find(connection, work);
        }

        return true;
    }

    /** Sessions, and whether a statement runs in them. Each look is a transaction of its own, so that it sees what is true now. */
    private Map<Integer, Boolean> find(final Connection connection, final String work) throws SQLException {
        limit(connection);
        final Map<Integer, Boolean> sessions = new TreeMap<>();
        final Set<Transaction> ended = new HashSet<>();

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(STATEMENTS.formatted(SqlText.literal(Attempt.labels(work) + "%")))) {
            while (rows.next()) {
                if (RUNNING.contains(rows.getString(3).strip())) {
                    sessions.put(rows.getInt(1), true);
                } else {
                    ended.add(new Transaction(rows.getInt(1), rows.getLong(2)));
                }
            }
        }

        if (!ended.isEmpty()) {
            open(connection, ended).forEach(transaction -> sessions.putIfAbsent(transaction.session(), false));
        }

        connection.rollback();
        return sessions;
    }

    private static Set<Transaction> open(final Connection connection, final Set<Transaction> transactions) throws SQLException {
        final Set<Transaction> open = new HashSet<>();
        final String sessions = transactions.stream().map(transaction -> Integer.toString(transaction.session())).distinct().collect(Collectors.joining(", "));

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(TRANSACTIONS.formatted(sessions))) {
            while (rows.next()) {
                open.add(new Transaction(rows.getInt(1), rows.getLong(2)));
            }
        }

        open.retainAll(transactions);
        return open;
    }

    /** A session that has ended meanwhile is what is wanted, and so no failure. */
    private void ask(final Connection connection, final String sql) throws SQLException {
        limit(connection);

        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (final SQLException e) {
            if (FailureClassifier.classify(e).isWithoutSession()) {
                throw e;
            }

            LOGGER.debug("A session could not be asked to stop", Redactor.redact(e));
        }

        connection.rollback();
    }

    /** For this transaction: system views may take longer than the user's own {@code statement_timeout} allows. */
    private void limit(final Connection connection) throws SQLException {
        Queries.execute(connection, "SET LOCAL statement_timeout TO " + deadline.toMillis(), 0);
    }

    private static void sleep(final Duration pause, final String subject) throws RedshiftException {
        try {
            Thread.sleep(pause);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedshiftException(Reason.EARLIER_ATTEMPT_RUNNING, "%s was interrupted while it waited for an earlier attempt to stop. %s".formatted(subject,
                    Reason.EARLIER_ATTEMPT_RUNNING.advice()), e);
        }
    }

    private record Transaction(int session, long id) {
    }
}
