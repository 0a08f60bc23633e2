package io.github.unloadcopy.staging;

/**
 * What a purge deleted.
 *
 * @param objects number of objects (versions included)
 * @param bytes their size
 */
public record PurgeResult(long objects, long bytes) {
}
