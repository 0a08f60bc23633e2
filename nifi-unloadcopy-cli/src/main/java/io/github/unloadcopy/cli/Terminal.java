package io.github.unloadcopy.cli;

import java.io.IOException;

/** Where a person sits. */
@FunctionalInterface
interface Terminal {
    /**
     * Asks for a line and shows nothing of it.
     *
     * @param prompt what to ask
     * @return the line without its end, UTF-8; null when there is none. The caller wipes it
     * @throws IOException when the terminal cannot be used
     * @throws CliException when what was typed cannot be understood
     */
    byte[] readHidden(String prompt) throws IOException, CliException;
}
