package io.github.unloadcopy.sandbox.redshift.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whole folders.
 */
final class Folders {

    private Folders() {
    }

    /** Copies a folder with the permissions in it, save what is named. */
    static void copy(final Path source, final Path target, final Set<String> omitted) throws IOException {
        final List<Path> files;
        try (Stream<Path> walk = Files.walk(source)) {
            files = walk.filter(file -> !omitted.contains(file.getFileName().toString())).toList();
        }

        for (final Path file : files) {
            Files.copy(file, target.resolve(source.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    /** Deletes a folder with all that is in it, if it is there. */
    static void delete(final Path folder) throws IOException {
        final List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (final NoSuchFileException e) {
            return;
        }

        for (final Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
