package io.github.unloadcopy.cli;

/** The command cannot go on. The message is one line for people: what is wrong and what to do, and nothing secret. */
class CliException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    CliException(final int status, final String message) {
        super(message);
        this.status = status;
    }

    CliException(final int status, final String message, final Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** One of {@link ExitStatus}. */
    int status() {
        return status;
    }
}
