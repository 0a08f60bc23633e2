package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.S3Location;

import java.util.List;

/**
 * What to load, and where from.
 *
 * @param table table to load
 * @param plan what is done about that table before and after
 * @param columns its columns, in the order of the files; empty means all
 * @param manifest list of the files; null when there are no rows and so no files
 * @param expectedRows rows that must arrive
 * @param authorization as whom the cluster reads from S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 * @param explicitIds whether IDENTITY values come from the files
 * @param loadId what tells this load from every other: run id and source table
 * @param origin where the rows come from, for the ledger
 * @param ledger table on the target that remembers which loads were committed; null for none, and then a repeated load loads again
 * @param timeoutSeconds how long each statement of the load may take; 0 = no limit
 */
public record LoadRequest(TableName table, TargetPlan plan, List<String> columns, S3Location manifest, long expectedRows, Authorization authorization, DataEncryption encryption, String nullMarker,
        String region, boolean explicitIds, String loadId, LoadOrigin origin, TableName ledger, int timeoutSeconds) {
    public LoadRequest {
        columns = List.copyOf(columns);
        NullMarker.requireSafe(nullMarker);

        if (expectedRows < 0) {
            throw new IllegalArgumentException("The number of rows to load is negative: %d".formatted(expectedRows));
        }

        if (manifest == null && expectedRows > 0) {
            throw new IllegalArgumentException("%d rows are to be loaded, but no manifest is given".formatted(expectedRows));
        }

        if (plan.mode() != TargetPlan.Mode.MUST_EXIST && ledger == null) {
            throw new IllegalArgumentException("A table is created or replaced only with a ledger, so that a load that is tried again does not do it twice");
        }

        if (ledger != null && (loadId == null || loadId.isBlank())) {
            throw new IllegalArgumentException("A ledger needs the id of the load");
        }
    }
}
