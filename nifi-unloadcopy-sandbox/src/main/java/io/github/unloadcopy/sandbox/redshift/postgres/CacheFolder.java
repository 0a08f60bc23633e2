package io.github.unloadcopy.sandbox.redshift.postgres;

import io.github.unloadcopy.sandbox.files.SecretFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of what every start can use: programs among it, which may be run only if no other user could have put them there. It is 0700 from its creation on, so that who could write into
 * it is its owner; what is in it belongs to its owner as well.
 */
final class CacheFolder {

    private static final Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);
    private static final int STICKY = 01000;

    private CacheFolder() {
    }

    /**
     * Makes the folder, or checks the one that is there.
     *
     * @throws IOException when another user of this machine owns it or something in it, could have written into it, or can put another one in its place; the message says what to do
     */
    static Path open(final Path folder) throws IOException {
        final Path absolute = folder.toAbsolutePath().normalize();
        SecretFile.createFolder(absolute);
        final PosixFileAttributes attributes = attributes(absolute);
        final UserPrincipal user = user();
        if (!attributes.isDirectory()) {
            throw refusal(absolute, "it is not a folder");
        }

        if (!attributes.owner().equals(user)) {
            throw refusal(absolute, "it belongs to " + attributes.owner().getName());
        }

        if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
            throw refusal(absolute, "it has been open to other users of this machine, who may have changed what is in it");
        }

        checkParents(absolute, user);
        checkContent(absolute, user);
        return absolute;
    }

    /** Who may rename a folder on the way could put another in its place. */
    private static void checkParents(final Path folder, final UserPrincipal user) throws IOException {
        for (Path parent = folder.toRealPath().getParent(); parent != null; parent = parent.getParent()) {
            final boolean open = attributes(parent).permissions().contains(PosixFilePermission.OTHERS_WRITE);
            if (open && ((int) Files.getAttribute(parent, "unix:mode") & STICKY) == 0) {
                throw refusal(folder, "every user of this machine may write into " + parent);
            }
        }
    }

    private static void checkContent(final Path folder, final UserPrincipal user) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (final Iterator<Path> files = walk.iterator(); files.hasNext();) {
                final Path file = files.next();
                if (!ownedBy(file, user)) {
                    throw refusal(folder, file + " belongs to another user");
                }
            }
        }
    }

    /** What another start has finished with meanwhile is no matter. */
    private static boolean ownedBy(final Path file, final UserPrincipal user) throws IOException {
        try {
            return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(user);
        } catch (final NoSuchFileException e) {
            return true;
        }
    }

    /** Who this process is: the owner of what it makes. */
    private static UserPrincipal user() throws IOException {
        final Path made = Files.createTempFile("owner", null);
        try {
            return Files.getOwner(made);
        } finally {
            Files.delete(made);
        }
    }

    private static PosixFileAttributes attributes(final Path file) throws IOException {
        return Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static IOException refusal(final Path folder, final String reason) {
        return new IOException("The cache folder " + folder + " cannot be trusted with the programs that the sandbox runs: " + reason + ". Delete it, or name another with --cache;"
                + " the sandbox makes it anew, for you alone.");
    }
}
