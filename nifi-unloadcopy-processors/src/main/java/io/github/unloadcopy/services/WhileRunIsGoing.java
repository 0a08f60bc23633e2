package io.github.unloadcopy.services;

import org.apache.nifi.components.DescribedValue;

/**
 * What a trigger does while the run before it, of the same configuration, has tables that have not ended.
 */
public enum WhileRunIsGoing implements DescribedValue {

    SKIP("Skip This Trigger", "Nothing is started. An incoming FlowFile waits in its queue, penalized, until the run has ended"),
    START_ANOTHER("Start Another", "A second run is started beside the first");

    private final String displayName;
    private final String description;

    WhileRunIsGoing(final String displayName, final String description) {
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
