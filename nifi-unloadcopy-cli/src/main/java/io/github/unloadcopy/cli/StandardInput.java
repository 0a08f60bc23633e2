package io.github.unloadcopy.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Standard input, and the terminal behind it where there is one.
 *
 * @param stream what is piped in
 * @param terminal where a person sits; empty when standard input is a pipe or a file
 */
record StandardInput(InputStream stream, Optional<Terminal> terminal) {
    /** That of this process. */
    static StandardInput ofProcess() {
        final Console console = System.console();

        if (console != null) {
            return new StandardInput(System.in, Optional.of(new ConsoleTerminal(console)));
        }

        return new StandardInput(System.in, isTerminal() ? Optional.of(new DeviceTerminal()) : Optional.empty());
    }

    /** The JDK only tells when standard output is a terminal as well; test(1) looks at standard input alone. */
    private static boolean isTerminal() {
        try {
            return new ProcessBuilder("test", "-t", "0").redirectInput(ProcessBuilder.Redirect.INHERIT).start().waitFor() == 0;
        } catch (final IOException e) {
            // No such program, so no Unix: reading goes on as from a pipe.
            return false;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
