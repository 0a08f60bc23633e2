package io.github.unloadcopy.sandbox.cloud;

import java.util.Locale;
import java.util.UUID;

/**
 * A refusal in the words of the service that refuses.
 */
public final class CloudException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;
    private final String requestId;

    /**
     * @param code the service's error code, such as NoSuchBucket
     * @param status the HTTP status that goes with it
     */
    public CloudException(final String code, final int status, final String message) {
        super(message);
        this.code = code;
        this.status = status;
        this.requestId = UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public String requestId() {
        return requestId;
    }
}
