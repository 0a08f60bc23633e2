package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Foreign keys of tables that loads have made, kept in a table on the target until the tables that they refer to are there too. They are inserted in the transaction that makes their table, and added
 * in one of their own, under the lock of the pending foreign keys table: of two loads that make tables which refer to each other, the one that comes second finds both.
 * <p>
 * In a run that gives tables another name in the target, no load knows what the others are called there. Its keys are kept with the run and the source's name of the table that they refer to, and the
 * ledger tells what that is called in the target, once it is loaded. A table that no load of the run puts elsewhere keeps its name, which is known when all tables of the run are loaded.
 */
final class PendingForeignKeys {
    private static final String NAME = "unloadcopy_foreign_keys";
    private static final int LOCK_TIMEOUT_SECONDS = 120;
    private static final List<String> KEY_COLUMNS = List.of("table_schema", "table_name", "referenced_schema", "referenced_table", "columns", "referenced_columns");
    private static final String FIRST_COLUMNS = "table_schema VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, "
            + "referenced_schema VARCHAR(128) NOT NULL, referenced_table VARCHAR(128) NOT NULL, columns VARCHAR(8192) NOT NULL, referenced_columns VARCHAR(8192) NOT NULL";
    /** The run, the cluster, and the table that the key refers to in the source. All are NULL for a key whose tables have their names in the target already. */
    private static final List<String> RUN_COLUMNS = List.of("run_id", "source", "source_schema", "source_table");
    private static final Map<String, String> LATER_COLUMNS = laterColumns();

    private final BookkeepingTable pending;
    private final LoadRequest request;
    private final LoadLedger ledger;
    private final Set<String> ledgerColumns;
    private Set<String> columns = Set.of();

    /**
     * The pending foreign keys beside the ledger.
     *
     * @param request the load
     * @param ledger its ledger; null for none
     * @param ledgerColumns columns of the ledger
     */
    PendingForeignKeys(final LoadRequest request, final LoadLedger ledger, final Set<String> ledgerColumns) {
        this.request = request;
        this.ledger = ledger;
        this.ledgerColumns = ledgerColumns;
        pending = in(request.ledger() == null ? request.table().schema() : request.ledger().schema());
    }

    /** The pending foreign keys table of a schema. */
    static BookkeepingTable in(final String schema) {
        return new BookkeepingTable(new TableName(schema, NAME), FIRST_COLUMNS, LATER_COLUMNS);
    }

    private static Map<String, String> laterColumns() {
        final Map<String, String> types = new LinkedHashMap<>();
        types.put("run_id", "VARCHAR(64)");
        types.put("source", "VARCHAR(512)");
        types.put("source_schema", "VARCHAR(128)");
        types.put("source_table", "VARCHAR(128)");
        return types;
    }

    private TableName table() {
        return pending.name();
    }

    /**
     * Makes the table where it is missing, in a transaction of its own: the loads of a run that need it come at the same time, and all but one would fail for it.
     *
     * @param connection connection with autocommit off; it is in no transaction afterwards
     * @throws SQLException when it cannot be made
     */
    void prepare(final Connection connection) throws SQLException {
        columns = pending.prepare(connection);
    }

    /**
     * Inserts the keys of the load's table, in the transaction that makes it; {@link #prepare} came before. It only inserts, since INSERTs do not conflict with each other: a table that is replaced
     * every night inserts the same keys every night, and they are one when they are read.
     *
     * @param connection connection in that transaction
     * @return what cannot be kept, as sentences
     * @throws SQLException when the table cannot be written
     */
    List<String> note(final Connection connection) throws SQLException {
        final List<String> lost = new ArrayList<>();
        final CatalogNames names = CatalogNames.of(connection);

        for (final ForeignKey key : request.plan().definition().foreignKeys()) {
            final Row row = row(key, names);

            if (row.run() != null && !(columns.containsAll(RUN_COLUMNS) && ledger.tellsRuns(ledgerColumns))) {
                lost.add("The foreign key (%s) to %s was not added: tables of this run have other names in the target, which %s and %s can only tell once their owner has loaded a table".formatted(
                        ColumnList.format(key.columns()), key.referenced(), request.ledger(), table()));
            } else {
                insert(connection, row);
            }
        }

        return lost;
    }

    /** What is in the source's schema is in the target's schema there. */
    private Row row(final ForeignKey key, final CatalogNames names) {
        final TableName target = names.fold(request.table());

        if (key.referenced().equals(key.table())) {
            return new Row(new ForeignKey(target, key.columns(), target, key.referencedColumns()), null, null, null);
        }

        if (!key.referenced().schema().equals(key.table().schema())) {
            return new Row(new ForeignKey(target, key.columns(), names.fold(key.referenced()), key.referencedColumns()), null, null, null);
        }

        final ForeignKey sameName = new ForeignKey(target, key.columns(), new TableName(target.schema(), names.fold(key.referenced().table())), key.referencedColumns());
        return isRenamingRun() ? new Row(sameName, request.origin().runId(), request.origin().source(), key.referenced()) : new Row(sameName, null, null, null);
    }

    private boolean isRenamingRun() {
        return request.plan().renamingRunTables() > 0 && request.origin().runId() != null && ledger != null;
    }

    private void insert(final Connection connection, final Row row) throws SQLException {
        final List<String> values = new ArrayList<>(row.keyValues());
        final List<String> names = new ArrayList<>(KEY_COLUMNS);

        if (row.run() != null) {
            names.addAll(RUN_COLUMNS);
            values.addAll(Arrays.asList(row.run(), row.source(), row.referencedSource().schema(), row.referencedSource().table()));
        }

        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + SqlText.table(table()) + " (" + String.join(", ", names) + ") VALUES ("
                + names.stream().map(name -> "?").collect(Collectors.joining(", ")) + ")")) {
            set(insert, values);
            insert.executeUpdate();
        }
    }

    /**
     * Adds the keys from and to the load's table whose other table is there, and behind the last load of a run those that waited for it. Begins and ends in no transaction.
     *
     * @param connection connection with autocommit off
     * @return what could not be added and is abandoned, as sentences
     * @throws SQLException when the table cannot be read or changed
     */
    List<String> add(final Connection connection) throws SQLException {
        final List<String> abandoned = new ArrayList<>();
        columns = pending.columns(connection);

        if (!columns.isEmpty()) {
            for (final Map.Entry<Row, ForeignKey> key : resolved(connection).entrySet()) {
                add(connection, key.getKey(), key.getValue(), abandoned);
                connection.rollback();
            }
        }

        return abandoned;
    }

    /** Keys that concern this load, with the target's names of both tables. All is read in one transaction, which begins after the load was committed: of two loads, the later one sees both. */
    private Map<Row, ForeignKey> resolved(final Connection connection) throws SQLException {
        final Map<Row, ForeignKey> resolved = new LinkedHashMap<>();
        final CatalogNames names = CatalogNames.of(connection);
        final boolean complete = isRenamingRun() && ledger.loads(connection, ledgerColumns, request.origin().runId()) >= request.plan().renamingRunTables();

        for (final Row row : rows(connection, names.fold(request.table()), complete)) {
            final Optional<ForeignKey> key = resolve(connection, row, complete, names);

            if (key.isPresent()) {
                resolved.put(row, key.get());
            }
        }

        connection.rollback();
        return resolved;
    }

    private Optional<ForeignKey> resolve(final Connection connection, final Row row, final boolean complete, final CatalogNames names) throws SQLException {
        if (row.run() == null) {
            return Optional.of(row.key());
        }

        Optional<TableName> referenced = Optional.empty();

        if (ledger != null && request.origin().runId() != null && Objects.equals(row.source(), request.origin().source())) {
            referenced = ledger.target(connection, ledgerColumns, request.origin().runId(), row.referencedSource());
        }

        if (ledger != null && referenced.isEmpty()) {
            referenced = ledger.target(connection, ledgerColumns, row.run(), row.referencedSource());
        }

        if (referenced.isPresent()) {
            return Optional.of(new ForeignKey(row.key().table(), row.key().columns(), names.fold(referenced.get()), row.key().referencedColumns()));
        }

        return complete && row.run().equals(request.origin().runId()) ? Optional.of(row.key()) : Optional.empty();
    }

    /** Of the same key of several runs, this run's only: its table was made anew since then. */
    private List<Row> rows(final Connection connection, final TableName target, final boolean complete) throws SQLException {
        final boolean withRuns = columns.containsAll(RUN_COLUMNS);
        final TableName source = request.origin().table();
        final List<String> values = new ArrayList<>(List.of(target.schema(), target.table(), target.schema(), target.table()));
        String where = "table_schema = ? AND table_name = ? OR referenced_schema = ? AND referenced_table = ?";

        if (withRuns && source != null) {
            where += " OR source_schema = ? AND source_table = ?";
            values.addAll(List.of(source.schema(), source.table()));
        }

        if (withRuns && complete) {
            where += " OR run_id = ?";
            values.add(request.origin().runId());
        }

        final Map<ForeignKey, Row> rows = new LinkedHashMap<>();

        try (PreparedStatement select = connection.prepareStatement("SELECT DISTINCT " + String.join(", ", KEY_COLUMNS) + ", "
                + (withRuns ? String.join(", ", RUN_COLUMNS) : "NULL, NULL, NULL, NULL") + " FROM " + SqlText.table(table()) + " WHERE " + where)) {
            set(select, values);

            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    final Row row = Row.read(result);
                    rows.merge(row.key(), row, (first, second) -> Objects.equals(first.run(), request.origin().runId()) ? first : second);
                }
            }
        }

        return List.copyOf(rows.values());
    }

    private void add(final Connection connection, final Row row, final ForeignKey key, final List<String> abandoned) throws SQLException {
        lock(connection);

        if (!isPending(connection, row) || !TargetTable.exists(connection, key.table()) || !TargetTable.exists(connection, key.referenced())) {
            return;
        }

        try {
            Queries.execute(connection, key.addStatement(), LOCK_TIMEOUT_SECONDS);
        } catch (final SQLException e) {
            connection.rollback();
            lock(connection);
            abandoned.add("The foreign key of %s (%s) to %s was not added: %s".formatted(key.table(), ColumnList.format(key.columns()), key.referenced(), Redactor.redact(e).getMessage()));
        }

        forget(connection, row);
        connection.commit();
    }

    private void lock(final Connection connection) throws SQLException {
        Queries.execute(connection, "LOCK TABLE " + SqlText.table(table()), LOCK_TIMEOUT_SECONDS);
    }

    private boolean isPending(final Connection connection, final Row row) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM " + SqlText.table(table()) + ofKey())) {
            set(select, row.keyValues());

            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    private void forget(final Connection connection, final Row row) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + SqlText.table(table()) + ofKey())) {
            set(delete, row.keyValues());
            delete.executeUpdate();
        }
    }

    /** Of any run: all say the same of a table that is there once. */
    private static String ofKey() {
        return KEY_COLUMNS.stream().map(column -> column + " = ?").collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private static void set(final PreparedStatement statement, final List<String> values) throws SQLException {
        for (int index = 0; index < values.size(); index++) {
            statement.setString(index + 1, values.get(index));
        }
    }

    /**
     * A row of the table.
     *
     * @param key the key, in the target's names; with a run, the table that it refers to has the source's name here
     * @param run id of the run that tells what the other table is called in the target; null when that is known
     * @param source the source cluster and its database; may be null
     * @param referencedSource the table that the key refers to, in the source's names; null without a run
     */
    private record Row(ForeignKey key, String run, String source, TableName referencedSource) {
        static Row read(final ResultSet row) throws SQLException {
            final ForeignKey key = new ForeignKey(new TableName(row.getString(1), row.getString(2)), ColumnList.parse(row.getString(5)),
                    new TableName(row.getString(3), row.getString(4)), ColumnList.parse(row.getString(6)));
            final String run = row.getString(7);
            return new Row(key, run, row.getString(8), run == null ? null : new TableName(row.getString(9), row.getString(10)));
        }

        List<String> keyValues() {
            return List.of(key.table().schema(), key.table().table(), key.referenced().schema(), key.referenced().table(), ColumnList.format(key.columns()),
                    ColumnList.format(key.referencedColumns()));
        }
    }
}
