package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Schemas, tables and columns whose names hold quotes, dots, blanks, capitals, commas, parentheses, and reserved words: made, replaced and loaded, with their comments and foreign keys. */
class OddNamesIT {
    private static final String PARENT_COLUMNS = """
            "select" INTEGER NOT NULL, "it's ""the"" Key" VARCHAR(10) NOT NULL, "a.b, (c" VARCHAR(40) DEFAULT 'it''s "x", (y)', PRIMARY KEY ("select", "it's ""the"" Key")""";
    private static final String PARENT_ROWS = "(1, 'k''1', NULL), (2, '\"k\"', '')";
    private static final String CHILD_COLUMNS = """
            "order" INTEGER, "From" VARCHAR(10), "Ünï cödé" VARCHAR(10), FOREIGN KEY ("order", "From") REFERENCES %s ("select", "it's ""the"" Key")""";

    private final SandboxSession sandbox = SandboxSession.get();
    private final ConnectionSource target = sandbox.connections("target");
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));

    @Test
    void areMadeReplacedAndLoaded() throws Exception {
        final Migration plain = Migration.sseKms();
        final String from = "from \"%s\" it's. Select".formatted(plain.suffix());
        final String to = "into.\"%s\" (it's)".formatted(plain.suffix());
        final TableName parent = new TableName(from, "Order \"Lines\", it's (1).5");
        final TableName child = new TableName(from, "group");
        final TableName newParent = new TableName(to, "user");
        final TableName newChild = new TableName(to, "Group");
        makeSource(parent, child);

        final Migration first = plain.of(child, newChild);
        final Migration second = plain.again().of(parent, newParent).inRunOf(first);
        requireMade(first, TargetPlan.Mode.CREATE_IF_MISSING);
        assertEquals(List.of(), definition("target", newChild).foreignKeys());
        requireMade(second, TargetPlan.Mode.CREATE_IF_MISSING);
        requireLike(first, second);

        final Migration third = second.again();
        requireMade(third, TargetPlan.Mode.REPLACE);
        requireMade(first.inRunOf(third), TargetPlan.Mode.REPLACE);
        requireLike(first, second);

        final Migration added = second.again();
        final UnloadResult unloaded = added.unload(List.of("A.B, (C", "IT'S \"THE\" KEY", "SELECT"), added.role());
        assertEquals(2, loader.load(target, added.loadRequest(unloaded)).rows());
        assertEquals(4, added.targetRows().size());
        assertEquals(Set.copyOf(added.sourceRows()), Set.copyOf(added.targetRows()));
    }

    private void makeSource(final TableName parent, final TableName child) throws SQLException {
        final String parentName = SqlText.table(parent);
        final String childName = SqlText.table(child);
        sandbox.execute("source", "CREATE SCHEMA " + SqlText.identifier(parent.schema()),
                "CREATE TABLE %s (%s)".formatted(parentName, PARENT_COLUMNS), "INSERT INTO %s VALUES %s".formatted(parentName, PARENT_ROWS),
                "CREATE TABLE %s (%s) DISTKEY (\"From\") SORTKEY (\"order\", \"From\")".formatted(childName, CHILD_COLUMNS.formatted(parentName)),
                "INSERT INTO %s VALUES (1, 'k''1', 'ä'), (NULL, NULL, NULL)".formatted(childName),
                "COMMENT ON TABLE %s IS 'it''s \"the\" parent; -- of all'".formatted(parentName), "COMMENT ON COLUMN %s.\"a.b, (c\" IS 'it''s'".formatted(parentName),
                "COMMENT ON COLUMN %s.\"From\" IS '\"From\"'".formatted(childName));
    }

    private void requireMade(final Migration migration, final TargetPlan.Mode mode) throws Exception {
        final UnloadResult unloaded = migration.unloadWithDefinition();
        final LoadResult loaded = loader.load(target, migration.creatingRequest(unloaded, mode, 2));

        assertTrue(loaded.created());
        assertFalse(loaded.alreadyLoaded());
        assertEquals(List.of(), loaded.notes());
        assertEquals(migration.sourceRows(), migration.targetRows());
    }

    private void requireLike(final Migration child, final Migration parent) throws Exception {
        final TableDefinition childDefinition = definition("target", child.target());
        final TableDefinition parentDefinition = definition("target", parent.target());

        assertEquals(definition("source", child.source()).columns(), childDefinition.columns());
        assertEquals(definition("source", child.source()).storage(), childDefinition.storage());
        assertEquals(Map.of("from", "\"From\""), childDefinition.columnComments());
        assertEquals(List.of(new ForeignKey(child.target().folded(), List.of("order", "from"), parent.target().folded(), List.of("select", "it's \"the\" key"))), childDefinition.foreignKeys());
        assertEquals(definition("source", parent.source()).columns(), parentDefinition.columns());
        assertEquals("it's \"the\" parent; -- of all", parentDefinition.comment());
        assertEquals(Map.of("a.b, (c", "it's"), parentDefinition.columnComments());
    }

    private TableDefinition definition(final String cluster, final TableName table) throws Exception {
        final ClusterSession session = ClusterSession.open(sandbox.connections(cluster));

        try {
            return TableDefinitionReader.read(session.connection(), table);
        } finally {
            session.release();
        }
    }
}
