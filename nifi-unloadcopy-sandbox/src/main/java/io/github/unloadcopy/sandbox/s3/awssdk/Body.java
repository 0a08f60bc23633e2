package io.github.unloadcopy.sandbox.s3.awssdk;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.crypto.SecretKey;

/**
 * An object's content as it rests.
 *
 * @param segments one, or one for each part
 * @param eTag without quotes: the MD5 of the content, that of the parts' with their number, or anything under a KMS key
 * @param checksum null when none came with it
 */
record Body(List<Segment> segments, String eTag, Sealing sealing, Checksum checksum) {

    Body {
        segments = List.copyOf(segments);
    }

    /** Bytes, encrypted or not. */
    long size() {
        return segments.stream().mapToLong(Segment::length).sum();
    }

    /** Decrypts from a byte to the end. */
    InputStream open(final SecretKey key, final long from) {
        final List<InputStream> streams = new ArrayList<>();
        long start = 0;
        for (final Segment segment : segments) {
            final long end = start + segment.length();
            if (from < end) {
                streams.add(segment.open(key, Math.max(0, from - start)));
            }

            start = end;
        }

        return streams.isEmpty() ? new ByteArrayInputStream(new byte[0]) : new SequenceInputStream(Collections.enumeration(streams));
    }
}
