package io.github.unloadcopy.services;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What came of a run, all of whose tables have ended.
 *
 * @param run UUID of the run
 * @param configuration where the configuration is
 * @param started as an ISO-8601 instant
 * @param ended when the last table ended, as an ISO-8601 instant
 * @param durationMillis from start to end, in milliseconds
 * @param alreadyLoaded how many of the tables that succeeded had been loaded before
 * @param rowsLoaded sum over all tables
 * @param tables in the order of the configuration
 */
public record RunSummary(String run, String configuration, String started, String ended, long durationMillis, WhenTableFails whenTableFails, int tableCount, int succeeded, int failed,
        int notBegun, int alreadyLoaded, long rowsLoaded, List<TableRecord> tables) {

    static RunSummary of(final String runId, final RunHeader header, final List<TableRecord> tables) {
        final Instant started = Instant.parse(header.started());
        Instant ended = started;
        int alreadyLoaded = 0;
        long rowsLoaded = 0;

        for (final TableRecord table : tables) {
            final Instant tableEnded = Instant.parse(table.ended());
            ended = tableEnded.isAfter(ended) ? tableEnded : ended;
            alreadyLoaded += Boolean.TRUE.equals(table.alreadyLoaded()) ? 1 : 0;
            rowsLoaded += table.rowsLoaded() == null ? 0 : table.rowsLoaded();
        }

        return new RunSummary(runId, header.configuration(), header.started(), ended.toString(), Duration.between(started, ended).toMillis(), header.whenTableFails(), tables.size(),
                count(tables, TableOutcome.SUCCEEDED), count(tables, TableOutcome.FAILED), count(tables, TableOutcome.NOT_BEGUN), alreadyLoaded, rowsLoaded, List.copyOf(tables));
    }

    private static int count(final List<TableRecord> tables, final TableOutcome outcome) {
        return Math.toIntExact(tables.stream().filter(table -> table.outcome() == outcome).count());
    }
}
