package io.github.unloadcopy.sandbox;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WorkDirectoryTest {

    @TempDir
    private Path folder;

    @Test
    void folderThatTheSandboxMadeGoes() throws IOException {
        final Path path = folder.resolve("new/work");
        final WorkDirectory work = WorkDirectory.open(path);
        Files.createDirectories(work.path().resolve("source/data"));
        Files.writeString(work.path().resolve("source/data/file"), "x");
        work.close();

        assertFalse(Files.exists(path));
        work.close();
    }

    @Test
    void folderThatWasThereStaysEmpty() throws IOException {
        final WorkDirectory work = WorkDirectory.open(folder);
        Files.writeString(work.path().resolve("ca.pem"), "x");
        work.close();

        assertTrue(Files.isDirectory(folder));
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void linkIsDeletedAndNotFollowed() throws IOException {
        final Path precious = Files.writeString(Files.createDirectory(folder.resolve("elsewhere")).resolve("precious"), "mine");
        final WorkDirectory work = WorkDirectory.open(folder.resolve("work"));
        Files.createSymbolicLink(work.path().resolve("link"), precious.getParent());
        work.close();

        assertEquals("mine", Files.readString(precious));
    }

    @Test
    void folderInUseIsRefused() throws IOException {
        Files.writeString(folder.resolve("precious"), "mine");

        final IOException failure = assertThrows(IOException.class, () -> WorkDirectory.open(folder));
        assertTrue(failure.getMessage().contains("is not empty"), failure::getMessage);
        assertTrue(Files.exists(folder.resolve("precious")));
    }
}
