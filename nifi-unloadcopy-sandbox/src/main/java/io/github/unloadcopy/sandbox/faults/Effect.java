package io.github.unloadcopy.sandbox.faults;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;

import java.time.Duration;

/**
 * What goes wrong.
 *
 * @param code the service's error code; on Redshift a SQLSTATE, or 1023
 * @param message null for the service's own words
 * @param status HTTP status; null for the one that goes with a code that the sandbox knows
 * @param bytes after how many it happens in the middle of a statement, or how many per second
 * @param rows after how many it happens in the middle of a statement
 * @param milliseconds how long to wait, or after how long to cut
 * @param objects after how many that an UNLOAD has completed it happens
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Effect(Type type, String code, String message, Integer status, Long bytes, Long rows, Long milliseconds, Long objects) {

    public Effect {
        if (type == null) {
            throw new IllegalArgumentException("A fault needs effect.type.");
        }

        requireNotNegative("bytes", bytes);
        requireNotNegative("rows", rows);
        requireNotNegative("milliseconds", milliseconds);
        requireNotNegative("objects", objects);
        type.check(code, bytes, rows == null ? objects : rows, milliseconds);
    }

    public Effect(final Type type, final String code, final String message, final Integer status, final Long bytes, final Long rows, final Long milliseconds) {
        this(type, code, message, status, bytes, rows, milliseconds, null);
    }

    public static Effect error(final String code) {
        return new Effect(Type.ERROR, code, null, null, null, null, null);
    }

    public static Effect latency(final Duration duration) {
        return new Effect(Type.LATENCY, null, null, null, null, null, duration.toMillis());
    }

    public static Effect bandwidth(final long bytesPerSecond) {
        return new Effect(Type.BANDWIDTH, null, null, null, bytesPerSecond, null, null);
    }

    public static Effect cutAfterBytes(final long bytes) {
        return new Effect(Type.CUT, null, null, null, bytes, null, null);
    }

    public static Effect cutAfterRows(final long rows) {
        return new Effect(Type.CUT, null, null, null, null, rows, null);
    }

    public static Effect cutAfterObjects(final long objects) {
        return new Effect(Type.CUT, null, null, null, null, null, null, objects);
    }

    public static Effect cutAfter(final Duration duration) {
        return new Effect(Type.CUT, null, null, null, null, null, duration.toMillis());
    }

    public static Effect drop() {
        return new Effect(Type.DROP, null, null, null, null, null, null);
    }

    public static Effect dropAnswer() {
        return new Effect(Type.DROP_ANSWER, null, null, null, null, null, null);
    }

    public static Effect hang() {
        return new Effect(Type.HANG, null, null, null, null, null, null);
    }

    public static Effect errorInBody(final String code) {
        return new Effect(Type.ERROR_IN_BODY, code, null, null, null, null, null);
    }

    public static Effect keyErrors(final String code) {
        return new Effect(Type.KEY_ERRORS, code, null, null, null, null, null);
    }

    /** The same in the middle of a COPY or UNLOAD, once so many rows are loaded or read. */
    public Effect afterRows(final long count) {
        return new Effect(type, code, message, status, bytes, count, milliseconds, objects);
    }

    /** The same in the middle of a COPY or UNLOAD, once so many bytes are loaded or read. */
    public Effect afterBytes(final long count) {
        return new Effect(type, code, message, status, count, rows, milliseconds, objects);
    }

    /** The same in the middle of an UNLOAD, once so many objects are complete. */
    public Effect afterObjects(final long count) {
        return new Effect(type, code, message, status, bytes, rows, milliseconds, count);
    }

    /** Whether it has no place in the middle of a statement. */
    @JsonIgnore
    public boolean isAtStart() {
        return bytes == null && rows == null && objects == null;
    }

    private static void requireNotNegative(final String name, final Long value) {
        if (value != null && value < 0) {
            throw new IllegalArgumentException("effect." + name + " is 0 or more, not " + value + ".");
        }
    }

    /** The ways of going wrong. */
    public enum Type {
        /** The service refuses and does nothing. */
        ERROR,
        /** Everything is well, later. */
        LATENCY,
        /** S3's answer comes at so many bytes per second. */
        BANDWIDTH,
        /** The connection ends in the middle: of S3's answer, or of a statement. What a cluster is doing then goes on. */
        CUT,
        /** The connection ends before anything was done. */
        DROP,
        /** All is done, and the connection ends before the client hears of it. */
        DROP_ANSWER,
        /** A statement that does not end until it is cancelled, or a connection that gets no answer. */
        HANG,
        /** S3 does nothing and answers with status 200 and an error in its body, as CompleteMultipartUpload and CopyObject may. */
        ERROR_IN_BODY,
        /** Each key of a DeleteObjects is matched by itself, and stays; the answer names it among its errors. */
        KEY_ERRORS;

        /** Whether something can still follow. */
        boolean isLast() {
            return this != LATENCY && this != BANDWIDTH;
        }

        private void check(final String code, final Long bytes, final Long rows, final Long milliseconds) {
            final String missing = switch (this) {
                case ERROR, ERROR_IN_BODY, KEY_ERRORS -> code == null ? "code" : null;
                case LATENCY -> milliseconds == null ? "milliseconds" : null;
                case BANDWIDTH -> bytes == null || bytes == 0 ? "bytes (per second, 1 or more)" : null;
                case CUT -> bytes == null && rows == null && milliseconds == null ? "bytes, rows or milliseconds (or objects, of an UNLOAD)" : null;
                case DROP, DROP_ANSWER, HANG -> null;
            };
            if (missing != null) {
                throw new IllegalArgumentException("effect.type " + this + " needs effect." + missing + ".");
            }
        }
    }
}
