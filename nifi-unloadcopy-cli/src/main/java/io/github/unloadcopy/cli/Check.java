package io.github.unloadcopy.cli;

/**
 * One thing that was looked at.
 *
 * @param name what it was
 * @param outcome how it went
 * @param message what was found, and what to do about it
 */
record Check(String name, Outcome outcome, String message) {
    /** How a check went. */
    enum Outcome {
        OK("ok", "green"), WARNING("warning", "yellow"), FAILED("FAILED", "red"), SKIPPED("skipped", "faint");

        private final String word;
        private final String style;

        Outcome(final String word, final String style) {
            this.word = word;
            this.style = style;
        }

        /** The word in picocli's markup. */
        String markup() {
            return "@|%s %-8s|@".formatted(style, word);
        }
    }
}
