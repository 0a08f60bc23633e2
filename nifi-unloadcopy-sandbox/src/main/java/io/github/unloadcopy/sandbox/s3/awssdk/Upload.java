package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An object that comes in parts, and is none before it is completed.
 *
 * @param checksumAlgorithm null when none was named at its beginning
 * @param checksumType null when none was named at its beginning
 */
record Upload(String id, String key, Instant initiated, Headers headers, Sealing sealing, ChecksumAlgorithm checksumAlgorithm, ChecksumType checksumType, SortedMap<Integer, Part> parts) {

    Upload(final String id, final String key, final Instant initiated, final Headers headers, final Sealing sealing, final ChecksumAlgorithm checksumAlgorithm, final ChecksumType checksumType) {
        this(id, key, initiated, headers, sealing, checksumAlgorithm, checksumType, new TreeMap<>());
    }

    /** Takes a part, in the place of an earlier one of that number. */
    void put(final int number, final Part part) {
        synchronized (parts) {
            parts.put(number, part);
        }
    }

    /** The parts now. */
    SortedMap<Integer, Part> partsNow() {
        synchronized (parts) {
            return new TreeMap<>(parts);
        }
    }

    /**
     * One part.
     *
     * @param eTag without quotes
     * @param checksum null when none came with it
     */
    record Part(Segment segment, String eTag, Checksum checksum, Instant modified) {
    }
}
