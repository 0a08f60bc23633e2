package io.github.unloadcopy.sandbox.redshift.wire;

import java.io.IOException;

/**
 * What a peer sent is not the protocol: its connection ends.
 */
final class ProtocolException extends IOException {

    private static final long serialVersionUID = 1L;

    ProtocolException(final String message) {
        super(message);
    }
}
