package io.github.unloadcopy.sandbox.cloud;

/**
 * Who asks: a role, a user or the account's root.
 *
 * @param arn the ARN that error messages name
 * @param accessKeyId the access key that it asks with, which may end while it does; null for roles that clusters assume, whose credentials a cluster renews
 */
public record Principal(String arn, String accessKeyId) {

    /** One whose credentials do not end. */
    public Principal(final String arn) {
        this(arn, null);
    }
}
