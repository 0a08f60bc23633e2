package io.github.unloadcopy.processors;

import org.apache.nifi.components.DescribedValue;

/**
 * Whether values are looked for that would not arrive as they are.
 */
public enum ValueCheck implements DescribedValue {

    CHECK("Check", "A query reads the floating-point and SUPER columns before they are unloaded; nothing is unloaded when it finds such values"),
    SKIP("Skip", """
            Nothing is read beforehand. On a cluster that writes fewer digits than its floating-point values need, other values arrive, and nothing tells of it.
            A SUPER value that is too long fails the UNLOAD""");

    private final String displayName;
    private final String description;

    ValueCheck(final String displayName, final String description) {
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
