package io.github.unloadcopy.systemtests;

import java.util.Locale;

/** How staged data is encrypted. */
public enum EncryptionMode {
    /** By S3, under a key of KMS. */
    SSE_KMS,
    /** By the cluster, under a data key that KMS generated: the original utility's way. */
    CLIENT_SIDE;

    /** As it is written on the command line: {@code sse-kms}. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As it is written in reports: {@code SSE-KMS}. */
    public String label() {
        return name().replace('_', '-');
    }
}
