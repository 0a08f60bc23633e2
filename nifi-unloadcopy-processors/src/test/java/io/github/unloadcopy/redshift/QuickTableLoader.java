package io.github.unloadcopy.redshift;

import java.time.Duration;

/** A loader that hardly waits before it tries again. */
public final class QuickTableLoader {

    private QuickTableLoader() {
    }

    public static TableLoader create() {
        return new TableLoader(Duration.ofMillis(1));
    }
}
