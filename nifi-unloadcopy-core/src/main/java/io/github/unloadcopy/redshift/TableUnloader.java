package io.github.unloadcopy.redshift;

import io.github.unloadcopy.staging.ManifestReader;
import io.github.unloadcopy.staging.StagingException;


/** Unloads one table and checks what was written. */
public final class TableUnloader {
    private final ManifestReader manifests;

    public TableUnloader(final ManifestReader manifests) {
        this.manifests = manifests;
    }

    public UnloadResult unload(final ConnectionSource connections, final UnloadRequest request) throws RedshiftException, StagingException {
        throw new UnsupportedOperationException(manifests.toString());
    }
}
