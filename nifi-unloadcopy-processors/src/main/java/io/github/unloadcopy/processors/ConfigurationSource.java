package io.github.unloadcopy.processors;

import org.apache.nifi.components.DescribedValue;

/**
 * Where the configuration is read from.
 */
public enum ConfigurationSource implements DescribedValue {

    LOCATION("Location", "A file on the NiFi node, or an object in S3"),
    CONTENT("FlowFile Content", "The content of the incoming FlowFile");

    private final String displayName;
    private final String description;

    ConfigurationSource(final String displayName, final String description) {
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
