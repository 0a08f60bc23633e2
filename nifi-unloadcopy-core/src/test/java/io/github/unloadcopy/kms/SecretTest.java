package io.github.unloadcopy.kms;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SecretTest {
    @Property
    void givesBackWhatItHolds(@ForAll final byte[] value) {
        try (Secret secret = Secret.of(value)) {
            assertArrayEquals(value, secret.bytes());
            assertEquals(Base64.getEncoder().encodeToString(value), secret.base64());
            assertEquals(new String(value, StandardCharsets.UTF_8), secret.text());
            assertEquals(value.length, secret.length());
        }
    }

    @Test
    void sharesItsBytesWithNobody() {
        final byte[] value = {1, 2, 3};

        try (Secret secret = Secret.of(value)) {
            value[0] = 9;
            secret.bytes()[1] = 9;

            assertArrayEquals(new byte[] {1, 2, 3}, secret.bytes());
        }
    }

    @Test
    void givesNothingOnceItIsWiped() {
        final Secret secret = Secret.of("plain".getBytes(StandardCharsets.UTF_8));

        secret.close();
        secret.close();

        assertTrue(secret.isClosed());
        assertThrows(IllegalStateException.class, secret::bytes);
        assertThrows(IllegalStateException.class, secret::text);
        assertThrows(IllegalStateException.class, secret::base64);
        assertThrows(IllegalStateException.class, secret::copy);
    }

    @Test
    void aCopyOutlivesTheOriginal() {
        final Secret secret = Secret.of("plain".getBytes(StandardCharsets.UTF_8));

        try (Secret copy = secret.copy()) {
            secret.close();

            assertEquals("plain", copy.text());
            assertFalse(copy.isClosed());
        }
    }

    @Test
    void showsAndComparesNothing() {
        try (Secret first = Secret.of("plain".getBytes(StandardCharsets.UTF_8)); Secret second = first.copy()) {
            assertEquals("[secret]", first.toString());
            assertEquals("DataKey[plaintext=[secret], wrapped=w]", new DataKey(first, "w").toString());
            assertNotEquals(first, second);
        }
    }

    @Test
    void closingADataKeyWipesIt() {
        final Secret plaintext = Secret.of(new byte[32]);

        new DataKey(plaintext, "w").close();

        assertTrue(plaintext.isClosed());
    }
}
