package io.github.unloadcopy.services;

/**
 * A run with tables that have not ended.
 *
 * @param id UUID of the run
 * @param started when it started, as an ISO-8601 instant
 * @param tables the number of its tables
 * @param ended how many of them have ended
 */
public record GoingRun(String id, String started, int tables, int ended) implements PriorRun {
}
