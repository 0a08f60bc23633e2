package io.github.unloadcopy.redshift;

import java.util.List;

/**
 * What a load did.
 *
 * @param rows rows that this load put into the table, now or in an earlier try
 * @param alreadyLoaded whether an earlier try had committed them
 * @param queryId id of the COPY on the cluster, as text; null when no COPY ran
 * @param created whether it made the table, or made a new one in place of the old
 * @param notes what could not be carried over from the source's table, as sentences
 */
public record LoadResult(long rows, boolean alreadyLoaded, String queryId, boolean created, List<String> notes) {
    public LoadResult {
        notes = List.copyOf(notes);
    }
}
