package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.StagingPrefix;

/**
 * What to unload, and where to.
 *
 * @param selection what to unload
 * @param database database that the connection is for, for messages
 * @param prefix what all attempts write below; each has a folder of its own there
 * @param authorization as whom the cluster writes to S3
 * @param encryption how the files are encrypted
 * @param nullMarker text that stands for NULL
 * @param region Region of the bucket; null when it is the cluster's own
 * @param withDefinition whether the table's definition is read as well, for a target that lacks it
 * @param restricted what to do when policies restrict what the user of the unload sees
 * @param valueCheck whether values are looked for that would not arrive as they are, which reads floating-point and SUPER columns once more
 * @param timeoutSeconds how long each statement of the unload may take; 0 = no limit
 */
public record UnloadRequest(Selection selection, String database, StagingPrefix prefix, Authorization authorization, DataEncryption encryption, String nullMarker,
        String region, boolean withDefinition, RestrictedData restricted, boolean valueCheck, int timeoutSeconds) {
    /** An unload that fails when policies restrict what its user sees, or when values would not arrive as they are. */
    public UnloadRequest(final Selection selection, final String database, final StagingPrefix prefix, final Authorization authorization, final DataEncryption encryption, final String nullMarker,
            final String region, final boolean withDefinition, final int timeoutSeconds) {
        this(selection, database, prefix, authorization, encryption, nullMarker, region, withDefinition, RestrictedData.FAIL, true, timeoutSeconds);
    }
}
