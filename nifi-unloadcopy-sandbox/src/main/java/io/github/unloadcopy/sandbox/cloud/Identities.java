package io.github.unloadcopy.sandbox.cloud;

import java.util.List;

/**
 * Turns what a statement's authorization names into the principal that it acts as.
 */
public interface Identities {

    /**
     * Assumes a chain of roles, the cluster's own first, and acts as the last.
     *
     * @throws CloudException AccessDenied when a role does not exist or may not be assumed
     */
    Principal assumeRoles(List<String> roleArns);

    /**
     * Checks an access key.
     *
     * @param sessionToken null for a key that does not expire
     * @throws CloudException InvalidAccessKeyId, SignatureDoesNotMatch, InvalidToken or ExpiredToken
     */
    Principal accessKey(String accessKeyId, String secretAccessKey, String sessionToken);
}
