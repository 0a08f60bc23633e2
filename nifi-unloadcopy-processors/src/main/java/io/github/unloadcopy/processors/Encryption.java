package io.github.unloadcopy.processors;

import org.apache.nifi.components.DescribedValue;

/**
 * How staged data is encrypted. There is no third choice: staged data is always encrypted.
 */
public enum Encryption implements DescribedValue {

    SSE_KMS("SSE-KMS", "S3 encrypts the staged data under the KMS key of the KMS Credentials Service"),
    CLIENT_SIDE("Client-Side Data Key", """
            Redshift encrypts the staged data with a data key of its own for each table, which KMS generates and which is kept only in wrapped form.
            The way of the original Unload/Copy Utility; Amazon closed it to new customers on 2025-04-30 and retired it on 2026-04-30""");

    private final String displayName;
    private final String description;

    Encryption(final String displayName, final String description) {
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
