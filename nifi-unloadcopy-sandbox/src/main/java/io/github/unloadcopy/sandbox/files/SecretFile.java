package io.github.unloadcopy.sandbox.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Files and folders that nobody but their owner may read: 0600 and 0700.
 */
public final class SecretFile {

    private static final FileAttribute<Set<PosixFilePermission>> FILE = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private SecretFile() {
    }

    /** Makes a new file, to be written by the caller. */
    public static Path create(final Path folder) throws IOException {
        return Files.createFile(folder.resolve("." + UUID.randomUUID()), FILE);
    }

    /** Gives a file its name, in place of the one that has it; who is killed meanwhile leaves the old one. */
    public static void move(final Path written, final Path file) throws IOException {
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes a file whole. */
    public static void write(final Path file, final byte[] content) throws IOException {
        final Path written = create(file.toAbsolutePath().getParent());
        Files.write(written, content, StandardOpenOption.WRITE);
        move(written, file);
    }

    /** Makes a folder if there is none, for its owner only from its creation on, and keeps others out of one that there is. */
    public static Path folder(final Path folder) throws IOException {
        if (!createFolder(folder)) {
            if (!Files.isDirectory(folder)) {
                throw new IOException(folder + " is a file, where a folder is needed.");
            }

            Files.setPosixFilePermissions(folder, FOLDER);
        }

        return folder;
    }

    /**
     * Makes a folder for its owner only; those above it that are missing are made as usual.
     *
     * @return false when there is something of that name already, which is left as it is
     */
    public static boolean createFolder(final Path folder) throws IOException {
        if (folder.toAbsolutePath().getParent() != null) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
        }

        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(FOLDER));
            return true;
        } catch (final FileAlreadyExistsException e) {
            return false;
        }
    }
}
