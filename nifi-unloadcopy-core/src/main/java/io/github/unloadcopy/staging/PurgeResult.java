package io.github.unloadcopy.staging;

import java.util.List;
import java.util.stream.Stream;

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

    /** What two purges deleted together. */
    public PurgeResult and(final PurgeResult other) {
        return new PurgeResult(objects + other.objects, bytes + other.bytes, uploads + other.uploads, Stream.concat(notes.stream(), other.notes.stream()).distinct().toList());
    }
}
