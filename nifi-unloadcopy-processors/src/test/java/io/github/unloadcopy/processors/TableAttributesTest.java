package io.github.unloadcopy.processors;

import io.github.unloadcopy.config.ClusterConfig;
import io.github.unloadcopy.config.MigrationConfig;
import io.github.unloadcopy.config.StagingAuthorization;
import io.github.unloadcopy.config.StagingConfig;
import io.github.unloadcopy.config.TableConfig;
import io.github.unloadcopy.config.TablePair;
import io.github.unloadcopy.staging.S3Location;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class TableAttributesTest {

    /** What a FlowFile carries does not depend on how many tables the run has. */
    @Test
    void attributesOfATableDoNotGrowWithTheRun() {
        assertEquals(size(config(1_000)), size(config(9_999)));
        assertEquals("2600", attributes(config(2_600)).get(UnloadCopyAttributes.RUN_TABLES_RENAMED));
    }

    @Test
    void aRunThatKeepsAllNamesSaysNothingOfNames() {
        final MigrationConfig config = config(1);
        final TableConfig source = config.tables().getFirst().source();

        assertFalse(attributes(new MigrationConfig(config.source(), config.target(), config.staging(), List.of(new TablePair(source, source, null, false))))
                .containsKey(UnloadCopyAttributes.RUN_TABLES_RENAMED));
    }

    private static int size(final MigrationConfig config) {
        return attributes(config).entrySet().stream().mapToInt(attribute -> attribute.getKey().length() + attribute.getValue().length()).sum();
    }

    private static Map<String, String> attributes(final MigrationConfig config) {
        return new TableAttributes(config).of(config.tables().getFirst());
    }

    private static MigrationConfig config(final int tables) {
        final ClusterConfig cluster = new ClusterConfig("cluster.example", 5439, "dev", "user", "ciphertext");
        return new MigrationConfig(cluster, cluster, new StagingConfig(S3Location.parse("s3://bucket/path/"), null, new StagingAuthorization.Role("arn"), true),
                IntStream.range(0, tables).mapToObj(table -> new TablePair(new TableConfig("s", "table_" + table, List.of()), new TableConfig("s", "renamed_" + table, List.of()), null, false))
                        .toList());
    }
}
