package io.github.unloadcopy.redshift;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * One attempt at a piece of work, such as the unload of one table in one run. An UNLOAD or COPY may go on after its client has gone, so that two attempts at the same work may overlap: each has a
 * folder of its own to write to, and a label of its own on the cluster, by which a later attempt finds its statements.
 *
 * @param work what all attempts at the same work have in common, and no others
 * @param id what tells this attempt from others: 8 hexadecimal digits
 * @param description for people who read the cluster's query history, such as the run and the table
 */
record Attempt(String work, String id, String description) {
    /** SYS_QUERY_HISTORY keeps 320 bytes of a label (Database Developer Guide, "SYS_QUERY_HISTORY"). */
    private static final int LONGEST_LABEL = 320;
    private static final int WORK_HASH_BYTES = 16;
    private static final int ID_LENGTH = 8;

    /**
     * A new attempt.
     *
     * @param work what all attempts at the same work have in common, and no others
     * @param description for people who read the cluster's query history
     */
    static Attempt next(final String work, final String description) {
        return new Attempt(work, UUID.randomUUID().toString().substring(0, ID_LENGTH), description);
    }

    /** Name of the folder of this attempt, with a slash at the end. */
    String folder() {
        return "attempt-" + id + "/";
    }

    /** The {@code query_group} of this attempt's statements: printable ASCII, at most 320 characters. */
    String label() {
        final String label = labels(work) + id + ":" + description.replaceAll("[^\\x21-\\x26\\x28-\\x5B\\x5D-\\x7E]", "_");
        return label.length() > LONGEST_LABEL ? label.substring(0, LONGEST_LABEL) : label;
    }

    /** What the labels of all attempts at the same work begin with. It holds none of the characters that LIKE treats specially. */
    static String labels(final String work) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(work.getBytes(StandardCharsets.UTF_8));
            return "unloadcopy:" + HexFormat.of().formatHex(digest, 0, WORK_HASH_BYTES) + ":";
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
