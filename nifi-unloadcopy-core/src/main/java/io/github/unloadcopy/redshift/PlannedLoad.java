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
 * @param unverified what becomes of a table that would be replaced, when policies on it cannot be seen
 */
public record PlannedLoad(Selection selection, TableName table, List<String> columns, Boolean explicitIds, TargetPlan.Mode mode, boolean createSchema,
        UnverifiedPolicies unverified) {
    public PlannedLoad {
        columns = List.copyOf(columns);
    }

    /** A load that fails where policies cannot be seen. */
    public PlannedLoad(final Selection selection, final TableName table, final List<String> columns, final Boolean explicitIds, final TargetPlan.Mode mode, final boolean createSchema) {
        this(selection, table, columns, explicitIds, mode, createSchema, UnverifiedPolicies.FAIL);
    }
}
