package io.github.unloadcopy.services;

/**
 * The migration runs cannot be read or written. The message says what to mend.
 */
public class MigrationRunException extends Exception {

    private static final long serialVersionUID = 1L;

    public MigrationRunException(final String message) {
        super(message);
    }

    public MigrationRunException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
