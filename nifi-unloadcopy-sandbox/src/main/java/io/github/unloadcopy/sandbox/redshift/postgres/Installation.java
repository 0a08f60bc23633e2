package io.github.unloadcopy.sandbox.redshift.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a kept cluster is complete, and which version of the sandbox made it.
 */
public final class Installation {

    private final Storage storage;
    private final Path marker;
    private final String version;

    public Installation(final Storage storage) throws IOException {
        this.storage = storage;
        this.marker = storage.folder().resolve("version");
        this.version = BundledBinaries.version() + " " + SystemCatalog.version();
    }

    /**
     * Whether there is nothing to go on with; what was left half done is deleted.
     *
     * @throws IOException when another version made what is there
     */
    public boolean isMissing() throws IOException {
        if (!Files.exists(marker)) {
            Folders.delete(storage.data());
            return true;
        }

        if (!Files.readString(marker).equals(version)) {
            throw new IOException("The data in " + storage.folder() + " was made by another version of the sandbox: use that version, or a new folder.");
        }

        return false;
    }

    /** Notes that all is in place. */
    public void finished() throws IOException {
        if (storage.kept()) {
            Files.writeString(marker, version);
        }
    }
}
