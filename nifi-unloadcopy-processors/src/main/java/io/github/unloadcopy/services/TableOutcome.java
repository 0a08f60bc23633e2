package io.github.unloadcopy.services;

/**
 * How a table of a run ended.
 */
public enum TableOutcome {

    /** Loaded, and the staged data deleted or kept as the configuration says. */
    SUCCEEDED,

    /** A step failed, after whatever retries NiFi was told to make. */
    FAILED,

    /** Another table failed first, and the run was to stop then. */
    NOT_BEGUN
}
