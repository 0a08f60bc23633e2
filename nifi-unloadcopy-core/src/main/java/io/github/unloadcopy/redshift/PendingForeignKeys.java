package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Foreign keys of tables that loads have made, kept in a table on the target until the tables that they refer to are there too. They are noted in the transaction that makes their table, and
 * added in one of their own, under the lock of the table of notes: of two loads that make tables which refer to each other, the one that comes second finds both.
 */
final class PendingForeignKeys {
    private static final String NAME = "unloadcopy_foreign_keys";
    private static final int LOCK_TIMEOUT_SECONDS = 120;

    private final TableName notes;

    /** @param schema schema of the table of notes */
    PendingForeignKeys(final String schema) {
        this.notes = new TableName(schema, NAME);
    }

    /**
     * Makes the table of notes where it is missing, in a transaction of its own: the loads of a run that need it come at the same time, and all but one would fail for it.
     *
     * @param connection connection with autocommit off; it is in no transaction afterwards
     * @throws SQLException when it cannot be made
     */
    void createIfMissing(final Connection connection) throws SQLException {
        if (!TargetTable.exists(connection, notes)) {
            create(connection);
        }

        connection.commit();
    }

    void create(final Connection connection) throws SQLException {
        try {
            Queries.execute(connection, "CREATE TABLE " + SqlText.table(notes) + " (table_schema VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, "
                    + "referenced_schema VARCHAR(128) NOT NULL, referenced_table VARCHAR(128) NOT NULL, columns VARCHAR(8192) NOT NULL, referenced_columns VARCHAR(8192) NOT NULL)", 0);
        } catch (final SQLException e) {
            connection.rollback();

            if (!TargetTable.exists(connection, notes)) {
                throw e;
            }
        }
    }

    /**
     * Notes keys, in the transaction that makes their table. Their own table has to be there. It only inserts, since INSERTs do not conflict with each other: a table that is replaced every night
     * notes the same keys every night, and they are one when they are read.
     *
     * @param connection connection in that transaction
     * @param keys keys in the target's names
     * @throws SQLException when the notes cannot be written
     */
    void note(final Connection connection, final List<ForeignKey> keys) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }

        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + SqlText.table(notes)
                + " (table_schema, table_name, referenced_schema, referenced_table, columns, referenced_columns) VALUES (?, ?, ?, ?, ?, ?)")) {
            final CatalogNames names = CatalogNames.of(connection);

            for (final ForeignKey key : keys) {
                set(insert, new ForeignKey(names.fold(key.table()), key.columns(), names.fold(key.referenced()), key.referencedColumns()));
                insert.executeUpdate();
            }
        }
    }

    /**
     * Adds the noted keys from and to a table whose other table is there. Begins and ends in no transaction.
     *
     * @param connection connection with autocommit off
     * @param table the table that was made
     * @return what could not be added and is given up, as sentences
     * @throws SQLException when the notes cannot be read or changed
     */
    List<String> add(final Connection connection, final TableName table) throws SQLException {
        final List<String> givenUp = new ArrayList<>();

        if (TargetTable.exists(connection, notes)) {
            for (final ForeignKey key : of(connection, CatalogNames.of(connection).fold(table))) {
                connection.rollback();
                add(connection, key, givenUp);
            }
        }

        connection.rollback();
        return givenUp;
    }

    private void add(final Connection connection, final ForeignKey key, final List<String> givenUp) throws SQLException {
        lock(connection);

        if (!of(connection, key.table()).contains(key) || !TargetTable.exists(connection, key.table()) || !TargetTable.exists(connection, key.referenced())) {
            return;
        }

        try {
            Queries.execute(connection, key.addStatement(), LOCK_TIMEOUT_SECONDS);
        } catch (final SQLException e) {
            connection.rollback();
            lock(connection);
            givenUp.add("The foreign key of %s (%s) to %s was not added: %s".formatted(key.table(), ColumnList.format(key.columns()), key.referenced(), Redactor.redact(e).getMessage()));
        }

        forget(connection, key);
        connection.commit();
    }

    private void lock(final Connection connection) throws SQLException {
        Queries.execute(connection, "LOCK TABLE " + SqlText.table(notes), LOCK_TIMEOUT_SECONDS);
    }

    private List<ForeignKey> of(final Connection connection, final TableName table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT DISTINCT table_schema, table_name, referenced_schema, referenced_table, columns, referenced_columns FROM "
                + SqlText.table(notes) + " WHERE table_schema = ? AND table_name = ? OR referenced_schema = ? AND referenced_table = ?")) {
            select.setString(1, table.schema());
            select.setString(2, table.table());
            select.setString(3, table.schema());
            select.setString(4, table.table());

            try (ResultSet rows = select.executeQuery()) {
                final List<ForeignKey> keys = new ArrayList<>();

                while (rows.next()) {
                    keys.add(new ForeignKey(new TableName(rows.getString(1), rows.getString(2)), ColumnList.parse(rows.getString(5)),
                            new TableName(rows.getString(3), rows.getString(4)), ColumnList.parse(rows.getString(6))));
                }

                return keys;
            }
        }
    }

    private void forget(final Connection connection, final ForeignKey key) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + SqlText.table(notes)
                + " WHERE table_schema = ? AND table_name = ? AND referenced_schema = ? AND referenced_table = ? AND columns = ? AND referenced_columns = ?")) {
            set(delete, key);
            delete.executeUpdate();
        }
    }

    private static void set(final PreparedStatement statement, final ForeignKey key) throws SQLException {
        statement.setString(1, key.table().schema());
        statement.setString(2, key.table().table());
        statement.setString(3, key.referenced().schema());
        statement.setString(4, key.referenced().table());
        statement.setString(5, ColumnList.format(key.columns()));
        statement.setString(6, ColumnList.format(key.referencedColumns()));
    }
}
