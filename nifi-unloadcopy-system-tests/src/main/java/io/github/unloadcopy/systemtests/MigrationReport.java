package io.github.unloadcopy.systemtests;

import java.util.List;

/**
 * What a demonstration showed, in the form in which it is written as JSON.
 *
 * @param encryption {@link EncryptionMode#label()}
 * @param scale TPC-H's scale factor
 * @param tables one for each table
 * @param stagedObjectsLeft objects, versions and unfinished uploads below the staging path
 * @param secretsFoundOnDisk secrets that stand in a file of NiFi, in a FlowFile's attributes or in a provenance event; each counted once for each place
 * @param migrationSeconds from the start of the flow to the last FlowFile's end
 * @param totalSeconds everything, with start and checks
 */
public record MigrationReport(String encryption, double scale, List<TableReport> tables, int stagedObjectsLeft, int secretsFoundOnDisk, double migrationSeconds, double totalSeconds) {
    public MigrationReport {
        tables = List.copyOf(tables);
    }

    /** Whether everything that is to be shown was shown. */
    public boolean holds() {
        return !tables.isEmpty() && tables.stream().allMatch(TableReport::holds) && stagedObjectsLeft == 0 && secretsFoundOnDisk == 0;
    }
}
