package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.TargetPlan;
import org.apache.nifi.components.DescribedValue;

/**
 * What becomes of the table that rows are loaded into.
 */
public enum TargetTable implements DescribedValue {

    MUST_EXIST(TargetPlan.Mode.MUST_EXIST, "Must Exist", "Rows are added to a table that is there"),
    CREATE_IF_MISSING(TargetPlan.Mode.CREATE_IF_MISSING, "Create If Missing", """
            A table that is missing is made from the definition of the source's table; rows are added to one that is there.
            Table and rows appear together, in one transaction"""),
    REPLACE(TargetPlan.Mode.REPLACE, "Replace", """
            A new table is made from the definition of the source's table and loaded beside the old one, and takes its place in the same transaction.
            After a failure the old one is as it was. Its owner and the privileges granted on it, or on its columns, are those of the new one. A table that would lose anything else is not replaced:
            one with views, row-level security or masking policies, in a datashare, or with privileges that cannot be seen""");

    private final TargetPlan.Mode mode;
    private final String displayName;
    private final String description;

    TargetTable(final TargetPlan.Mode mode, final String displayName, final String description) {
        this.mode = mode;
        this.displayName = displayName;
        this.description = description;
    }

    TargetPlan.Mode mode() {
        return mode;
    }

    @Override
    public String getValue() {
        return name();
    }

    @Override
    public String getDisplayName() {
        return displayName;
    }

    @Override
    public String getDescription() {
        return description;
    }
}
