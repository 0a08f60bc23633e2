package io.github.unloadcopy.redshift;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NullMarkerTest {
    @Property
    void isPlainStableAndDifferentInEveryRun(@ForAll final String runId, @ForAll final String otherRunId) {
        final String marker = NullMarker.forRun(runId);

        assertTrue(marker.matches("NULL_[0-9a-f]{32}"), marker);
        assertEquals(marker, NullMarker.requireSafe(marker));
        assertEquals(runId.equals(otherRunId), marker.equals(NullMarker.forRun(otherRunId)));
    }
}
