package io.github.unloadcopy.cli;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The terminal of the process, for when standard output goes elsewhere, as in VALUE=$(unloadcopy encrypt-value). The echo is switched off with stty, and on again however this ends. */
final class DeviceTerminal implements Terminal {
    private static final File DEVICE = new File("/dev/tty");
    private static final int LONGEST_LINE = 8192;

    @Override
    public byte[] readHidden(final String prompt) throws IOException {
        final String settings = stty("-g");
        final Thread restore = new Thread(() -> restore(settings));
        Runtime.getRuntime().addShutdownHook(restore);

        try (InputStream in = new FileInputStream(DEVICE); OutputStream out = new FileOutputStream(DEVICE)) {
            stty("-echo");
            out.write(prompt.getBytes(StandardCharsets.UTF_8));
            out.flush();

            try {
                return readLine(in);
            } finally {
                out.write('\n');
            }
        } finally {
            restore(settings);
            Runtime.getRuntime().removeShutdownHook(restore);
        }
    }

    private static byte[] readLine(final InputStream in) throws IOException {
        final byte[] line = new byte[LONGEST_LINE];
        int length = 0;

        try {
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    return length == 0 ? null : Arrays.copyOf(line, length);
                }

                if (length == LONGEST_LINE) {
                    throw new IOException("The line that was typed is too long");
                }

                line[length++] = (byte) next;
            }

            return Arrays.copyOf(line, length);
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }

    private static void restore(final String settings) {
        try {
            stty(settings);
        } catch (final IOException e) {
            System.err.println("The terminal may not show what you type now: run stty echo");
        }
    }

    private static String stty(final String argument) throws IOException {
        final Process process = new ProcessBuilder("stty", argument).redirectInput(DEVICE).redirectErrorStream(true).start();

        try (ByteArrayOutputStream output = new ByteArrayOutputStream()) {
            process.getInputStream().transferTo(output);

            if (process.waitFor() != 0) {
                throw new IOException("stty cannot hide what is typed: " + output.toString(StandardCharsets.UTF_8).strip());
            }

            return output.toString(StandardCharsets.UTF_8).strip();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while stty was running", e);
        }
    }
}
