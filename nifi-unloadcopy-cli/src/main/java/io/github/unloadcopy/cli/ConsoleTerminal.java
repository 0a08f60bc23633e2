package io.github.unloadcopy.cli;

import java.io.Console;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The JDK's console, there when standard input and output both are a terminal.
 *
 * @param console the console
 */
record ConsoleTerminal(Console console) implements Terminal {
    /** What decoding puts in the place of bytes that it does not know. */
    private static final char REPLACEMENT = '\uFFFD';

    @Override
    public byte[] readHidden(final String prompt) throws CliException {
        final char[] typed = console.readPassword("%s", prompt);

        if (typed == null) {
            return null;
        }

        try {
            if (CharBuffer.wrap(typed).chars().anyMatch(character -> character == REPLACEMENT)) {
                throw new CliException(ExitStatus.INPUT,
                        "A character was typed that the terminal's character set, %s, does not have. Set LC_ALL to a UTF-8 locale such as C.UTF-8, or pipe the value in".formatted(console.charset()));
            }

            final ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
            final byte[] value = Arrays.copyOf(encoded.array(), encoded.limit());
            Arrays.fill(encoded.array(), (byte) 0);
            return value;
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
