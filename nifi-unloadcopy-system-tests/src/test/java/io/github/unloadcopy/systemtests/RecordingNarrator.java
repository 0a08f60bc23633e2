package io.github.unloadcopy.systemtests;

import java.util.ArrayList;
import java.util.List;

/** Keeps what is said, so that a failing test shows it. */
final class RecordingNarrator implements Narrator {
    private final List<String> said = new ArrayList<>();

    @Override
    public <T> T step(final String name, final Work<T> work) throws Exception {
        said.add(name);
        return work.run();
    }

    @Override
    public void progress(final String text) {
        // Changes from run to run; a step's outcome tells more.
    }

    @Override
    public void say(final String text) {
        said.add("    " + text);
    }

    String text() {
        return String.join("\n", said);
    }
}
