package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SecretScanTest {
    private static final int BUFFER_SIZE = 1 << 18;

    private final byte[] key = new byte[32];
    private String password;
    private SecretScan scan;

    @TempDir
    private Path folder;

    @BeforeEach
    void plant() {
        final SecureRandom random = new SecureRandom();
        random.nextBytes(key);
        password = "pass/word+" + HexFormat.of().toHexDigits(random.nextLong());
        scan = new SecretScan().addText("password", password).addBytes("data key", key);
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        Files.writeString(folder.resolve("empty"), "");
        Files.writeString(folder.resolve("short"), "p");
        Files.writeString(folder.resolve("other"), password.substring(1) + HexFormat.of().formatHex(key).substring(2));

        assertEquals(List.of(), scan.scan(folder));
    }

    @Test
    void findsPlainText() throws IOException {
        assertFound("password", ("before " + password + " after").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void findsTextInBase64AndUrlEncodedAndUtf16() throws IOException {
        assertFound("password", Base64.getEncoder().encode(password.getBytes(StandardCharsets.UTF_8)));
        assertFound("password", password.replace("/", "%2F").replace("+", "%2B").getBytes(StandardCharsets.UTF_8));
        assertFound("password", password.getBytes(StandardCharsets.UTF_16BE));
    }

    @Test
    void findsKeysInEveryForm() throws IOException {
        assertFound("data key", key);
        assertFound("data key", Base64.getEncoder().encode(key));
        assertFound("data key", Base64.getUrlEncoder().encode(key));
        assertFound("data key", HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII));
        assertFound("data key", HexFormat.of().withUpperCase().formatHex(key).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void findsInGzip() throws IOException {
        assertFound("password", gzip(("{\"property\":\"" + password + "\"}").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void findsInGzipThatIsNotComplete() throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes, true)) {
            gzip.write(password.getBytes(StandardCharsets.UTF_8));
            gzip.flush();
            assertFound("password", bytes.toByteArray());
        }
    }

    @Test
    void findsInEveryPositionAcrossTheBuffersBorder() throws IOException {
        for (int before = 0; before <= password.length(); before++) {
            final byte[] content = new byte[BUFFER_SIZE * 2 + 100];
            Arrays.fill(content, (byte) password.charAt(0));
            System.arraycopy(password.getBytes(StandardCharsets.UTF_8), 0, content, BUFFER_SIZE - before, password.length());
            assertFound("password", content);
            assertFound("password", gzip(content));
        }
    }

    @Test
    void findsBelowFolders() throws IOException {
        final Path file = Files.createDirectories(folder.resolve("a/b")).resolve("c");
        Files.write(file, key);

        assertEquals(List.of(new SecretScan.Hit("data key", file.toString())), scan.scan(folder));
    }

    @Test
    void countsSecretsNotOccurrences() throws IOException {
        final Path file = Files.writeString(folder.resolve("file"), password + password + HexFormat.of().formatHex(key));

        assertEquals(List.of(new SecretScan.Hit("password", file.toString()), new SecretScan.Hit("data key", file.toString())), scan.scan(folder));
    }

    @Test
    void findsInText() {
        assertEquals(List.of(new SecretScan.Hit("password", "attributes")), scan.scan("attributes", "a" + password));
        assertEquals(List.of(), scan.scan("attributes", "a"));
    }

    @Test
    void refusesSecretsThatStandAnywhereByChance() {
        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> new SecretScan().addText("pin", "1234"));

        assertEquals("The secret \"pin\" is shorter than 8 bytes: it would be found by chance.", exception.getMessage());
    }

    private void assertFound(final String secret, final byte[] content) throws IOException {
        final Path file = Files.write(folder.resolve("file"), content);
        assertEquals(List.of(new SecretScan.Hit(secret, file.toString())), scan.scan(folder));
    }

    private static byte[] gzip(final byte[] content) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }

        return bytes.toByteArray();
    }
}
