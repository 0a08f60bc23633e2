package io.github.unloadcopy.redshift;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Asks a cluster what its user sees and may do there. It reads the catalog only: it moves, writes and locks nothing. Not for several threads. */
public final class ClusterProbe implements AutoCloseable {
    private static final String USAGE = "USAGE";
    private static final String CREATE = "CREATE";
    /** Views WITH NO SCHEMA BINDING are in no catalog of dependencies. */
    private static final String DEPENDENT_VIEWS = """
            SELECT DISTINCT vn.nspname, v.relname FROM pg_class t JOIN pg_namespace tn ON tn.oid = t.relnamespace JOIN pg_depend d ON d.refobjid = t.oid JOIN pg_rewrite r ON r.oid = d.objid
            JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace vn ON vn.oid = v.relnamespace WHERE tn.nspname = ? AND t.relname = ? AND v.oid <> t.oid ORDER BY 1, 2""";

    /**
     * Views that tell the isolation level of the database, in the words "Serializable" and "Snapshot Isolation" (Database Developer Guide, "STV_DB_ISOLATION_LEVEL" and
     * "SVV_REDSHIFT_DATABASES"). Regular users see only their own rows of the first, which may be none.
     */
    private static final List<String> ISOLATION_LEVELS = List.of(
            "SELECT isolation_level FROM stv_db_isolation_level WHERE db_name = current_database()",
            "SELECT database_isolation_level FROM svv_redshift_databases WHERE database_name = current_database()");

    private final Connection connection;
    private final String cluster;
    private final FailureReport report = new FailureReport(null, null);

    private ClusterProbe(final Connection connection, final String cluster) {
        this.connection = connection;
        this.cluster = cluster;
    }

    /**
     * Logs in.
     *
     * @param connections where the connection comes from
     * @param cluster what messages call the cluster, such as "source.abc123.eu-west-1.redshift.amazonaws.com:5439/sales"
     * @return the probe; the caller closes it
     * @throws RedshiftException when the cluster cannot be reached or refuses the login
     */
    public static ClusterProbe open(final ConnectionSource connections, final String cluster) throws RedshiftException {
        try {
            final Connection connection = connections.open();
            connection.setAutoCommit(false);
            return new ClusterProbe(connection, cluster);
        } catch (final SQLException e) {
            throw new FailureReport(null, null).report("The connection to " + cluster, e);
        }
    }

    /**
     * Whether the user may look into a schema.
     *
     * @param schema name of the schema
     * @return whether it has USAGE
     * @throws RedshiftException when there is no such schema, or the cluster does not answer
     */
    public boolean mayUse(final String schema) throws RedshiftException {
        return mayInSchema(schema, USAGE);
    }

    /**
     * Whether the user may create tables in a schema.
     *
     * @param schema name of the schema
     * @return whether it has CREATE
     * @throws RedshiftException when there is no such schema, or the cluster does not answer
     */
    public boolean mayCreateIn(final String schema) throws RedshiftException {
        return mayInSchema(schema, CREATE);
    }

    /**
     * Whether the user has a privilege on a table or view.
     *
     * @param table the table
     * @param privilege SELECT, INSERT or UPDATE
     * @return whether it has
     * @throws RedshiftException with {@link Reason#TABLE_MISSING} when there is no such table; with others when the cluster does not answer
     */
    public boolean may(final TableName table, final String privilege) throws RedshiftException {
        final TableName folded = table.folded();

        try {
            return mayOn(table, privilege);
        } catch (final RedshiftException e) {
            if (e.reason() != Reason.TABLE_MISSING || folded.equals(table)) {
                throw e;
            }
        }

        return mayOn(folded, privilege);
    }

    /**
     * The columns of a table.
     *
     * @param table the table
     * @param columns those to ask for; empty for all
     * @return the columns, in the order asked for
     * @throws RedshiftException when table or columns are missing, or may not be read
     */
    public List<Column> columns(final TableName table, final List<String> columns) throws RedshiftException {
        return columns(Selection.of(table, columns));
    }

    /**
     * The columns of what would be unloaded: a table, or a query in its place, which runs without giving rows.
     *
     * @param selection table or query, and the columns of it
     * @return the columns, in the order asked for
     * @throws RedshiftException when table, query or columns cannot be read
     */
    public List<Column> columns(final Selection selection) throws RedshiftException {
        return ask("Reading the columns of %s in %s".formatted(selection.table(), cluster), () -> {
            final String sql = selection.sql() + " WHERE 1 = 0";

            try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
                final ResultSetMetaData metadata = rows.getMetaData();
                final List<Column> found = new ArrayList<>();

                for (int index = 1; index <= metadata.getColumnCount(); index++) {
                    found.add(new Column(metadata.getColumnName(index), metadata.getColumnTypeName(index), metadata.getPrecision(index), metadata.getScale(index)));
                }

                return found;
            }
        });
    }

    /**
     * What the columns of a table demand of a load.
     *
     * @param table the table
     * @param described what messages call it
     * @return its columns
     * @throws RedshiftException when the cluster does not answer
     */
    public TargetColumns targetColumns(final TableName table, final TableName described) throws RedshiftException {
        return ask("Reading the columns of %s in %s".formatted(table, cluster), () -> TargetColumns.read(connection, table, described));
    }

    /**
     * The columns of a selection, all of which can travel as the text that this project unloads.
     *
     * @param selection what is to be unloaded
     * @return the columns, in the order of the selection
     * @throws RedshiftException when table or columns are missing or may not be read; with {@link Reason#INVALID_REQUEST} when a column cannot travel
     */
    public List<Column> loadableColumns(final Selection selection) throws RedshiftException {
        final List<Column> columns = columns(selection);

        for (final Column column : columns) {
            final String obstacle = ColumnTypes.obstacle(column.type());

            if (obstacle != null) {
                throw new RedshiftException(Reason.INVALID_REQUEST, "Column %s of %s %s".formatted(column.name(), selection.table(), obstacle));
            }
        }

        return columns;
    }

    /**
     * Proves that a table's definition can be read, as it has to be where the target's table is made like it.
     *
     * @param table the table
     * @throws RedshiftException when it is no table, or its definition cannot be read
     */
    public void requireDefinition(final TableName table) throws RedshiftException {
        ask("Reading the definition of %s in %s".formatted(table, cluster), () -> TableDefinitionReader.read(connection, table));
    }

    /**
     * The views that keep a table from being dropped.
     *
     * @param table the table
     * @return names of views, schema first; empty when there is no such table
     * @throws RedshiftException when the cluster does not answer
     */
    public List<String> dependentViews(final TableName table) throws RedshiftException {
        return ask("Reading the views on %s in %s".formatted(table, cluster), () -> {
            final TableName catalogName = TargetTable.inCatalog(connection, table);
            final List<String> views = new ArrayList<>();

            if (catalogName != null) {
                try (PreparedStatement statement = connection.prepareStatement(DEPENDENT_VIEWS)) {
                    statement.setString(1, catalogName.schema());
                    statement.setString(2, catalogName.table());

                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            views.add(rows.getString(1) + "." + rows.getString(2));
                        }
                    }
                }
            }

            return views;
        });
    }

    /**
     * About how many rows a table has, without counting them: from SVV_TABLE_INFO for those who may read it, else from the planner's statistics.
     *
     * @param table the table
     * @return rows; empty when neither knows, as of a view or of a table that was never analyzed
     * @throws RedshiftException when the cluster does not answer
     */
    public OptionalLong approximateRows(final TableName table) throws RedshiftException {
        final OptionalLong rows = rows(table);
        return rows.isPresent() || table.folded().equals(table) ? rows : rows(table.folded());
    }

    private OptionalLong rows(final TableName table) throws RedshiftException {
        try {
            final OptionalLong visible = number(table, "SELECT estimated_visible_rows FROM svv_table_info WHERE \"schema\" = %s AND \"table\" = %s");

            if (visible.isPresent()) {
                return visible;
            }
        } catch (final RedshiftException e) {
            if (e.reason().isWithoutSession()) {
                throw e;
            }
            // Database Developer Guide, "SVV_TABLE_INFO": superusers only, unless it is granted.
        }

        return number(table, "SELECT c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s AND c.reltuples >= 1");
    }

    /**
     * The isolation level of the database, which decides what transactions conflict.
     *
     * @return "SNAPSHOT" or "SERIALIZABLE"; empty when no view tells it to this user
     * @throws RedshiftException when the connection broke
     */
    public Optional<String> isolationLevel() throws RedshiftException {
        for (final String sql : ISOLATION_LEVELS) {
            try {
                final Optional<String> level = ask("Reading the isolation level of " + cluster, () -> isolationLevel(sql));

                if (level.isPresent()) {
                    return level;
                }
            } catch (final RedshiftException e) {
                if (e.reason().isWithoutSession()) {
                    throw e;
                }
                // Missing on this cluster, or not granted to this user: the next one may tell.
            }
        }

        return Optional.empty();
    }

    private Optional<String> isolationLevel(final String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            final String words = rows.next() ? rows.getString(1) : null;
            return words == null ? Optional.empty() : Stream.of("SNAPSHOT", "SERIALIZABLE").filter(level -> words.toUpperCase(Locale.ROOT).startsWith(level)).findFirst();
        }
    }

    /** Ends the session; what was asked left nothing behind. */
    @Override
    public void close() throws RedshiftException {
        try (Connection closing = connection) {
            closing.rollback();
        } catch (final SQLException e) {
            throw report.report("Leaving " + cluster, e);
        }
    }

    private boolean mayOn(final TableName table, final String privilege) throws RedshiftException {
        return truth("The privileges on %s in %s".formatted(table, cluster),
                () -> "SELECT has_table_privilege(" + SqlText.literal(SqlText.table(table)) + ", " + SqlText.literal(privilege) + ")");
    }

    private boolean mayInSchema(final String schema, final String privilege) throws RedshiftException {
        try {
            return hasSchemaPrivilege(schema, privilege);
        } catch (final RedshiftException e) {
            if (e.reason() != Reason.TABLE_MISSING || TableName.folded(schema).equals(schema)) {
                throw e;
            }
        }

        return hasSchemaPrivilege(TableName.folded(schema), privilege);
    }

    private boolean hasSchemaPrivilege(final String schema, final String privilege) throws RedshiftException {
        return truth("The privileges on schema %s in %s".formatted(schema, cluster),
                () -> "SELECT has_schema_privilege(" + SqlText.literal(schema) + ", " + SqlText.literal(privilege) + ")");
    }

    private boolean truth(final String subject, final Question<String> sql) throws RedshiftException {
        return ask(subject, () -> {
            try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql.answer())) {
                return rows.next() && rows.getBoolean(1);
            }
        });
    }

    private OptionalLong number(final TableName table, final String template) throws RedshiftException {
        return ask("The number of rows of %s in %s".formatted(table, cluster), () -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(template.formatted(SqlText.literal(table.schema()), SqlText.literal(table.table())))) {
                return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
            }
        });
    }

    /** A statement that failed would fail all that follow in its transaction. */
    private <T> T ask(final String subject, final Question<T> question) throws RedshiftException {
        try {
            return question.answer();
        } catch (final SQLException e) {
            final RedshiftException failure = report.report(subject, e);

            try {
                connection.rollback();
            } catch (final SQLException second) {
                failure.addSuppressed(report.redact(second));
            }

            throw failure;
        } catch (final IllegalArgumentException e) {
            throw new RedshiftException(Reason.INVALID_REQUEST, "%s cannot be asked for: %s".formatted(subject, e.getMessage()), e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T answer() throws SQLException;
    }

    /**
     * A column.
     *
     * @param name its name
     * @param type name of its type, as the driver spells it
     * @param precision characters of a text, digits of a number
     * @param scale digits behind the decimal point
     */
    public record Column(String name, String type, int precision, int scale) {
    }
}
