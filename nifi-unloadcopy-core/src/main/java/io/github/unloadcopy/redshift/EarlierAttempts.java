package io.github.unloadcopy.redshift;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Statements that earlier attempts at the same work have left running on a cluster. They are found by their label in SYS_QUERY_HISTORY, in which every user sees their own queries on provisioned
 * clusters and Serverless alike, running ones included; {@code PG_CANCEL_BACKEND} cancels them, and {@code PG_TERMINATE_BACKEND} ends the sessions of those that do not stop (Database Developer
 * Guide, pages of these names; a user may end their own sessions).
 */
final class EarlierAttempts {
    private static final Logger LOGGER = LoggerFactory.getLogger(EarlierAttempts.class);
    private static final String RUNNING = """
            SELECT DISTINCT session_id FROM sys_query_history WHERE query_label LIKE %s AND status IN ('planning', 'queued', 'running', 'returning') ORDER BY session_id""";
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
     * Ends all statements of attempts at some work, and returns when none of them runs any more.
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
        List<Integer> sessions = running(connection, work);

        if (sessions.isEmpty()) {
            return false;
        }

        LOGGER.warn("{}: an earlier attempt still runs on the cluster, in session(s) {}; it is canceled", subject, sessions);

        while (!sessions.isEmpty()) {
            final Duration waited = Duration.ofNanos(System.nanoTime() - start);

            if (waited.compareTo(deadline) > 0) {
                throw new RedshiftException(Reason.EARLIER_ATTEMPT_RUNNING, "%s was not started: an earlier attempt still runs on the cluster, in session(s) %s, and did not stop within %d s. %s"
                        .formatted(subject, sessions.stream().map(String::valueOf).collect(Collectors.joining(", ")), deadline.toSeconds(), Reason.EARLIER_ATTEMPT_RUNNING.advice()));
            }

            // Again each time: a request that came before the statement had begun has no effect.
            for (final int session : sessions) {
                ask(connection, (waited.compareTo(cancelTime) > 0 ? "SELECT pg_terminate_backend(%d)" : "SELECT pg_cancel_backend(%d)").formatted(session));
            }

            sleep(pause, subject);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            sessions = running(connection, work);
        }

        return true;
    }

    /** Each look is a transaction of its own, so that it sees what is true now. */
    private static List<Integer> running(final Connection connection, final String work) throws SQLException {
        final List<Integer> sessions = new ArrayList<>();

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(RUNNING.formatted(SqlText.literal(Attempt.labels(work) + "%")))) {
            while (rows.next()) {
                sessions.add(rows.getInt(1));
            }
        }

        connection.rollback();
        return sessions;
    }

    /** A session that has ended meanwhile is what is wanted, and so no failure. */
    private static void ask(final Connection connection, final String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (final SQLException e) {
            if (FailureClassifier.classify(e) == Reason.CONNECTION_FAILED) {
                throw e;
            }

            LOGGER.debug("A session could not be asked to stop", Redactor.redact(e));
        }

        connection.rollback();
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
}
