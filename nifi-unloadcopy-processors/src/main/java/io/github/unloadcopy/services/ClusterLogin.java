package io.github.unloadcopy.services;

/**
 * A cluster and who logs in to it. The password is there as ciphertext only.
 *
 * @param endpoint host name
 * @param port 1 to 65535
 * @param passwordCiphertext KMS CiphertextBlob in base64
 */
record ClusterLogin(String endpoint, int port, String database, String user, String passwordCiphertext) {

    /** What messages say: where, and as whom. */
    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(user, endpoint, port, database);
    }
}
