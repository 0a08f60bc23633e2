package io.github.unloadcopy.services;

/**
 * A run that started less than the minimum interval ago, whether it has ended or not.
 *
 * @param id UUID of the run
 * @param started when it started, as an ISO-8601 instant
 */
public record RecentRun(String id, String started) implements PriorRun {
}
