package io.github.unloadcopy.sandbox.client;

/**
 * Credentials that expire.
 *
 * @param expiration as in ISO 8601
 */
public record SessionCredentials(String accessKeyId, String secretAccessKey, String sessionToken, String expiration) {

    /** Names the key without its secrets. */
    @Override
    public String toString() {
        return "SessionCredentials[" + accessKeyId + " until " + expiration + "]";
    }
}
