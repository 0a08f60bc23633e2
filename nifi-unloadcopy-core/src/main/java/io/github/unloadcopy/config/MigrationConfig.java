package io.github.unloadcopy.config;

import java.util.List;

/**
 * One Unload/Copy configuration, checked and complete: what the original utility left to be guessed is filled in.
 *
 * @param source cluster that the tables are unloaded from
 * @param target cluster that they are loaded into
 * @param staging where the data rests in between
 * @param tables pairs of tables in the order of the configuration, at least one
 */
public record MigrationConfig(ClusterConfig source, ClusterConfig target, StagingConfig staging, List<TablePair> tables) {
    public MigrationConfig {
        tables = List.copyOf(tables);
    }
}
