package io.github.unloadcopy.redshift;

/**
 * What is done about the table that rows are loaded into.
 *
 * @param mode whether it is there, made, or replaced
 * @param definition how to make it; null only when it must exist
 * @param createSchema whether its schema is made too, where that is missing
 * @param unverified what becomes of a table that would be replaced, when policies on it cannot be seen
 * @param renamingRunTables number of tables of the run, when some of them have another name in the target; 0 when all keep theirs
 */
public record TargetPlan(Mode mode, TableDefinition definition, boolean createSchema, UnverifiedPolicies unverified, int renamingRunTables) {
    /** The table has to be there. */
    public static final TargetPlan MUST_EXIST = new TargetPlan(Mode.MUST_EXIST, null, false, UnverifiedPolicies.FAIL, 0);

    public TargetPlan {
        if (mode != Mode.MUST_EXIST && definition == null) {
            throw new IllegalArgumentException("A table can be created or replaced only with the definition of the source's table");
        }
    }

    /** A plan that fails where policies cannot be seen. */
    public TargetPlan(final Mode mode, final TableDefinition definition, final boolean createSchema, final int renamingRunTables) {
        this(mode, definition, createSchema, UnverifiedPolicies.FAIL, renamingRunTables);
    }

    /** How the table comes to be. */
    public enum Mode {
        /** It is there; rows are added. */
        MUST_EXIST,
        /** It is made when it is missing; else rows are added. */
        CREATE_IF_MISSING,
        /** A new one is made and loaded, and takes the place of the old one in the same transaction. */
        REPLACE
    }
}
