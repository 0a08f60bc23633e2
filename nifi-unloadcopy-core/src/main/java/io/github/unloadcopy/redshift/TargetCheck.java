package io.github.unloadcopy.redshift;

import java.util.List;

/** Looks at the target before anything is unloaded: whether it can be reached, and whether the table that rows shall go to is there or can be made. */
public final class TargetCheck {
    private TargetCheck() {
    }

    /**
     * Checks the target and changes nothing.
     *
     * @param connections where the connection to the target comes from
     * @param table table that shall be loaded
     * @param columns columns that shall be loaded; empty for those of the source
     * @param mode whether the table has to be there
     * @param createSchema whether a missing schema may be made
     * @throws RedshiftException when a load would fail, with the thing to mend
     */
    public static void check(final ConnectionSource connections, final TableName table, final List<String> columns, final TargetPlan.Mode mode, final boolean createSchema)
            throws RedshiftException {
        try (ClusterProbe target = ClusterProbe.open(connections, "the target")) {
            check(target, table, columns, mode, createSchema);
        }
    }

    /**
     * Checks the target over a session that is open already.
     *
     * @param target the session
     * @param table table that shall be loaded
     * @param columns columns that shall be loaded; empty for those of the source
     * @param mode whether the table has to be there
     * @param createSchema whether a missing schema may be made
     * @return whether the load would make a new table, rather than add to one that is there
     * @throws RedshiftException when a load would fail, with the thing to mend
     */
    public static boolean check(final ClusterProbe target, final TableName table, final List<String> columns, final TargetPlan.Mode mode, final boolean createSchema) throws RedshiftException {
        if (mode == TargetPlan.Mode.REPLACE || !isThere(target, table, columns, mode)) {
            require(mayCreate(target, table.schema(), createSchema), "create tables in its schema", table);
            return true;
        }

        require(target.may(table, "INSERT"), "insert into it", table);
        return false;
    }

    private static boolean isThere(final ClusterProbe target, final TableName table, final List<String> columns, final TargetPlan.Mode mode) throws RedshiftException {
        try {
            target.columns(table, columns);
            return true;
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.TABLE_MISSING && mode == TargetPlan.Mode.CREATE_IF_MISSING) {
                return false;
            }

            throw e;
        }
    }

    private static boolean mayCreate(final ClusterProbe target, final String schema, final boolean createSchema) throws RedshiftException {
        try {
            return target.mayCreateIn(schema);
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.TABLE_MISSING && createSchema) {
                return true;
            }

            throw e;
        }
    }

    private static void require(final boolean allowed, final String what, final TableName table) throws RedshiftException {
        if (!allowed) {
            throw new RedshiftException(Reason.PERMISSION_DENIED, "The check of the target table %s before the unload failed: the user may not %s. %s".formatted(table, what,
                    Reason.PERMISSION_DENIED.advice()));
        }
    }
}
