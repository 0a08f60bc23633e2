package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.files.SecretFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    /** In the copy that is kept alone: a cluster that is made of it gets a password of its own. */
    private static final String PASSWORD_FILE = "initial-password";

    private final Path original;

    NewDatabases(final Path cache) throws IOException {
        this.original = cache.resolve("initdb-" + BundledBinaries.version());
    }

    /**
     * Puts a copy into a folder that does not exist yet, if there is something to copy.
     *
     * @return the password of the copy's superuser, or null when there is no copy
     */
    String copyTo(final Path data) throws IOException {
        if (!Files.exists(original)) {
            return null;
        }

        Folders.copy(original, data, Set.of(PASSWORD_FILE));
        return Files.readString(original.resolve(PASSWORD_FILE));
    }

    /** Keeps what initdb has just made with a password, unless that was done before. */
    void keep(final Path data, final String password) throws IOException {
        if (Files.exists(original)) {
            return;
        }

        final Path copy = original.resolveSibling(original.getFileName() + "." + UUID.randomUUID());
        Folders.copy(data, copy, Set.of(LOCK_FILE));
        SecretFile.write(copy.resolve(PASSWORD_FILE), password.getBytes(StandardCharsets.US_ASCII));
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
