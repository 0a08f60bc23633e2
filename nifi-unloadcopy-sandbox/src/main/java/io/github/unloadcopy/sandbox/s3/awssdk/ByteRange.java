package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes of an object that a request asks for.
 *
 * @param first the first byte
 * @param length how many, 0 or more
 * @param whole whether that is the whole object because no range was asked for
 */
record ByteRange(long first, long length, boolean whole) {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");
    private static final int NOT_SATISFIABLE = 416;

    /**
     * @param header such as {@code bytes=0-9}, null for all; what is no single range asks for all as well
     * @param size bytes that there are
     */
    static ByteRange of(final String header, final long size) {
        final Matcher range = RANGE.matcher(header == null ? "" : header);
        if (!range.matches() || range.group(1).isEmpty() && range.group(2).isEmpty()) {
            return new ByteRange(0, size, true);
        }

        final boolean isTail = range.group(1).isEmpty();
        final long first = isTail ? Math.max(0, size - Long.parseLong(range.group(2))) : Long.parseLong(range.group(1));
        final long last = isTail || range.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(range.group(2)));
        if (first >= size || last < first) {
            throw Refusals.toS3(new CloudException("InvalidRange", NOT_SATISFIABLE, "The requested range is not satisfiable"));
        }

        return new ByteRange(first, last - first + 1, false);
    }

    /** The header that tells which bytes of how many are sent; null for a whole object. */
    String contentRange(final long size) {
        return whole ? null : "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }
}
