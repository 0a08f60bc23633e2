package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The text that stands for NULL in staged files. A fixed one would turn a value that equals it into NULL; this one is different in every run, and has no character that ESCAPE would
 * change (UNLOAD applies ESCAPE to the null string as well).
 */
public final class NullMarker {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_]{1,100}");
    private static final int HASH_BYTES = 16;

    private NullMarker() {
    }

    /**
     * The marker of a run.
     *
     * @param runId id of the run
     * @return NULL_ and 32 hexadecimal digits; the same for the same run
     */
    public static String forRun(final String runId) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(runId.getBytes(StandardCharsets.UTF_8));
            return "NULL_" + HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Refuses a marker that UNLOAD would write in a way that COPY does not recognize. */
    static String requireSafe(final String marker) {
        if (marker == null || !SAFE.matcher(marker).matches()) {
            throw new IllegalArgumentException("The text for NULL has to be 1 to 100 letters, digits or underscores: UNLOAD would escape anything else and COPY not find it again");
        }

        return marker;
    }
}
