package io.github.unloadcopy.services;

import org.apache.nifi.components.DescribedValue;

/**
 * What becomes of the other tables of a run when one fails: {@code failOnError} of the original utility.
 */
public enum WhenTableFails implements DescribedValue {

    GO_ON("Go On", "The other tables are migrated all the same"),
    STOP_NOT_BEGUN("Stop What Has Not Begun", """
            Tables whose unload has not begun are not unloaded any more: they go to the failure of RedshiftUnload with the reason RUN_STOPPED.
            Tables whose unload has begun are migrated to their end""");

    private final String displayName;
    private final String description;

    WhenTableFails(final String displayName, final String description) {
        this.displayName = displayName;
        this.description = description;
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
