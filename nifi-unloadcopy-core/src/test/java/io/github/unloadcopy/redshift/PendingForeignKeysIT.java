package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Foreign keys between tables of a run that have other names in the target. */
class PendingForeignKeysIT {
    private static final TargetPlan.Mode CREATE = TargetPlan.Mode.CREATE_IF_MISSING;

    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));
    private Migration parent;
    private Migration child;
    private ForeignKey key;

    @BeforeEach
    void makeTables() throws Exception {
        parent = Migration.sseKms();
        child = Migration.sseKms().inRunOf(parent);
        key = new ForeignKey(child.target(), List.of("parent"), parent.target(), List.of("id"));
        sandbox.execute("source", "CREATE TABLE %s (id INTEGER PRIMARY KEY)".formatted(SqlText.table(parent.source())), "INSERT INTO %s VALUES (1)".formatted(SqlText.table(parent.source())),
                "CREATE TABLE %s (id INTEGER, parent INTEGER REFERENCES %s (id))".formatted(SqlText.table(child.source()), SqlText.table(parent.source())),
                "INSERT INTO %s VALUES (2, 1)".formatted(SqlText.table(child.source())));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comeInEitherOrderOfLoading(final boolean parentFirst) throws Exception {
        load(parentFirst ? parent : child, CREATE);
        assertEquals(List.of(), parentFirst ? List.of() : keys(child));
        load(parentFirst ? child : parent, CREATE);
        assertEquals(List.of(key), keys(child));

        final Migration again = parent.again();
        load(again, TargetPlan.Mode.REPLACE);
        assertEquals(List.of(key), keys(child));
        load(child.inRunOf(again), TargetPlan.Mode.REPLACE);
        assertEquals(List.of(key), keys(child));
        assertEquals(0, pending());
    }

    /** One that the target has under the source's name is another table than the one that the run has yet to load. */
    @Test
    void aTableWithTheSourcesNameIsNotMistakenForTheRenamedOne() throws Exception {
        sandbox.execute("target", "CREATE TABLE %s (id INTEGER PRIMARY KEY)".formatted(SqlText.table(parent.source())));

        load(child, CREATE);
        assertEquals(List.of(), keys(child));
        load(parent, CREATE);
        assertEquals(List.of(key), keys(child));
    }

    @Test
    void tablesThatReferToEachOtherGetBothKeys() throws Exception {
        sandbox.execute("source", "ALTER TABLE %s ADD PRIMARY KEY (id)".formatted(SqlText.table(child.source())),
                "ALTER TABLE %s ADD FOREIGN KEY (id) REFERENCES %s (id)".formatted(SqlText.table(parent.source()), SqlText.table(child.source())),
                "ALTER TABLE %1$s ADD FOREIGN KEY (id) REFERENCES %1$s (id)".formatted(SqlText.table(parent.source())));

        load(parent, CREATE);
        load(child, CREATE);

        assertEquals(List.of(key), keys(child));
        assertEquals(2, keys(parent).size());
        assertTrue(keys(parent).contains(new ForeignKey(parent.target(), List.of("id"), child.target(), List.of("id"))));
        assertTrue(keys(parent).contains(new ForeignKey(parent.target(), List.of("id"), parent.target(), List.of("id"))));
    }

    /** Whether a table is one of the run's is known when all of them are loaded. */
    @Test
    void aTableThatTheRunDoesNotMoveKeepsItsName() throws Exception {
        final Migration other = Migration.sseKms().inRunOf(parent);
        final ForeignKey kept = new ForeignKey(child.target(), List.of("parent"), parent.source(), List.of("id"));
        sandbox.execute("source", "CREATE TABLE %s (id INTEGER)".formatted(SqlText.table(other.source())));
        sandbox.execute("target", "CREATE TABLE %s (id INTEGER PRIMARY KEY)".formatted(SqlText.table(parent.source())));

        load(child, CREATE);
        assertEquals(List.of(), keys(child));
        load(other, CREATE);
        assertEquals(List.of(kept), keys(child));
    }

    @Test
    void withoutARunTablesKeepTheirNames() throws Exception {
        final TableName copy = new TableName("public", "copy " + child.suffix());
        sandbox.execute("target", "CREATE TABLE %s (id INTEGER PRIMARY KEY)".formatted(SqlText.table(parent.source())));
        final Migration alone = child.of(child.source(), copy);

        assertEquals(List.of(), loader.load(target, alone.creatingRequest(alone.unloadWithDefinition(), CREATE, 0)).notes());
        assertEquals(List.of(new ForeignKey(copy, List.of("parent"), parent.source(), List.of("id"))), keys(alone));
    }

    /** A run that failed for the other table leaves the key; a later one that loads it adds the key, under the name that it has by then. */
    @Test
    void aLaterRunAddsWhatAnEarlierOneLeft() throws Exception {
        load(child, CREATE);

        final TableName renamed = new TableName("public", "later " + parent.suffix());
        load(parent.again().of(parent.source(), renamed), CREATE);

        assertEquals(List.of(new ForeignKey(child.target(), List.of("parent"), renamed, List.of("id"))), keys(child));
    }

    /** The first version had no columns for the run. */
    @Test
    void theTableOfAnEarlierVersionIsExtendedAndItsKeysAreAdded() throws Exception {
        final TableName old = new TableName("public", "old " + parent.suffix());
        final TableName pendingTable = PendingForeignKeys.in(parent.ledger().schema()).name();
        sandbox.execute("target", "CREATE TABLE IF NOT EXISTS public.unloadcopy_foreign_keys (table_schema VARCHAR(128) NOT NULL)", "DROP TABLE " + SqlText.table(pendingTable),
                "CREATE TABLE " + SqlText.table(pendingTable) + " (table_schema VARCHAR(128) NOT NULL, table_name VARCHAR(128) NOT NULL, referenced_schema VARCHAR(128) NOT NULL, "
                        + "referenced_table VARCHAR(128) NOT NULL, columns VARCHAR(8192) NOT NULL, referenced_columns VARCHAR(8192) NOT NULL)",
                "CREATE TABLE %s (parent INTEGER)".formatted(SqlText.table(old)),
                "INSERT INTO %s VALUES ('public', '%s', 'public', '%s', '\"parent\"', '\"id\"')".formatted(SqlText.table(pendingTable), old.table(), parent.target().table()));

        load(child, CREATE);
        load(parent, CREATE);

        assertEquals(List.of(key), keys(child));
        assertEquals(List.of(new ForeignKey(old, List.of("parent"), parent.target(), List.of("id"))), keys(child.of(child.source(), old)));
    }

    private void load(final Migration migration, final TargetPlan.Mode mode) throws Exception {
        final LoadResult loaded = loader.load(target, migration.creatingRequest(migration.unloadWithDefinition(), mode, 2));

        assertTrue(loaded.created());
        assertEquals(List.of(), loaded.notes());
    }

    private int pending() throws SQLException {
        return sandbox.query("target", "SELECT 1 FROM public.unloadcopy_foreign_keys WHERE table_name = '%s'".formatted(child.target().table())).size();
    }

    private List<ForeignKey> keys(final Migration migration) throws SQLException {
        try (Connection connection = target.open()) {
            return TableDefinitionReader.read(connection, migration.target()).foreignKeys();
        }
    }
}
