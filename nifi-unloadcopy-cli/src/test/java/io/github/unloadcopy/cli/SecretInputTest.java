package io.github.unloadcopy.cli;

import io.github.unloadcopy.kms.Secret;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SecretInputTest {
    private static final int LONGEST = 16;

    private final List<String> notes = new ArrayList<>();

    @Test
    void aPipedLineLosesItsEndAndSaysSo() throws Exception {
        assertEquals("pässword", piped("pässword\n"));
        assertEquals(1, notes.size());
        assertTrue(notes.getFirst().contains("line end"), notes.getFirst());
        assertEquals("password", piped("password\r\n"));
        notes.clear();
        assertEquals(" password ", piped(" password "));
        assertEquals("exactly sixteen!", piped("exactly sixteen!"));
        assertEquals(List.of(), notes);
        assertEquals("exactly sixteen!", piped("exactly sixteen!\r\n"));
    }

    @Test
    void refusesWhatIsNotOneLineOfText() {
        requireRefusal("", "is empty");
        requireRefusal("\n", "is empty");
        requireRefusal("hunter2\nhunter3", "more than one line");
        requireRefusal("hunter2\n\n", "more than one line");
        requireRefusal("hunter2\rhunter3", "more than one line");
        requireRefusal("exactly hunter217", "longer than 16 bytes");
        requireRefusal("hunter2 and much more than fits", "longer than 16 bytes");
        requireRefusal(new byte[] {'h', (byte) 0xE9}, "not text in UTF-8");
    }

    @Test
    void aPersonTypesTwice() throws Exception {
        final Typed terminal = new Typed("hunter2", "hunter2");

        try (Secret secret = input(terminal).newSecret(LONGEST, notes)) {
            assertEquals("hunter2", secret.text());
        }

        assertEquals(2, terminal.prompts.size());
        terminal.requireWiped();
    }

    @Test
    void refusesEntriesThatDiffer() {
        final Typed terminal = new Typed("hunter2", "hunter3");
        final CliException failure = assertThrows(CliException.class, () -> input(terminal).newSecret(LONGEST, notes));

        assertEquals(ExitStatus.INPUT, failure.status());
        assertTrue(failure.getMessage().contains("differ"), failure.getMessage());
        terminal.requireWiped();
    }

    @Test
    void refusesWhatIsNotTyped() {
        assertThrows(CliException.class, () -> input(new Typed("")).newSecret(LONGEST, notes));
        assertThrows(CliException.class, () -> input(new Typed((String) null)).newSecret(LONGEST, notes));
        final Typed secondMissing = new Typed("hunter2", null);
        assertThrows(CliException.class, () -> input(secondMissing).newSecret(LONGEST, notes));
        secondMissing.requireWiped();
        final Typed tooLong = new Typed("longer than sixteen");
        assertThrows(CliException.class, () -> input(tooLong).newSecret(LONGEST, notes));
        tooLong.requireWiped();
    }

    @Test
    void asksOnceForWhatIsNoNewSecret() throws Exception {
        try (Secret value = input(new Typed("AQIC")).value("Encrypted value: ", LONGEST, notes)) {
            assertArrayEquals("AQIC".getBytes(StandardCharsets.UTF_8), value.bytes());
        }
    }

    private void requireRefusal(final String input, final String part) {
        requireRefusal(input.getBytes(StandardCharsets.UTF_8), part);
    }

    private void requireRefusal(final byte[] input, final String part) {
        final CliException failure = assertThrows(CliException.class, () -> input(input).newSecret(LONGEST, notes));
        assertEquals(ExitStatus.INPUT, failure.status());
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
        assertFalse(failure.getMessage().contains("hunter"), failure.getMessage());
    }

    private String piped(final String text) throws CliException, IOException {
        try (Secret secret = input(text.getBytes(StandardCharsets.UTF_8)).newSecret(LONGEST, notes)) {
            return secret.text();
        }
    }

    private static SecretInput input(final byte[] piped) {
        return new SecretInput(new StandardInput(new ByteArrayInputStream(piped), Optional.empty()));
    }

    private static SecretInput input(final Terminal terminal) {
        return new SecretInput(new StandardInput(new ByteArrayInputStream(new byte[0]), Optional.of(terminal)));
    }

    /** Lines that somebody types; remembers the arrays, to see that they are wiped. */
    private static final class Typed implements Terminal {
        private final Deque<Optional<String>> lines = new ArrayDeque<>();
        private final List<byte[]> given = new ArrayList<>();
        private final List<String> prompts = new ArrayList<>();

        Typed(final String... lines) {
            Arrays.stream(lines).map(Optional::ofNullable).forEach(this.lines::add);
        }

        @Override
        public byte[] readHidden(final String prompt) {
            prompts.add(prompt);
            final Optional<String> line = lines.removeFirst();

            if (line.isEmpty()) {
                return null;
            }

            given.add(line.get().getBytes(StandardCharsets.UTF_8));
            return given.getLast();
        }

        void requireWiped() {
            given.forEach(line -> assertArrayEquals(new byte[line.length], line));
        }
    }
}
