package io.github.unloadcopy.redshift;

import io.github.unloadcopy.SandboxSession;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Values of every type that can travel, under all kinds of names, into tables with their columns in another order: what the driver reads in the target is what it reads in the source. */
class EveryValueIT {
    private static final int ROWS = 200;
    /** Bytes of the longest name that the sandbox takes. */
    private static final int SANDBOX_NAME = 63;
    private static final List<String> RESERVED = List.of("select", "table", "order", "user", "group", "from", "Default", "NULL", "tag", "primary", "identity");
    private static final List<String> NAME_PIECES = List.of("a", "Z", "select", ".", "\"", "'", " ", "é", "€", "😀", ",", "(", ")", "--", "/*", "?", ":p", "{", "}", "$1", "%", "_", ";", "#", "1",
            "^", "+", "&", "/");

    private final SandboxSession sandbox = SandboxSession.get();
    private final TableLoader loader = new TableLoader(Duration.ofMillis(10));

    @Test
    void theLimitsOfEveryTypeUnderKms() throws Exception {
        limits(Migration.sseKms());
    }

    @Test
    void theLimitsOfEveryTypeUnderTheMasterKey() throws Exception {
        limits(Migration.clientSide());
    }

    private void limits(final Migration migration) throws Exception {
        final List<Column> columns = new ArrayList<>();
        ColumnKind.fixed().forEach(kind -> columns.add(new Column("c" + columns.size(), kind)));
        final List<List<String>> rows = new ArrayList<>();

        for (int row = 0; row < 10; row++) {
            final List<String> values = new ArrayList<>();

            for (final Column column : columns) {
                final List<String> limits = column.kind().limits();
                values.add(row < limits.size() ? limits.get(row) : null);
            }

            rows.add(values);
        }

        requireMoved(migration, new Table("s", "t", columns, 1), rows, false);
    }

    @Property(tries = 8, generation = GenerationMode.RANDOMIZED, shrinking = ShrinkingMode.OFF)
    void anyTableArrivesAsItWas(@ForAll("tables") final Table table, @ForAll final boolean clientSide, @ForAll final boolean made) throws Exception {
        final Random random = new Random(table.seed());
        final List<List<String>> rows = new ArrayList<>();

        for (int row = 0; row < ROWS; row++) {
            final List<String> values = new ArrayList<>();
            table.columns().forEach(column -> values.add(column.kind().draw(random)));
            rows.add(values);
        }

        requireMoved(clientSide ? Migration.clientSide() : Migration.sseKms(), table, rows, made);
    }

    @Provide
    Arbitrary<Table> tables() {
        // What begins with # is a temporary table.
        final Arbitrary<String> tables = Arbitraries.of(NAME_PIECES).list().ofMaxSize(8).map(pieces -> String.join("", pieces)).filter(name -> !name.startsWith("#"));
        final Arbitrary<List<Column>> columns = Combinators.combine(names(), kinds()).as(Column::new).list().ofMinSize(1).ofMaxSize(12).uniqueElements(column -> TableName.folded(column.name()));
        return Combinators.combine(tables, tables, columns, Arbitraries.longs()).as(Table::new);
    }

    private static Arbitrary<String> names() {
        return Arbitraries.oneOf(Arbitraries.of(RESERVED), Arbitraries.of(NAME_PIECES).list().ofMinSize(1).ofMaxSize(10).map(pieces -> String.join("", pieces)))
                .filter(name -> name.getBytes(StandardCharsets.UTF_8).length <= SANDBOX_NAME);
    }

    private static Arbitrary<ColumnKind> kinds() {
        return Arbitraries.oneOf(
                Arbitraries.of(ColumnKind.fixed()),
                Arbitraries.integers().between(1, 38).flatMap(precision -> Arbitraries.integers().between(0, Math.min(precision, 37)).map(scale -> ColumnKind.decimal(precision, scale))),
                Arbitraries.integers().between(1, 300).map(ColumnKind::varchar),
                Arbitraries.integers().between(1, 60).map(ColumnKind::character));
    }

    private void requireMoved(final Migration plain, final Table table, final List<List<String>> rows, final boolean made) throws Exception {
        final Migration migration = plain.of(new TableName("public", table.source() + plain.suffix()), new TableName("public", table.target() + plain.suffix() + "t"));
        sandbox.execute("source", "CREATE TABLE %s (%s)".formatted(SqlText.table(migration.source()), definition(table.columns())));

        if (!made) {
            sandbox.execute("target", "CREATE TABLE %s (%s)".formatted(SqlText.table(migration.target()), definition(table.inAnotherOrder())));
        }

        insert(migration.source(), table.columns(), rows);
        final UnloadResult unloaded = made ? migration.unloadWithDefinition() : migration.unload();
        final LoadResult loaded = loader.load(sandbox.connections("target"), made ? migration.creatingRequest(unloaded, TargetPlan.Mode.CREATE_IF_MISSING, 0) : migration.loadRequest(unloaded));

        assertEquals(rows.size(), loaded.rows());
        assertEquals(List.of(), loaded.notes());
        assertEquals(read("source", migration.source(), table.columns()), read("target", migration.target(), table.columns()));
    }

    private static String definition(final List<Column> columns) {
        return "\"row number\" INTEGER, " + columns.stream().map(column -> SqlText.identifier(column.name()) + " " + column.kind().type()).collect(Collectors.joining(", "));
    }

    private void insert(final TableName table, final List<Column> columns, final List<List<String>> rows) throws SQLException {
        final String values = columns.stream().map(column -> column.kind().value()).collect(Collectors.joining(", "));

        try (Connection connection = sandbox.connections("source").open(); PreparedStatement insert = connection.prepareStatement("INSERT INTO %s VALUES (?, %s)".formatted(
                SqlText.table(table), values))) {
            connection.setAutoCommit(false);

            for (int row = 0; row < rows.size(); row++) {
                insert.setInt(1, row);

                for (int column = 0; column < columns.size(); column++) {
                    insert.setString(column + 2, rows.get(row).get(column));
                }

                insert.addBatch();
            }

            insert.executeBatch();
            connection.commit();
        }
    }

    private List<List<String>> read(final String cluster, final TableName table, final List<Column> columns) throws SQLException {
        return sandbox.query(cluster, "SELECT \"row number\", %s FROM %s ORDER BY 1".formatted(SqlText.columns(columns.stream().map(Column::name).toList()), SqlText.table(table)));
    }

    private record Column(String name, ColumnKind kind) {
    }

    /** Source and target are what the tables' names begin with; the seed stands for the rows and for the order of the target's columns. */
    private record Table(String source, String target, List<Column> columns, long seed) {
        private List<Column> inAnotherOrder() {
            final List<Column> shuffled = new ArrayList<>(columns);
            Collections.shuffle(shuffled, new Random(seed));
            return shuffled;
        }
    }
}
