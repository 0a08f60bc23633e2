package io.github.unloadcopy.processors;

/**
 * A table is not begun, because another table of its run failed and the run was to stop then.
 */
class RunStoppedException extends Exception {

    private static final long serialVersionUID = 1L;

    RunStoppedException(final String message) {
        super(message);
    }
}
