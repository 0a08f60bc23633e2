package io.github.unloadcopy.systemtests;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** Folders below target/ that are written anew each time. */
final class Folders {
    private Folders() {
    }

    /** Deletes a folder with all that is in it, if it is there. Symbolic links are deleted and not followed. */
    static void delete(final Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }

        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(final Path directory, final IOException exception) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
