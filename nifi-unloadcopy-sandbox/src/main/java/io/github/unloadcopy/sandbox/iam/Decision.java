package io.github.unloadcopy.sandbox.iam;

/**
 * What policies say to one request, and how AWS ends its refusal ("Troubleshoot access denied error messages", IAM User Guide).
 */
public enum Decision {

    ALLOWED(""),
    NO_IDENTITY_POLICY("because no identity-based policy allows the %s action"),
    NO_RESOURCE_POLICY("because no resource-based policy allows the %s action"),
    DENIED_BY_IDENTITY_POLICY("with an explicit deny in an identity-based policy"),
    DENIED_BY_RESOURCE_POLICY("with an explicit deny in a resource-based policy");

    private final String reason;

    Decision(final String reason) {
        this.reason = reason;
    }

    String reason(final String action) {
        return reason.formatted(action);
    }
}
