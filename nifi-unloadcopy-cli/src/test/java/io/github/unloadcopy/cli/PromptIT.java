package io.github.unloadcopy.cli;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The program in a pseudo-terminal, as people use it. */
class PromptIT {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String SECRET = "Hunter-2-typed";
    private static final Pattern CIPHERTEXT = Pattern.compile("[A-Za-z0-9+/]{60,}={0,2}");

    @BeforeAll
    static void needsAPseudoTerminal() {
        assumeTrue(Files.isExecutable(SCRIPT) && System.getProperty("os.name").equals("Linux"), "SKIPPED, prompts are not tested: script(1) of util-linux is missing");
    }

    @Test
    void asksTwiceAndShowsNothing() throws Exception {
        final String screen = type(command("encrypt-value"), SECRET, SECRET);

        requireCiphertext(screen);
        assertFalse(screen.contains(SECRET), screen);
    }

    @Test
    void asksAlsoWhenStandardOutputGoesElsewhere() throws Exception {
        final String screen = type("VALUE=$(" + command("encrypt-value") + "); echo \"got $VALUE\"; stty -a", SECRET, SECRET);

        requireCiphertext(screen);
        assertFalse(screen.contains(SECRET), screen);
        assertTrue(screen.contains(" echo "), "The echo is on again: " + screen);
    }

    @Test
    void refusesEntriesThatDiffer() throws Exception {
        final String screen = type(command("encrypt-value") + "; echo status $?", SECRET, "other");

        assertTrue(screen.contains("The two entries differ"), screen);
        assertTrue(screen.contains("status " + ExitStatus.INPUT), screen);
        assertFalse(screen.contains(SECRET), screen);
    }

    @Test
    void takesNoConfigurationFromAKeyboard() throws Exception {
        assertTrue(type(command("encrypt-config")).contains("Standard input is a terminal"));
    }

    private static String command(final String... arguments) {
        return String.join(" ", CliRun.command(arguments));
    }

    private static void requireCiphertext(final String screen) {
        final Matcher matcher = CIPHERTEXT.matcher(screen);
        assertTrue(matcher.find(), screen);

        try (KmsClient kms = CliSandbox.get().kms()) {
            final SdkBytes blob = SdkBytes.fromByteArray(Base64.getDecoder().decode(matcher.group()));
            assertEquals(SECRET, kms.decrypt(request -> request.ciphertextBlob(blob)).plaintext().asUtf8String());
        }
    }

    /** Runs a shell command in a terminal and types a line at each prompt; what is typed before a prompt would be echoed. */
    private static String type(final String command, final String... lines) throws IOException, InterruptedException {
        final ProcessBuilder builder = new ProcessBuilder(List.of(SCRIPT.toString(), "-qec", command, "/dev/null")).redirectErrorStream(true);
        CliRun.clean(builder, CliSandbox.get().environment());
        builder.environment().put("LC_ALL", "C.UTF-8");
        final Process process = builder.start();
        final StringBuilder screen = new StringBuilder();

        try (InputStream out = process.getInputStream(); OutputStream keyboard = process.getOutputStream()) {
            int typed = 0;

            for (int next = out.read(); next >= 0; next = out.read()) {
                screen.append((char) next);

                if (typed < lines.length && screen.toString().endsWith(typed == 0 ? "Value to encrypt: " : "The same again: ")) {
                    keyboard.write((lines[typed++] + "\n").getBytes(StandardCharsets.UTF_8));
                    keyboard.flush();
                }
            }
        }

        process.waitFor();
        return screen.toString();
    }
}
