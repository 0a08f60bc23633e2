package io.github.unloadcopy.sandbox;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ResourcesTest {

    private final List<String> stopped = new ArrayList<>();
    private final Resources resources = new Resources();

    @Test
    void lastStartedIsStoppedFirstAndOnce() throws IOException {
        resources.add(() -> stopped.add("first"));
        resources.add(() -> stopped.add("second"));
        resources.close();
        resources.close();

        assertEquals(List.of("second", "first"), stopped);
    }

    @Test
    void oneThatFailsKeepsNoOtherRunning() throws IOException {
        resources.add(() -> stopped.add("first"));
        resources.add(() -> {
            throw new IllegalStateException("stuck");
        });
        resources.add(() -> {
            throw new IOException("stuck as well");
        });

        final IOException failure = assertThrows(IOException.class, resources::close);
        assertEquals("The sandbox did not stop cleanly: stuck as well", failure.getMessage());
        assertEquals("stuck", failure.getSuppressed()[0].getMessage());
        assertEquals(List.of("first"), stopped);
    }

    @Test
    void latecomerIsStoppedAtOnce() throws IOException {
        resources.close();

        assertThrows(IOException.class, () -> resources.add(() -> stopped.add("late")));
        assertEquals(List.of("late"), stopped);
    }
}
