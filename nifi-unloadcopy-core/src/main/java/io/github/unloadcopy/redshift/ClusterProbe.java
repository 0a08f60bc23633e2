package io.github.unloadcopy.redshift;

import java.sql.Connection;
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
    /** What a check can say to a user that is not shown masking policies. */
    public static final String MASKING_UNKNOWN = "whether masking policies change values is not shown to this user";

    private static final String USAGE = "USAGE";
    private static final String CREATE = "CREATE";

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
    private CatalogNames names;

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
     * How this session's catalog spells names.
     *
     * @return the names
     * @throws RedshiftException when the cluster does not answer
     */
    public CatalogNames catalogNames() throws RedshiftException {
        return ask("The case of names in " + cluster, this::names);
    }

    /**
     * What no other database has, whatever names and ports its cluster is reached by: the cluster's namespace, which datashares name it by, and the database's name (Database Developer Guide,
     * "CURRENT_NAMESPACE").
     *
     * @return "namespace/database"; empty when the cluster does not know the function
     * @throws RedshiftException when the cluster does not answer
     */
    public Optional<String> databaseIdentity() throws RedshiftException {
        try {
            return Optional.of(ask("The namespace of " + cluster, () -> Queries.value(connection, "SELECT current_namespace || '/' || current_database()")));
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.COLUMN_MISSING) {
                return Optional.empty();
            }

            throw e;
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
        return truth("The privileges on %s in %s".formatted(table, cluster),
                () -> "SELECT has_table_privilege(" + SqlText.literal(SqlText.table(names().fold(table))) + ", " + SqlText.literal(privilege) + ")");
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
     * @throws RedshiftException when table, query or columns cannot be read; it names the columns of a table that the user may not read
     */
    public List<Column> columns(final Selection selection) throws RedshiftException {
        final String subject = "Reading the columns of %s in %s".formatted(selection.table(), cluster);

        try {
            names().requireDistinct(selection.table(), selection.columns());
            final List<Column> found = read(selection);
            ColumnPrivileges.requireAll(connection, selection, found.stream().map(Column::name).toList());
            return found;
        } catch (final SQLException e) {
            throw rolledBack(ColumnPrivileges.explain(connection, selection, report, subject, e));
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }
    }

    private List<Column> read(final Selection selection) throws SQLException {
        final String sql = selection.sql() + " WHERE 1 = 0";

        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            final ResultSetMetaData metadata = rows.getMetaData();
            final List<Column> found = new ArrayList<>();

            for (int index = 1; index <= metadata.getColumnCount(); index++) {
                found.add(new Column(metadata.getColumnName(index), metadata.getColumnTypeName(index), metadata.getPrecision(index), metadata.getScale(index)));
            }

            return found;
        }
    }

    /**
     * Sees that rows can be loaded into what has a name, or that nothing has it yet.
     *
     * @param table the name
     * @throws RedshiftException with {@link Reason#NOT_A_TABLE} when a view, an external table or a system table has it; with others when the cluster does not answer
     */
    public void requireTable(final TableName table) throws RedshiftException {
        ask("Reading what %s is in %s".formatted(table, cluster), () -> {
            TargetRelation.requireTable(connection, table);
            return table;
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
     * Whether this user is shown which masking policies there are.
     *
     * @return whether it is a superuser or has the role sys:secadmin
     * @throws RedshiftException when the cluster does not answer
     */
    public boolean seesPolicies() throws RedshiftException {
        return ask("Reading the roles of the user in " + cluster, () -> Catalog.seesPolicies(connection));
    }

    /**
     * Sees that the user reads all rows and values of what is to be unloaded, as far as Redshift tells it.
     *
     * @param selection what is to be unloaded
     * @param restricted what to do when a policy restricts it
     * @throws RedshiftException with {@link Reason#SOURCE_RESTRICTED} when a policy restricts it and that is not accepted
     */
    public void requireUnrestricted(final Selection selection, final RestrictedData restricted) throws RedshiftException {
        if (restricted == RestrictedData.FAIL) {
            ask("Reading the policies on %s in %s".formatted(selection.table(), cluster), () -> {
                SourcePolicies.requireUnrestricted(connection, selection, "The unload of " + selection.table());
                return selection;
            });
        }
    }

    /**
     * Sees that a table would lose nothing if it were replaced by a new one.
     *
     * @param table the table; it need not be there
     * @param unverified what to do when policies on it cannot be seen
     * @throws RedshiftException with the reason when something would be lost or may be, or when the cluster does not answer
     */
    public void requireReplaceable(final TableName table, final UnverifiedPolicies unverified) throws RedshiftException {
        ask("Reading what %s would lose in %s".formatted(table, cluster), () -> {
            ReplacementCheck.requireNothingLost(connection, table, unverified);
            return table;
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

    private boolean mayInSchema(final String schema, final String privilege) throws RedshiftException {
        return truth("The privileges on schema %s in %s".formatted(schema, cluster),
                () -> "SELECT has_schema_privilege(" + SqlText.literal(names().fold(schema)) + ", " + SqlText.literal(privilege) + ")");
    }

    /** Of this session, which is asked once. */
    private CatalogNames names() throws SQLException {
        if (names == null) {
            names = CatalogNames.of(connection);
        }

        return names;
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
            final TableName catalogName = names().fold(table);

            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(template.formatted(SqlText.literal(catalogName.schema()), SqlText.literal(catalogName.table())))) {
                return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
            }
        });
    }

    /** A statement that failed would fail all that follow in its transaction, so that is rolled back. */
    private <T> T ask(final String subject, final Question<T> question) throws RedshiftException {
        try {
            return question.answer();
        } catch (final SQLException e) {
            throw rolledBack(report.report(subject, e));
        } catch (final RedshiftException e) {
            throw rolledBack(e);
        } catch (final IllegalArgumentException e) {
            throw invalid(subject, e);
        }
    }

    private RedshiftException rolledBack(final RedshiftException failure) {
        try {
            connection.rollback();
        } catch (final SQLException second) {
            failure.addSuppressed(report.redact(second));
        }

        return failure;
    }

    private static RedshiftException invalid(final String subject, final IllegalArgumentException cause) {
        return new RedshiftException(Reason.INVALID_REQUEST, "%s cannot be asked for: %s".formatted(subject, cause.getMessage()), cause);
    }

    @FunctionalInterface
    private interface Question<T> {
        T answer() throws SQLException, RedshiftException;
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
