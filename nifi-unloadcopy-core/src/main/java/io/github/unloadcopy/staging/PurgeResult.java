package io.github.unloadcopy.staging;

import java.util.List;

/**
 * What a purge deleted.
 *
 * @param objects number of objects (versions included)
 * @param bytes their size
 * @param uploads number of unfinished uploads that were aborted; what their parts held is not in bytes
 * @param notes what could not be looked at, as sentences that say what to mend
 */
public record PurgeResult(long objects, long bytes, long uploads, List<String> notes) {
    public PurgeResult {
        notes = List.copyOf(notes);
    }
}
