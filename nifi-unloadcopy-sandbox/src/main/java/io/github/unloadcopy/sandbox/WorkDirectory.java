package io.github.unloadcopy.sandbox;

import io.github.unloadcopy.sandbox.files.SecretFile;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that a sandbox fills while it runs and empties when it stops; the folder itself goes too if the sandbox made it.
 */
final class WorkDirectory implements AutoCloseable {

    private final Path path;
    private final boolean made;

    private WorkDirectory(final Path path, final boolean made) {
        this.path = path;
        this.made = made;
    }

    /**
     * @throws IOException when the folder holds something, since the sandbox deletes what is in it, or cannot be made
     */
    static WorkDirectory open(final Path path) throws IOException {
        final Path absolute = path.toAbsolutePath();
        if (SecretFile.createFolder(absolute)) {
            return new WorkDirectory(absolute, true);
        }

        try (DirectoryStream<Path> entries = Files.newDirectoryStream(absolute)) {
            if (entries.iterator().hasNext()) {
                throw new IOException("The work folder " + absolute + " is not empty, and the sandbox deletes what is in it when it stops: name one that is empty or does not exist.");
            }
        }

        return new WorkDirectory(SecretFile.folder(absolute), false);
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        final List<Path> doomed;
        try (Stream<Path> files = Files.walk(path)) {
            doomed = files.filter(file -> made || !file.equals(path)).sorted(Comparator.reverseOrder()).toList();
        } catch (final NoSuchFileException e) {
            return;
        }

        for (final Path file : doomed) {
            Files.deleteIfExists(file);
        }
    }
}
