package io.github.unloadcopy.systemtests;

import java.io.PrintStream;
import java.util.Locale;

/** Tells on a terminal, or in a log: one line for each step, and how far the step is once a second on a terminal, every five seconds elsewhere. */
final class ConsoleNarrator implements Narrator {
    private static final int NAME_WIDTH = 62;
    private static final long TERMINAL_INTERVAL = 1_000_000_000L;
    private static final long LOG_INTERVAL = 5_000_000_000L;
    private static final String CLEAR_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final boolean terminal;
    private String step;
    private long stepStart;
    private long lastProgress;

    /**
     * @param out where to
     * @param terminal whether a line can be written over
     */
    ConsoleNarrator(final PrintStream out, final boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public <T> T step(final String name, final Work<T> work) throws Exception {
        step = name;
        stepStart = System.nanoTime();
        lastProgress = stepStart;

        if (terminal) {
            out.print("  " + name + " …");
            out.flush();
        }

        try {
            final T result = work.run();
            finish(String.format(Locale.ROOT, "%6.1f s", seconds()));
            return result;
        } catch (final Exception exception) {
            finish("failed");
            throw exception;
        }
    }

    @Override
    public void progress(final String text) {
        final long now = System.nanoTime();

        if (now - lastProgress >= (terminal ? TERMINAL_INTERVAL : LOG_INTERVAL)) {
            lastProgress = now;
            final String line = String.format(Locale.ROOT, "%s: %s (%.0f s)", step, text, seconds());
            out.print(terminal ? CLEAR_LINE + "  " + line : "    " + line + System.lineSeparator());
            out.flush();
        }
    }

    @Override
    public void say(final String text) {
        clear();
        out.println("    " + text.replace("\n", System.lineSeparator() + "    "));
    }

    private void finish(final String outcome) {
        clear();
        out.println("  " + name() + outcome);
        step = null;
    }

    private String name() {
        return step + " " + ".".repeat(Math.max(3, NAME_WIDTH - step.length())) + " ";
    }

    private double seconds() {
        return (System.nanoTime() - stepStart) / 1e9;
    }

    private void clear() {
        if (terminal) {
            out.print(CLEAR_LINE);
        }
    }
}
