package io.github.unloadcopy.redshift;

import java.util.List;
import java.util.Map;

/**
 * What is done about the table that rows are loaded into.
 *
 * @param mode whether it is there, made, or replaced
 * @param definition how to make it; null only when it must exist
 * @param createSchema whether its schema is made too, where that is missing
 * @param source the table that the rows come from; null only when the table must exist
 * @param unverified what becomes of a table that would be replaced, when policies on it cannot be seen
 * @param renamed tables that have another name in the target, by their names in the source's schema; all others keep theirs
 */
public record TargetPlan(Mode mode, TableDefinition definition, boolean createSchema, UnverifiedPolicies unverified, TableName source, Map<String, String> renamed) {
    /** The table has to be there. */
    public static final TargetPlan MUST_EXIST = new TargetPlan(Mode.MUST_EXIST, null, false, UnverifiedPolicies.FAIL, null, Map.of());

    public TargetPlan {
        renamed = Map.copyOf(renamed);

        if (mode != Mode.MUST_EXIST && (definition == null || source == null)) {
            throw new IllegalArgumentException("A table can be created or replaced only with the name and definition of the source's table");
        }
    }

    /** A plan that fails where policies cannot be seen. */
    public TargetPlan(final Mode mode, final TableDefinition definition, final boolean createSchema, final TableName source, final Map<String, String> renamed) {
        this(mode, definition, createSchema, UnverifiedPolicies.FAIL, source, renamed);
    }

    /** The foreign keys of the source's table in the target's names: what is in the source's schema is in the target's there. */
    List<ForeignKey> foreignKeys(final TableName target) {
        return definition.foreignKeys().stream().map(key -> new ForeignKey(target, key.columns(), targetOf(key.referenced(), target), key.referencedColumns())).toList();
    }

    private TableName targetOf(final TableName table, final TableName target) {
        if (table.equals(source) || !renamed.containsKey(table.table()) && table.folded().equals(source.folded())) {
            return target;
        }

        return TableName.folded(table.schema()).equals(TableName.folded(source.schema())) ? new TableName(target.schema(), targetOf(table.table())) : table;
    }

    private String targetOf(final String table) {
        // The source may tell names by their case: what is written exactly so is meant first.
        return renamed.containsKey(table) ? renamed.get(table) : renamed.entrySet().stream().filter(entry -> entry.getKey().equalsIgnoreCase(table)).map(Map.Entry::getValue).findFirst().orElse(table);
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
