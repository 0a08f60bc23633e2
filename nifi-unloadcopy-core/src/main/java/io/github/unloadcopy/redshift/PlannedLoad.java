package io.github.unloadcopy.redshift;

import java.util.List;

/**
 * A load, as far as it is known before its rows are unloaded.
 *
 * @param selection what will be unloaded
 * @param table table that will be loaded
 * @param columns its columns, paired by position with those that are unloaded; empty for the same names
 * @param explicitIds whether IDENTITY values are to be the source's; null when the load is told that elsewhere, and then columns that are not named here may be named there
 * @param mode whether the table has to be there
 * @param createSchema whether a missing schema may be made
 */
public record PlannedLoad(Selection selection, TableName table, List<String> columns, Boolean explicitIds, TargetPlan.Mode mode, boolean createSchema) {
    public PlannedLoad {
        columns = List.copyOf(columns);
    }
}
