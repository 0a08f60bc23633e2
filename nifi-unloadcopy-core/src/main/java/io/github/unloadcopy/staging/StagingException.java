package io.github.unloadcopy.staging;

/** Staged data could not be read or deleted. The message names the place in S3, the error code of AWS and what to mend. */
public class StagingException extends Exception {
    private static final long serialVersionUID = 1L;

    public StagingException(final String message) {
        super(message);
    }

    public StagingException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
