package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.files.SecretFile;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder that keeps a sandbox's data between its starts, for one sandbox at a time.
 */
final class DataFolder implements AutoCloseable {

    private static final String LOCK = "sandbox.lock";

    private final Path path;
    private final FileChannel lock;

    private DataFolder(final Path path, final FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * @throws IOException when another sandbox uses the folder, or when something else is in it
     */
    static DataFolder open(final Path path) throws IOException {
        final Path absolute = path.toAbsolutePath().normalize();
        requireOwn(absolute);
        SecretFile.folder(absolute);
        final FileChannel channel = FileChannel.open(absolute.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            final FileLock taken = channel.tryLock();
            if (taken != null) {
                return new DataFolder(absolute, channel);
            }
        } catch (final OverlappingFileLockException e) {
            channel.close();
            throw new IOException(inUse(absolute), e);
        }

        channel.close();
        throw new IOException(inUse(absolute));
    }

    private static String inUse(final Path path) {
        return "Another sandbox uses the data folder " + path + ": stop it, or name another folder.";
    }

    private static void requireOwn(final Path path) throws IOException {
        if (!Files.isDirectory(path) || Files.exists(path.resolve(LOCK))) {
            return;
        }

        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            if (entries.iterator().hasNext()) {
                throw new IOException("The data folder " + path + " holds something that is not a sandbox's: name one that is empty or does not exist.");
            }
        }
    }

    Path path() {
        return path;
    }

    /** Lets others use the folder. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
