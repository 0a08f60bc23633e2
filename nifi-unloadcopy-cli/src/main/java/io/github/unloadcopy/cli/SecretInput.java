package io.github.unloadcopy.cli;

import io.github.unloadcopy.kms.Secret;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Reads one value from a person or a pipe, never from the command line. */
final class SecretInput {
    private final StandardInput input;

    SecretInput(final StandardInput input) {
        this.input = input;
    }

    /**
     * Reads a secret: typed twice at a terminal, once from a pipe.
     *
     * @param longest most bytes that it may have
     * @param notes takes what became of a line end
     * @return the secret; the caller closes it
     * @throws CliException when there is none, when both entries differ, when it is too long, has several lines or is not UTF-8
     * @throws IOException when input cannot be read
     */
    Secret newSecret(final int longest, final List<String> notes) throws CliException, IOException {
        if (input.terminal().isEmpty()) {
            return piped(longest, notes);
        }

        final byte[] first = typed("Value to encrypt: ", longest);
        byte[] second = null;

        try {
            second = typed("The same again: ", longest);

            if (!Arrays.equals(first, second)) {
                throw new CliException(ExitStatus.INPUT, "The two entries differ: nothing was encrypted, try again");
            }

            return secret(first);
        } finally {
            wipe(first);
            wipe(second);
        }
    }

    /**
     * Reads a value once, without showing it: what is pasted may be the wrong thing.
     *
     * @param prompt what to ask at a terminal
     * @param longest most bytes that it may have
     * @return the value; the caller closes it
     * @throws CliException as {@link #newSecret(int, List)}
     * @throws IOException when input cannot be read
     */
    Secret value(final String prompt, final int longest, final List<String> notes) throws CliException, IOException {
        if (input.terminal().isEmpty()) {
            return piped(longest, notes);
        }

        final byte[] line = typed(prompt, longest);

        try {
            return secret(line);
        } finally {
            wipe(line);
        }
    }

    private byte[] typed(final String prompt, final int longest) throws CliException, IOException {
        final byte[] line = input.terminal().orElseThrow().readHidden(prompt);

        if (line == null || line.length == 0) {
            throw new CliException(ExitStatus.INPUT, "Nothing was typed");
        }

        if (line.length > longest) {
            wipe(line);
            throw tooLong(longest);
        }

        return line;
    }

    private Secret piped(final int longest, final List<String> notes) throws CliException, IOException {
        // Two more for a line end, and one more to see that there is too much.
        final byte[] read = input.stream().readNBytes(longest + 3);
        byte[] line = null;

        try {
            final int end = lineEnd(read);

            if (end < read.length) {
                notes.add("the line end behind the value is not part of it and was left out");
            }

            line = Arrays.copyOf(read, end);
            requireOneLine(line, longest);
            return secret(line);
        } finally {
            wipe(read);
            wipe(line);
        }
    }

    private static void requireOneLine(final byte[] line, final int longest) throws CliException {
        if (line.length == 0) {
            throw new CliException(ExitStatus.INPUT, "Standard input is empty: pipe one line in, or run this in a terminal to be asked");
        }

        if (line.length > longest) {
            throw tooLong(longest);
        }

        for (final byte character : line) {
            if (character == '\n' || character == '\r') {
                throw new CliException(ExitStatus.INPUT, "Standard input has more than one line: pipe in exactly one");
            }
        }
    }

    private static int lineEnd(final byte[] read) {
        int end = read.length;

        if (end > 0 && read[end - 1] == '\n') {
            end--;

            if (end > 0 && read[end - 1] == '\r') {
                end--;
            }
        }

        return end;
    }

    /** Whoever decrypts the value reads it as UTF-8; anything else would come back as something else. */
    private static Secret secret(final byte[] value) throws CliException {
        try {
            final CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value));
            Arrays.fill(decoded.array(), '\0');
            return Secret.of(value);
        } catch (final CharacterCodingException e) {
            throw new CliException(ExitStatus.INPUT, "The value is not text in UTF-8: convert it, for example with iconv", e);
        }
    }

    private static CliException tooLong(final int longest) {
        return new CliException(ExitStatus.INPUT, "The value is longer than %,d bytes".formatted(longest));
    }

    private static void wipe(final byte[] value) {
        if (value != null) {
            Arrays.fill(value, (byte) 0);
        }
    }
}
