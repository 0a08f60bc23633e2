package io.github.unloadcopy.services;

import java.time.Instant;
import java.util.List;

/**
 * A run that is to start.
 *
 * @param id UUID of the run
 * @param key what it has in common with the runs before and after it: the processor and the configuration
 * @param configuration where the configuration is
 * @param started when the run started
 * @param tables its tables, none of which has ended, with the indexes from 1 on
 */
public record MigrationRun(String id, String key, String configuration, Instant started, WhenTableFails whenTableFails, List<TableRecord> tables) {

    public MigrationRun {
        tables = List.copyOf(tables);
    }
}
