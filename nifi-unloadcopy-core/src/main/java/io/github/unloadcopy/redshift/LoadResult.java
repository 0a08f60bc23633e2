package io.github.unloadcopy.redshift;

/**
 * What a load did.
 *
 * @param rows rows that this load put into the table, now or in an earlier try
 * @param alreadyLoaded whether an earlier try had committed them
 * @param queryId id of the COPY on the cluster, as text; null when no COPY ran
 */
public record LoadResult(long rows, boolean alreadyLoaded, String queryId) {
}
