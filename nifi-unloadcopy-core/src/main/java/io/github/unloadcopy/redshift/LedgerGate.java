package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A table without rows beside the ledger, which loads lock between the end of their COPY and their COMMIT. It keeps two attempts at one load from committing past each other. The ledger itself is
 * never locked: a lock does not change the snapshot of a transaction, and readers would wait (Database Developer Guide, pages "LOCK" and "Serializable isolation").
 */
final class LedgerGate {
    private static final String SUFFIX = "_gate";
    /** The lock is held only between a COPY's end and its COMMIT: who waits longer meets a session that hangs. */
    private static final int LOCK_TIMEOUT_SECONDS = 120;
    private static final String HOLDERS = """
            SELECT DISTINCT t.pid FROM svv_transactions t JOIN pg_class c ON c.oid = t.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND t.granted ORDER BY t.pid""";

    private final TableName table;

    /**
     * The gate of a ledger.
     *
     * @throws IllegalArgumentException when the name of the ledger is too long to add to it
     */
    LedgerGate(final TableName ledger) {
        this.table = new TableName(ledger.schema(), ledger.table() + SUFFIX);
        SqlText.table(table);
    }

    /** The gate's table. */
    TableName table() {
        return table;
    }

    /** Creates the table where it is missing; another session may do the same at the same time. Ends in no transaction. */
    void createIfMissing(final Connection connection) throws SQLException {
        if (!TargetTable.exists(connection, table)) {
            try {
                Queries.execute(connection, "CREATE TABLE " + SqlText.table(table) + " (unused SMALLINT)", 0);
                connection.commit();
                return;
            } catch (final SQLException e) {
                connection.rollback();

                if (!TargetTable.exists(connection, table)) {
                    throw e;
                }
            }
        }

        connection.rollback();
    }

    /**
     * Locks the gate until the transaction ends. This does not make a snapshot: in a transaction that begins with it, what is read afterwards is what was committed before it was granted.
     *
     * @param connection connection in a transaction
     * @throws SQLException when the gate cannot be locked
     * @throws RedshiftException with {@link Reason#LEDGER_LOCKED} when another session has held it for two minutes
     */
    void lock(final Connection connection) throws SQLException, RedshiftException {
        try {
            Queries.execute(connection, "LOCK TABLE " + SqlText.table(table), LOCK_TIMEOUT_SECONDS);
        } catch (final SQLException e) {
            if (FailureClassifier.classify(e) != Reason.CANCELED) {
                throw e;
            }

            throw new RedshiftException(Reason.LEDGER_LOCKED, "The lock of %s was not granted within %d s%s. %s".formatted(table, LOCK_TIMEOUT_SECONDS, holders(connection, e),
                    Reason.LEDGER_LOCKED.advice()), Redactor.redact(e));
        }
    }

    /** Sessions that hold the lock, as far as this user may see them. */
    private String holders(final Connection connection, final SQLException failure) {
        try {
            connection.rollback();
            final List<String> sessions = new ArrayList<>();

            try (PreparedStatement statement = connection.prepareStatement(HOLDERS)) {
                final TableName catalogName = CatalogNames.of(connection).fold(table);
                statement.setString(1, catalogName.schema());
                statement.setString(2, catalogName.table());

                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        sessions.add(rows.getString(1));
                    }
                }
            }

            return sessions.isEmpty() ? "" : ": session(s) " + String.join(", ", sessions) + " hold it";
        } catch (final SQLException e) {
            failure.addSuppressed(e);
            return "";
        }
    }
}
