package io.github.unloadcopy.sandbox.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads a process's standard error to its end, into a file if there is one, and remembers the last lines.
 */
final class LastLines {

    private static final int REMEMBERED = 40;

    private final Deque<String> lines = new ArrayDeque<>();
    private Thread reader;

    private LastLines() {
    }

    /**
     * @param file null to keep the last lines only
     */
    static LastLines of(final InputStream stream, final Path file) throws IOException {
        final LastLines lastLines = new LastLines();
        final Writer writer = file == null ? Writer.nullWriter() : Files.newBufferedWriter(file);
        lastLines.reader = Thread.ofPlatform().daemon().name("sandbox-stderr").start(() -> lastLines.drain(stream, writer));
        return lastLines;
    }

    synchronized String text() {
        return lines.isEmpty() ? "it logged nothing" : String.join(System.lineSeparator(), lines);
    }

    void awaitEnd(final Duration timeout) throws InterruptedException {
        reader.join(timeout.toMillis());
    }

    private void drain(final InputStream stream, final Writer writer) {
        try (writer; BufferedReader input = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                remember(line);
                writer.write(line + System.lineSeparator());
                writer.flush();
            }
        } catch (final IOException e) {
            remember("The sandbox's log could not be read or written: " + e.getMessage());
        }
    }

    private synchronized void remember(final String line) {
        lines.addLast(line);
        if (lines.size() > REMEMBERED) {
            lines.removeFirst();
        }
    }
}
