package io.github.unloadcopy.kms;

/** KMS could not do what was asked. The message names the operation, the error code, the key if known and what to mend, and nothing secret. */
public class KmsSecretException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String errorCode;

    public KmsSecretException(final String message, final String errorCode, final Throwable cause) {
        super(message, cause);
        this.errorCode = errorCode;
    }

    /** Error code of KMS, such as AccessDeniedException; a word of our own when the request never got an answer. */
    public String errorCode() {
        return errorCode;
    }
}
