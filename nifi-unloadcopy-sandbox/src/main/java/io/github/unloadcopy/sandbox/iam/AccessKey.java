package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.Principal;

import java.time.Instant;

/**
 * An access key and whose it is.
 *
 * @param sessionToken null for a key that does not expire
 * @param expiration null for a key that does not expire
 */
public record AccessKey(String accessKeyId, String secretAccessKey, String sessionToken, Instant expiration, Principal principal) {

    AccessKey until(final Instant time) {
        return new AccessKey(accessKeyId, secretAccessKey, sessionToken, time, principal);
    }

    /** Names the key without its secrets. */
    @Override
    public String toString() {
        return "AccessKey[" + accessKeyId + " of " + principal.arn() + "]";
    }
}
