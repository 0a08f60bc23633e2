package io.github.unloadcopy.sandbox.s3.awssdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/**
 * Bytes that were stored in one go, encrypted (AES-256, CTR): a whole object, or one part of it. As many bytes as the plaintext has, and readable from any of them.
 *
 * @param nonce the counter of its first block; another one for each segment
 */
record Segment(Content sealed, byte[] nonce) {

    private static final String TRANSFORMATION = "AES/CTR/NoPadding";
    private static final int BLOCK_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Encrypts a stream to its end. */
    static Segment seal(final SecretKey key, final InputStream plaintext) throws IOException {
        final byte[] nonce = new byte[BLOCK_BYTES];
        // The lower half counts the blocks of a segment.
        RANDOM.nextBytes(nonce);
        ByteBuffer.wrap(nonce).putLong(Long.BYTES, 0);
        return new Segment(Content.of(new CipherInputStream(plaintext, cipher(Cipher.ENCRYPT_MODE, key, nonce))), nonce);
    }

    long length() {
        return sealed.length();
    }

    /** Decrypts from a byte to the end. */
    InputStream open(final SecretKey key, final long from) {
        final byte[] counter = nonce.clone();
        ByteBuffer.wrap(counter).putLong(Long.BYTES, from / BLOCK_BYTES);
        final int skipped = (int) (from % BLOCK_BYTES);
        final Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, counter);
        // What it decrypts of the bytes before is of no interest, only that they are counted.
        cipher.update(new byte[skipped]);
        return new CipherInputStream(sealed.open(from), cipher);
    }

    private static Cipher cipher(final int mode, final SecretKey key, final byte[] counter) {
        try {
            final Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(mode, key, new IvParameterSpec(counter));
            return cipher;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("Every Java platform has AES", e);
        }
    }
}
