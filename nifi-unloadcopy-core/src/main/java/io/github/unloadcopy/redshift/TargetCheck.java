package io.github.unloadcopy.redshift;

import java.util.List;

/**
 * Looks at the target before anything is unloaded: whether it can be reached, whether the table that rows shall go to is there or can be made, and whether the columns that will be loaded are
 * enough for it.
 */
public final class TargetCheck {
    private TargetCheck() {
    }

    /**
     * Checks the target, for the columns that the source has, and changes nothing.
     *
     * @param source where a connection to the source comes from
     * @param target where a connection to the target comes from
     * @param load what is planned
     * @throws RedshiftException when the load would fail, with the thing to mend
     */
    public static void check(final ConnectionSource source, final ConnectionSource target, final PlannedLoad load) throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(target, "the target")) {
            checkColumns(source, probe, load, isToBeMade(probe, load));
        }
    }

    /**
     * Whether the load would make a new table, rather than add to one that is there; either has to be allowed. Of columns, only those are looked at that are named for the target.
     *
     * @param target session with the target
     * @param load what is planned
     * @throws RedshiftException when the load would fail, with the thing to mend
     */
    public static boolean isToBeMade(final ClusterProbe target, final PlannedLoad load) throws RedshiftException {
        target.requireTable(load.table());

        if (load.mode() == TargetPlan.Mode.REPLACE || !isThere(target, load)) {
            require(mayCreate(target, load), "create tables in its schema", load.table());

            if (load.mode() == TargetPlan.Mode.REPLACE) {
                target.requireReplaceable(load.table(), load.unverified());
            }

            return true;
        }

        require(target.may(load.table(), "INSERT"), "insert into it", load.table());
        return false;
    }

    private static void checkColumns(final ConnectionSource source, final ClusterProbe target, final PlannedLoad load, final boolean made) throws RedshiftException {
        try (ClusterProbe probe = ClusterProbe.open(source, "the source")) {
            final List<String> unloaded = probe.columns(load.selection()).stream().map(ClusterProbe.Column::name).toList();
            final List<String> loaded = load.columns().isEmpty() && load.explicitIds() != null ? unloaded : load.columns();

            if (!loaded.isEmpty() && loaded.size() != unloaded.size()) {
                throw new RedshiftException(Reason.INVALID_REQUEST, ("The load into %s would fail: %d column(s) of %s would be unloaded, but %d are named for the target. They are paired by "
                        + "position: name as many").formatted(load.table(), unloaded.size(), load.selection().table(), loaded.size()));
            }

            target.catalogNames().requireDistinct(load.table(), loaded);

            if (made) {
                // It will be like the source's, and takes the source's IDENTITY values unasked.
                probe.targetColumns(load.selection().table(), load.table()).require(loaded, Boolean.TRUE.equals(load.explicitIds()) ? Boolean.TRUE : null);
            } else {
                requireColumns(target, load.table(), loaded);
                target.targetColumns(load.table(), load.table()).require(loaded, load.explicitIds());
            }
        }
    }

    private static boolean isThere(final ClusterProbe target, final PlannedLoad load) throws RedshiftException {
        try {
            requireColumns(target, load.table(), load.columns());
            return true;
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.TABLE_MISSING && load.mode() == TargetPlan.Mode.CREATE_IF_MISSING) {
                return false;
            }

            throw e;
        }
    }

    /** COPY needs INSERT, which is granted for whole tables only, and no SELECT (Database Developer Guide, COPY and GRANT): whoever may not read the columns may load them all the same. */
    private static void requireColumns(final ClusterProbe target, final TableName table, final List<String> columns) throws RedshiftException {
        try {
            target.columns(table, columns);
        } catch (final RedshiftException e) {
            if (e.reason() != Reason.PERMISSION_DENIED) {
                throw e;
            }
        }
    }

    private static boolean mayCreate(final ClusterProbe target, final PlannedLoad load) throws RedshiftException {
        try {
            return target.mayCreateIn(load.table().schema());
        } catch (final RedshiftException e) {
            if (e.reason() == Reason.TABLE_MISSING && load.createSchema()) {
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
