package io.github.unloadcopy.sandbox.redshift.postgres;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;

/**
 * A database cluster as initdb makes it, kept for the next one: a copy takes a fraction of the time.
 */
final class NewDatabases {

    private static final Logger LOG = LoggerFactory.getLogger(NewDatabases.class);
    /** EmbeddedPostgres's own. */
    private static final String LOCK_FILE = "epg-lock";

    private final Path original;

    NewDatabases(final Path cache) throws IOException {
        this.original = cache.resolve("initdb-" + BundledBinaries.version());
    }

    /** Puts a copy into a folder that does not exist yet, if there is something to copy. */
    void copyTo(final Path data) throws IOException {
        if (Files.exists(original)) {
            Files.createDirectories(data.getParent());
            Folders.copy(original, data, Set.of());
        }
    }

    /** Keeps what initdb has just made, unless that was done before. */
    void keep(final Path data) throws IOException {
        if (Files.exists(original)) {
            return;
        }

        final Path copy = original.resolveSibling(original.getFileName() + "." + UUID.randomUUID());
        Folders.copy(data, copy, Set.of(LOCK_FILE));
        try {
            Files.move(copy, original, StandardCopyOption.ATOMIC_MOVE);
        } catch (final FileSystemException e) {
            Folders.delete(copy);
            if (!Files.exists(original)) {
                throw e;
            }

            LOG.debug("Somebody else was faster: {}", e.toString());
        }
    }
}
