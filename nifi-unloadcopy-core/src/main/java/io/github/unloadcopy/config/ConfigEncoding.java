package io.github.unloadcopy.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The encoding of configurations: UTF-8, with a byte order mark or without (RFC 8259, section 8.1: JSON text is UTF-8, and a parser may ignore a mark). Everything that reads a configuration
 * decodes it here, so that what one command reads all of them do.
 */
final class ConfigEncoding {
    static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final String ADVICE = "save it as UTF-8 (iconv -f %s -t UTF-8 does it)";

    private ConfigEncoding() {
    }

    /**
     * Decodes a configuration.
     *
     * @param bytes the document; the caller keeps it
     * @return its text with the byte order mark, which the caller wipes
     * @throws ConfigException when it is in another encoding; the message says where, and quotes nothing
     */
    static char[] decode(final byte[] bytes) throws ConfigException {
        requireNoUtf16(bytes);
        final CharBuffer decoded = CharBuffer.allocate(bytes.length);

        try {
            final ByteBuffer reading = ByteBuffer.wrap(bytes);
            final CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(reading, decoded, true);

            if (result.isError()) {
                throw refusal(bytes, reading.position(), "the byte 0x%02X is not UTF-8: ".formatted(bytes[reading.position()]) + ADVICE.formatted("ISO-8859-1"));
            }

            return Arrays.copyOf(decoded.array(), decoded.position());
        } finally {
            Arrays.fill(decoded.array(), '\0');
        }
    }

    private static void requireNoUtf16(final byte[] bytes) throws ConfigException {
        if (bytes.length >= 2 && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)) {
            throw new ConfigException(List.of("The configuration is not UTF-8 but UTF-16, as its byte order mark says: " + ADVICE.formatted("UTF-16")));
        }

        for (int index = 0; index < bytes.length; index++) {
            if (bytes[index] == 0) {
                throw refusal(bytes, index, "there is a NUL, which no configuration in UTF-8 has. If it is UTF-16, " + ADVICE.formatted("UTF-16"));
            }
        }
    }

    private static ConfigException refusal(final byte[] bytes, final int offset, final String problem) {
        int line = 1;

        for (int index = 0; index < offset; index++) {
            line += bytes[index] == '\n' ? 1 : 0;
        }

        return new ConfigException(List.of("Line %d, offset %d: the configuration is not UTF-8, %s".formatted(line, offset, problem)));
    }
}
