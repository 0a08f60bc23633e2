package io.github.unloadcopy.services;

/**
 * A run that keeps another run of the same processor and configuration from starting.
 */
public sealed interface PriorRun permits GoingRun, RecentRun {

    /** UUID of the run. */
    String id();

    /** When it started, as an ISO-8601 instant. */
    String started();
}
