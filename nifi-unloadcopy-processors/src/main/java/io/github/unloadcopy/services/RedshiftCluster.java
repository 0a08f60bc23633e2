package io.github.unloadcopy.services;

import org.apache.nifi.components.DescribedValue;

/**
 * Which of the two clusters of an Unload/Copy configuration a connection pool connects to.
 */
public enum RedshiftCluster implements DescribedValue {

    SOURCE("Source", "The cluster to unload from, as the attributes unloadcopy.source.* of the FlowFile say"),
    TARGET("Target", "The cluster to copy into, as the attributes unloadcopy.target.* of the FlowFile say"),
    PROPERTIES("Properties", "The cluster that the properties of this service name");

    private final String displayName;
    private final String description;

    RedshiftCluster(final String displayName, final String description) {
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
