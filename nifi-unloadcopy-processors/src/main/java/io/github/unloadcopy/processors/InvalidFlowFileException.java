package io.github.unloadcopy.processors;

/**
 * A FlowFile does not say what a processor has to know, or says what the processor must not do. The message names the property to mend.
 */
class InvalidFlowFileException extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidFlowFileException(final String message) {
        super(message);
    }

    InvalidFlowFileException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
