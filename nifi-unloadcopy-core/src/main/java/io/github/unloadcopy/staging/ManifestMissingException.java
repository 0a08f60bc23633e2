package io.github.unloadcopy.staging;

/** There is no manifest at the place where one was looked for. */
public class ManifestMissingException extends StagingException {
    private static final long serialVersionUID = 1L;

    public ManifestMissingException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
