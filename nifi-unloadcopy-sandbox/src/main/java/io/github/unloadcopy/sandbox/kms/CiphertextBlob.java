package io.github.unloadcopy.sandbox.kms;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * What Encrypt answers: a version, the key's id, a nonce, and AES-256-GCM's output. The key's id and the encryption context are authenticated with it.
 */
final class CiphertextBlob {

    private static final byte VERSION = 1;
    private static final int KEY_ID_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String keyId;
    private final byte[] nonce;
    private final byte[] sealed;

    private CiphertextBlob(final String keyId, final byte[] nonce, final byte[] sealed) {
        this.keyId = keyId;
        this.nonce = nonce;
        this.sealed = sealed;
    }

    static CiphertextBlob seal(final Key key, final Map<String, String> context, final byte[] plaintext) {
        final byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            return new CiphertextBlob(key.id(), nonce, cipher(Cipher.ENCRYPT_MODE, key, nonce, context).doFinal(plaintext));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM refused to encrypt under " + key.arn(), e);
        }
    }

    /** Reads a blob; empty when it is none of ours. */
    static Optional<CiphertextBlob> parse(final byte[] bytes) {
        try {
            final ByteBuffer buffer = ByteBuffer.wrap(bytes);
            if (buffer.get() != VERSION) {
                return Optional.empty();
            }

            final String keyId = new UUID(buffer.getLong(), buffer.getLong()).toString();
            final byte[] nonce = new byte[NONCE_BYTES];
            buffer.get(nonce);
            final byte[] sealed = new byte[buffer.remaining()];
            buffer.get(sealed);
            return Optional.of(new CiphertextBlob(keyId, nonce, sealed));
        } catch (final BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    /** The key that it was sealed under. */
    String keyId() {
        return keyId;
    }

    /** Opens the blob; empty when it was altered, or sealed with another context. */
    Optional<byte[]> open(final Key key, final Map<String, String> context) {
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, nonce, context).doFinal(sealed));
        } catch (final GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    byte[] bytes() {
        final UUID id = UUID.fromString(keyId);
        return ByteBuffer.allocate(HEADER_BYTES + sealed.length)
                .put(VERSION)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .put(nonce)
                .put(sealed)
                .array();
    }

    private static Cipher cipher(final int mode, final Key key, final byte[] nonce, final Map<String, String> context) throws GeneralSecurityException {
        final Cipher cipher = Cipher.getInstance(TRANSFORMATION);
        cipher.init(mode, key.material(), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(authenticated(key, context));
        return cipher;
    }

    /** Sorted and with lengths, so that two different contexts never give the same bytes. */
    private static byte[] authenticated(final Key key, final Map<String, String> context) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, key.id());
            for (final Map.Entry<String, String> entry : new TreeMap<>(context).entrySet()) {
                write(out, entry.getKey());
                write(out, entry.getValue());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("Memory cannot be written", e);
        }

        return bytes.toByteArray();
    }

    private static void write(final DataOutputStream out, final String text) throws IOException {
        final byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(encoded.length);
        out.write(encoded);
    }
}
