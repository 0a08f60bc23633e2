package io.github.unloadcopy.sandbox.cloud;

/**
 * One object of a listing.
 *
 * @param key the whole key
 * @param size bytes as stored
 */
public record ObjectSummary(String key, long size) {
}
