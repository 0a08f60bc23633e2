package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;

import java.nio.file.Path;

/**
 * How the sandbox is to start.
 *
 * @param workDirectory absent or empty; what is in it goes when the sandbox stops
 * @param dataDirectory what outlives the sandbox, and what it goes on with; null to keep nothing
 * @param cacheDirectory what every start can use: PostgreSQL, unpacked; it stays
 * @param region of KMS, of the clusters, and of buckets that are created without one
 * @param s3Port 0 for a free one, as all ports
 * @param slices how many files an UNLOAD in parallel writes at least
 * @param clientSideEncryptionRetired whether UNLOAD and COPY refuse MASTER_SYMMETRIC_KEY, as real clusters do after April 30, 2026
 * @param statementsOutliveClients whether an UNLOAD or COPY goes on when its client disconnects; see {@link io.github.unloadcopy.sandbox.redshift.wire.WireServer#setStatementsOutliveClients}
 * @param extraFloatDigits whether float columns of tables obey extra_float_digits; see {@link io.github.unloadcopy.sandbox.redshift.RedshiftCluster#setExtraFloatDigits}
 * @param showDiscovery whether the driver asks SHOW for metadata; see {@link io.github.unloadcopy.sandbox.redshift.wire.WireServer#setShowDiscovery}
 * @param isolation of the clusters' databases, but for those that are created with another
 */
public record SandboxOptions(Path workDirectory, Path dataDirectory, Path cacheDirectory, String region, int s3Port, int kmsPort, int controlPort, int sourcePort, int targetPort, int slices,
        boolean clientSideEncryptionRetired, boolean statementsOutliveClients, boolean extraFloatDigits, boolean showDiscovery, IsolationLevel isolation) {

    public static final String DEFAULT_REGION = "us-east-1";
    public static final int DEFAULT_SLICES = 2;

    private static final int LARGEST_PORT = 65_535;
    private static final int MOST_SLICES = 64;

    public SandboxOptions {
        requireRange("The S3 port", s3Port, 0, LARGEST_PORT);
        requireRange("The KMS port", kmsPort, 0, LARGEST_PORT);
        requireRange("The port of the control", controlPort, 0, LARGEST_PORT);
        requireRange("The port of the source cluster", sourcePort, 0, LARGEST_PORT);
        requireRange("The port of the target cluster", targetPort, 0, LARGEST_PORT);
        requireRange("The number of slices", slices, 1, MOST_SLICES);
    }

    private static void requireRange(final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value + ".");
        }
    }
}
