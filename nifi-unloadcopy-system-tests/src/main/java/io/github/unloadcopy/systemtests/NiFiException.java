package io.github.unloadcopy.systemtests;

import java.io.IOException;

/** NiFi refused a request, or did not do in time what it was asked. The message says what was asked and what NiFi answered. */
public final class NiFiException extends IOException {
    private static final long serialVersionUID = 1L;

    NiFiException(final String message) {
        super(message);
    }

    NiFiException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
