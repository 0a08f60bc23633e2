package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The table of one load, from the moment before its COPY until it has its place. All of it happens in the transaction of the load, so that a failure leaves the target as it was:
 * Redshift's DDL can be rolled back.
 */
final class TargetTable {
    private static final String EXISTS = "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?";
    private static final String SCHEMA_EXISTS = "SELECT 1 FROM pg_namespace WHERE nspname = ?";
    private static final String USER_EXISTS = "SELECT 1 FROM pg_user WHERE usename = ?";

    private final TableName name;
    private final TargetPlan plan;
    private final TableName loaded;
    private final boolean made;
    private final boolean replaces;
    /** Whom the table is to belong to in the end: of a replaced one, whom the old one belonged to. Null where that is not known. */
    private final String owner;

    private TargetTable(final TableName name, final TargetPlan plan, final TableName loaded, final boolean made, final boolean replaces, final String owner) {
        this.name = name;
        this.plan = plan;
        this.loaded = loaded;
        this.made = made;
        this.replaces = replaces;
        this.owner = owner;
    }

    /**
     * Makes the schema where that is wanted and missing, in a transaction of its own: the loads of a run that need it come at the same time, and all but one would fail for it.
     *
     * @param connection connection with autocommit off; it is in no transaction afterwards
     * @param schema name of the schema
     * @throws SQLException when it cannot be made
     */
    static void createSchema(final Connection connection, final String schema) throws SQLException {
        try {
            Queries.execute(connection, "CREATE SCHEMA IF NOT EXISTS " + SqlText.identifier(schema), 0);
            connection.commit();
        } catch (final SQLException e) {
            connection.rollback();

            if (!schemaExists(connection, schema)) {
                throw e;
            }

            connection.rollback();
        }
    }

    private static boolean schemaExists(final Connection connection, final String schema) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SCHEMA_EXISTS)) {
            statement.setString(1, CatalogNames.of(connection).fold(schema));

            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Whether {@link #prepare} will make a table. */
    static boolean isToBeMade(final Connection connection, final TableName name, final TargetPlan plan) throws SQLException {
        return plan.mode() == TargetPlan.Mode.REPLACE || plan.mode() == TargetPlan.Mode.CREATE_IF_MISSING && !exists(connection, name);
    }

    /**
     * Makes what has to be made.
     *
     * @param connection connection in a transaction
     * @param name name of the table
     * @param plan what is to be done
     * @param loadId what tells this load from others
     * @throws SQLException when the cluster refuses
     * @throws RedshiftException when a table would lose something by being replaced
     */
    static TargetTable prepare(final Connection connection, final TableName name, final TargetPlan plan, final String loadId) throws SQLException, RedshiftException {
        if (!isToBeMade(connection, name, plan)) {
            return new TargetTable(name, plan, name, false, false, null);
        }

        final boolean exists = plan.mode() == TargetPlan.Mode.REPLACE && exists(connection, name);

        if (exists) {
            ReplacementCheck.requireNothingLost(connection, name, plan.unverified());
        }

        final String owner = exists ? Catalog.owner(connection, inCatalog(connection, name)) : plan.definition().owner();
        final TableName loaded = exists ? new TableName(name.schema(), "unloadcopy_" + UUID.nameUUIDFromBytes(loadId.getBytes(StandardCharsets.UTF_8)).toString().replace('-', '_')) : name;
        Queries.execute(connection, plan.definition().createStatement(loaded), 0);
        return new TargetTable(name, plan, loaded, true, exists, owner);
    }

    /** The table that COPY is to load. */
    TableName loaded() {
        return loaded;
    }

    /** Whether COPY has to say EXPLICIT_IDS: a table that was made after the source's takes the source's identities. */
    boolean needsExplicitIds(final List<String> columns, final CatalogNames names) {
        return made && plan.definition().needsExplicitIds(columns, names);
    }

    /** Whether the table is new. */
    boolean made() {
        return made;
    }

    /** What becomes of the table, in the ledger's words. */
    String strategy() {
        return !made ? "APPEND" : plan.mode() == TargetPlan.Mode.REPLACE ? "RECREATE" : "CREATE";
    }

    /**
     * Gives the table its place, comments and owner, once it is loaded.
     *
     * @param connection connection in the same transaction
     * @param pending where foreign keys are noted
     * @return what could not be carried over, as sentences
     * @throws SQLException when the cluster refuses
     * @throws RedshiftException when the old table has got something meanwhile that it would lose
     */
    List<String> complete(final Connection connection, final PendingForeignKeys pending) throws SQLException, RedshiftException {
        if (!made) {
            return List.of();
        }

        final List<String> notes = new ArrayList<>();

        if (replaces) {
            swap(connection, notes);
        }

        comment(connection, "TABLE " + SqlText.table(name), plan.definition().comment(), "the table", notes);

        for (final Map.Entry<String, String> column : plan.definition().columnComments().entrySet()) {
            comment(connection, "COLUMN " + SqlText.table(name) + "." + SqlText.identifier(column.getKey()), column.getValue(), "column " + column.getKey(), notes);
        }

        notes.addAll(pending.note(connection));
        own(connection, notes);
        return notes;
    }

    private void swap(final Connection connection, final List<String> notes) throws SQLException, RedshiftException {
        // Again, since the COPY may have taken hours.
        ReplacementCheck.requireNothingLost(connection, name, plan.unverified());
        final TableName catalogName = inCatalog(connection, name);
        final Map<ForeignKey.Constraint, ForeignKey> keys = keysTo(connection, catalogName);

        for (final ForeignKey.Constraint key : keys.keySet()) {
            Queries.execute(connection, "ALTER TABLE %s DROP CONSTRAINT %s".formatted(SqlText.table(key.table()), SqlText.identifier(key.name())), 0);
        }

        final List<String> grants = grants(connection, catalogName, notes);
        Queries.execute(connection, "DROP TABLE " + SqlText.table(name), 0);
        Queries.execute(connection, "ALTER TABLE %s RENAME TO %s".formatted(SqlText.table(loaded), SqlText.identifier(name.table())), 0);

        for (final String grant : grants) {
            Queries.execute(connection, grant, 0);
        }

        for (final ForeignKey key : keys.values()) {
            Queries.execute(connection, key.addStatement(), 0);
        }
    }

    /** Foreign keys of other tables, which would keep the old table from being dropped. */
    private static Map<ForeignKey.Constraint, ForeignKey> keysTo(final Connection connection, final TableName catalogName) throws SQLException {
        try (ResultSet rows = connection.getMetaData().getExportedKeys(connection.getCatalog(), catalogName.schema(), catalogName.table())) {
            final Map<ForeignKey.Constraint, ForeignKey> keys = ForeignKey.read(rows);
            keys.keySet().removeIf(constraint -> constraint.table().equals(catalogName));
            return keys;
        }
    }

    /** Whoever could use the old table can use the new one; what cannot be granted again is noted. */
    private List<String> grants(final Connection connection, final TableName catalogName, final List<String> notes) throws SQLException {
        final Set<String> columns = Set.copyOf(TargetColumns.read(connection, loaded, name).names());
        final List<String> statements = new ArrayList<>();

        for (final Grant grant : TableGrants.read(connection, catalogName).visible()) {
            final List<String> missing = grant.columns().stream().filter(column -> !columns.contains(column)).toList();
            final Grant left = new Grant(grant.privilege(), grant.columns().stream().filter(columns::contains).toList(), grant.granteeType(), grant.grantee(), grant.grantOption());

            if (grant.isReserved()) {
                notes.add("The new table was not granted %s: Redshift manages the privileges of this role, whose name is reserved".formatted(grant.described()));
            } else if (!missing.isEmpty()) {
                notes.add("The old table had %s granted, and the new one has no column %s".formatted(grant.described(), String.join(", ", missing)));
            }

            if (!grant.isReserved() && (grant.columns().isEmpty() || !left.columns().isEmpty())) {
                statements.add(left.statement(name));
            }
        }

        return statements;
    }

    private static void comment(final Connection connection, final String subject, final String comment, final String described, final List<String> notes) throws SQLException {
        if (comment == null) {
            return;
        }

        if (comment.indexOf('\\') >= 0) {
            notes.add("The comment on %s was not carried over: it holds a backslash".formatted(described));
            return;
        }

        Queries.execute(connection, "COMMENT ON " + subject + " IS " + SqlText.literal(comment), 0);
    }

    /** Last of all, since only the owner may alter the table. */
    private void own(final Connection connection, final List<String> notes) throws SQLException {
        if (owner == null || owner.equals(connection.getMetaData().getUserName())) {
            return;
        }

        try (PreparedStatement statement = connection.prepareStatement(USER_EXISTS)) {
            statement.setString(1, owner);

            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    notes.add("The table belongs to the user of the load: the target has no user %s".formatted(owner));
                    return;
                }
            }
        }

        if (Catalog.isSuperuser(connection)) {
            Queries.execute(connection, "ALTER TABLE %s OWNER TO %s".formatted(SqlText.table(name), SqlText.identifier(owner)), 0);
        } else {
            notes.add("The table belongs to the user of the load: only a superuser can give it to %s".formatted(owner));
        }
    }


    static boolean exists(final Connection connection, final TableName table) throws SQLException {
        return inCatalog(connection, table) != null;
    }

    /**
     * The name of a table as the catalog spells it, which is what a statement of this session means by the name.
     *
     * @return null when there is no such table
     */
    static TableName inCatalog(final Connection connection, final TableName table) throws SQLException {
        final TableName spelling = CatalogNames.of(connection).fold(table);

        try (PreparedStatement statement = connection.prepareStatement(EXISTS)) {
            statement.setString(1, spelling.schema());
            statement.setString(2, spelling.table());

            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? spelling : null;
            }
        }
    }
}
