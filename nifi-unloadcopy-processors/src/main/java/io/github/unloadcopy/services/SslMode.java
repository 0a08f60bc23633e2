package io.github.unloadcopy.services;

import org.apache.nifi.components.DescribedValue;

/**
 * How the cluster's certificate is checked. There is no mode without a check: it would hand the password to whoever answers.
 */
public enum SslMode implements DescribedValue {

    VERIFY_FULL("verify-full", "The certificate has to be signed by a trusted authority and name the endpoint"),
    VERIFY_CA("verify-ca", "The certificate has to be signed by a trusted authority; for endpoints behind a tunnel or a custom name");

    private final String parameter;
    private final String description;

    SslMode(final String parameter, final String description) {
        this.parameter = parameter;
        this.description = description;
    }

    /** The value of the driver's sslmode parameter. */
    public String parameter() {
        return parameter;
    }

    @Override
    public String getValue() {
        return name();
    }

    @Override
    public String getDisplayName() {
        return parameter;
    }

    @Override
    public String getDescription() {
        return description;
    }
}
