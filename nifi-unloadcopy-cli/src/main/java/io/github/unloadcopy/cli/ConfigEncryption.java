package io.github.unloadcopy.cli;

import io.github.unloadcopy.config.ConfigText;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.KmsSecretStore;
import io.github.unloadcopy.kms.Secret;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Puts ciphertext in the place of plain secrets. */
final class ConfigEncryption {
    /** JSON pointers of the fields that hold secrets. */
    static final List<String> SECRETS = List.of("/unloadSource/connectPwd", "/s3Staging/aws_access_key_id", "/s3Staging/aws_secret_access_key", "/copyTarget/connectPwd");

    /** Bytes that a ciphertext of KMS always has more of: it names its key and carries a nonce and a tag. */
    private static final int SHORTEST_CIPHERTEXT = 40;
    /** Database Developer Guide, "CREATE USER": a password has at most 64 characters. Access keys are shorter. So longer base64 is no secret but ciphertext. */
    private static final int LONGEST_SECRET = 64;

    private final KmsSecretStore kms;
    private final String key;
    private final List<String> encrypted = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();

    ConfigEncryption(final KmsSecretStore kms, final String key) {
        this.kms = kms;
        this.key = key;
    }

    /**
     * Encrypts what is plain.
     *
     * @param text the configuration, which is changed
     * @throws CliException when a field holds something that is neither plain nor encrypted
     * @throws KmsSecretException when KMS refuses or cannot be reached
     */
    void encrypt(final ConfigText text) throws CliException, KmsSecretException {
        for (final String pointer : SECRETS) {
            if (text.has(pointer)) {
                encrypt(text, pointer);
            }
        }
    }

    /** Fields that were plain. */
    List<String> encrypted() {
        return List.copyOf(encrypted);
    }

    /** Fields that were encrypted already. */
    List<String> kept() {
        return List.copyOf(kept);
    }

    private void encrypt(final ConfigText text, final String pointer) throws CliException, KmsSecretException {
        final String place = text.place(pointer);

        if (!text.isString(pointer)) {
            throw new CliException(ExitStatus.CHECK_FAILED, "%s is not text: put it in double quotes".formatted(place));
        }

        final char[] value = text.string(pointer);

        try (Secret secret = secret(value)) {
            if (CharBuffer.wrap(value).chars().allMatch(Character::isWhitespace)) {
                return;
            }

            if (isEncrypted(secret, place)) {
                kept.add(place);
                return;
            }

            text.replace(pointer, '"' + kms.encrypt(key, secret) + '"');
            encrypted.add(place);
        } finally {
            Arrays.fill(value, '\0');
        }
    }

    private boolean isEncrypted(final Secret secret, final String place) throws CliException, KmsSecretException {
        final int length = ciphertextLength(secret);

        if (length < SHORTEST_CIPHERTEXT) {
            return false;
        }

        try {
            kms.open(secret.text(), Map.of()).close();
            return true;
        } catch (final KmsSecretException e) {
            if (!e.errorCode().equals("InvalidCiphertextException") && !e.errorCode().equals("NotBase64")) {
                throw new KmsSecretException("%s looks encrypted, and KMS was asked. %s".formatted(place, e.getMessage()), e.errorCode(), e);
            }

            if (secret.length() <= LONGEST_SECRET) {
                return false;
            }

            throw new CliException(ExitStatus.CHECK_FAILED, "%s looks encrypted and does not decrypt: nothing was encrypted. Put in the plain value, or copy the ciphertext again, on one line. %s"
                    .formatted(place, e.getMessage()), e);
        }
    }

    /** Bytes behind the base64, blanks and line breaks in it passed over; 0 for what is not base64. */
    private static int ciphertextLength(final Secret secret) {
        final byte[] characters = secret.bytes();
        int count = 0;

        try {
            for (final byte character : characters) {
                if (!Character.isWhitespace(character)) {
                    characters[count++] = character;
                }
            }

            return Base64.getDecoder().decode(ByteBuffer.wrap(characters, 0, count)).remaining();
        } catch (final IllegalArgumentException e) {
            return 0;
        } finally {
            Arrays.fill(characters, (byte) 0);
        }
    }

    private static Secret secret(final char[] value) {
        final ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(value));
        final byte[] bytes = Arrays.copyOf(encoded.array(), encoded.limit());

        try {
            return Secret.of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }
}
