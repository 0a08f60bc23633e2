package io.github.unloadcopy.services;

import com.fasterxml.jackson.annotation.JsonIgnore;

import java.time.Instant;

/**
 * What is remembered of the last run of a key.
 *
 * @param run UUID of the run
 * @param started as an ISO-8601 instant
 */
record LastRun(String run, String started) {

    @JsonIgnore
    Instant start() {
        return Instant.parse(started);
    }

    /** The one of two runs that started later; the first may be null. Runs that are started side by side do not end in the order of their starts. */
    static LastRun later(final LastRun first, final LastRun second) {
        return first == null || !first.start().isAfter(second.start()) ? second : first;
    }
}
