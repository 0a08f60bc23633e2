package io.github.unloadcopy.systemtests;

/** Who is told how far things are. */
public interface Narrator {
    /** What can be done in a step. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws Exception;
    }

    /** Runs one step: tells its name before, and its time afterwards. */
    <T> T step(String name, Work<T> work) throws Exception;

    /** Tells how far the running step is. */
    void progress(String text);

    /** Tells something that stands by itself. */
    void say(String text);
}
