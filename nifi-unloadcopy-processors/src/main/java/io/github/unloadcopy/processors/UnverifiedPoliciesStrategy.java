package io.github.unloadcopy.processors;

import io.github.unloadcopy.redshift.UnverifiedPolicies;
import org.apache.nifi.components.DescribedValue;

/**
 * What becomes of a table that is to be replaced by a user who cannot see all policies on it.
 */
public enum UnverifiedPoliciesStrategy implements DescribedValue {

    FAIL(UnverifiedPolicies.FAIL, "Fail", "The table is not replaced, and nothing is unloaded"),
    IGNORE(UnverifiedPolicies.IGNORE, "Ignore", "The table is replaced. A masking policy that is attached to it would be lost: choose it only where no masking policies are used");

    private final UnverifiedPolicies policies;
    private final String displayName;
    private final String description;

    UnverifiedPoliciesStrategy(final UnverifiedPolicies policies, final String displayName, final String description) {
        this.policies = policies;
        this.displayName = displayName;
        this.description = description;
    }

    UnverifiedPolicies policies() {
        return policies;
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
