package io.github.unloadcopy.systemtests;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What became of one run of the flow.
 *
 * @param done attributes of the FlowFiles of tables that were moved
 * @param failed attributes of those that were not, or of the one whose configuration could not be used
 * @param summary the run's summary; missing when the configuration could not be used
 */
record FlowRun(List<Map<String, String>> done, List<Map<String, String>> failed, JsonNode summary) {
    FlowRun {
        done = List.copyOf(done);
        failed = List.copyOf(failed);
    }

    /** Makes sure that all tables were moved. */
    FlowRun succeeded(final int tables) {
        assertEquals(List.of(), messages());
        assertEquals(tables, done.size(), "tables done");
        assertEquals(List.of(tables, tables), List.of(summary.path("tableCount").asInt(), summary.path("succeeded").asInt()), summary::toString);
        return this;
    }

    /** Makes sure that one table, or the configuration, failed, and nothing was done. */
    Map<String, String> failedOnce() {
        assertEquals(List.of(0, 1), List.of(done.size(), failed.size()), () -> "done and failed: " + messages());
        return failed.getFirst();
    }

    /** An attribute of the only table that is done. */
    String attribute(final String name) {
        assertEquals(1, done.size(), "tables done");
        return done.getFirst().get(name);
    }

    private List<String> messages() {
        final List<String> messages = new ArrayList<>();
        failed.forEach(flowFile -> messages.add("%s in %s: %s".formatted(flowFile.get("unloadcopy.error.reason"), flowFile.get("unloadcopy.error.component"),
                flowFile.get("unloadcopy.error.message"))));
        return messages;
    }
}
