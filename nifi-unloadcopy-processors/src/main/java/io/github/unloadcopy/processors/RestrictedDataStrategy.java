package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.RestrictedData;
import org.apache.nifi.components.DescribedValue;

/**
 * What an unload does whose user sees only part of the data.
 */
public enum RestrictedDataStrategy implements DescribedValue {

    FAIL(RestrictedData.FAIL, "Fail", "Nothing is unloaded"),
    UNLOAD_VISIBLE(RestrictedData.UNLOAD_VISIBLE, "Unload Visible Data", "The rows and values that the user sees are unloaded");

    private final RestrictedData restricted;
    private final String displayName;
    private final String description;

    RestrictedDataStrategy(final RestrictedData restricted, final String displayName, final String description) {
        this.restricted = restricted;
        this.displayName = displayName;
        this.description = description;
    }

    RestrictedData restricted() {
        return restricted;
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
