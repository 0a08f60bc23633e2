package io.github.unloadcopy.config;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;

class TableTwinsTest {

    @Test
    void areTablesOfOneSideWhoseNamesDifferInTheirCaseOnly() {
        final MigrationConfig config = config(List.of("Orders", "items", "orders", "ORDERS", "ÄPFEL", "äpfel"), List.of("a", "T", "b", "c", "d", "t"));
        final TableTwins twins = TableTwins.of(config);

        assertEquals(List.of("orders", "", "Orders", "Orders", "äpfel", "ÄPFEL"), config.tables().stream().map(pair -> twins.source(pair).orElse("")).toList());
        assertEquals(List.of("", "t", "", "", "", "T"), config.tables().stream().map(pair -> twins.target(pair).orElse("")).toList());
    }

    @Test
    void otherTablesHaveNone() {
        final MigrationConfig config = config(List.of("orders", "order"), List.of("orders", "order"));

        assertEquals(Optional.empty(), TableTwins.of(config).source(config.tables().getFirst()));
        assertEquals(Optional.empty(), TableTwins.of(config).target(config.tables().getLast()));
    }

    private static MigrationConfig config(final List<String> sources, final List<String> targets) {
        return new MigrationConfig(null, null, null, IntStream.range(0, sources.size()).mapToObj(index -> new TablePair(new TableConfig("s", sources.get(index), List.of()),
                new TableConfig("s", targets.get(index), List.of()), null, false)).toList());
    }
}
