package io.github.unloadcopy.sandbox.redshift.s3;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The first version of the envelope of S3's client-side encryption: a key of its own for each object (AES-256, CBC, PKCS5 padding), which travels in the object's metadata, wrapped
 * with the master key (AES, ECB, PKCS5 padding).
 */
public final class Envelope {

    private static final String KEY = "x-amz-key";
    private static final String IV = "x-amz-iv";
    private static final String DESCRIPTION = "x-amz-matdesc";
    private static final String ALGORITHM = "AES";
    private static final String CONTENT_CIPHER = "AES/CBC/PKCS5Padding";
    private static final String KEY_CIPHER = "AES/ECB/PKCS5Padding";
    private static final int KEY_BYTES = 32;
    private static final int BLOCK_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKey master;

    private Envelope(final byte[] master) {
        this.master = new SecretKeySpec(master, ALGORITHM);
    }

    /**
     * @param base64 the master key as statements hold it
     * @return null when that is no AES-256 key
     */
    public static Envelope of(final String base64) {
        try {
            final byte[] key = Base64.getDecoder().decode(base64);
            return key.length == KEY_BYTES ? new Envelope(key) : null;
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether an object says that it is in such an envelope. */
    public static boolean isSealed(final Map<String, String> metadata) {
        return metadata.containsKey(KEY);
    }

    /** Makes a key for one object. */
    public Sealing seal() {
        final byte[] random = new byte[KEY_BYTES + BLOCK_BYTES];
        RANDOM.nextBytes(random);
        final byte[] key = Arrays.copyOf(random, KEY_BYTES);
        final byte[] vector = Arrays.copyOfRange(random, KEY_BYTES, random.length);
        try {
            final Cipher wrapping = Cipher.getInstance(KEY_CIPHER);
            wrapping.init(Cipher.ENCRYPT_MODE, master);
            final Map<String, String> metadata = Map.of(KEY, Base64.getEncoder().encodeToString(wrapping.doFinal(key)), IV, Base64.getEncoder().encodeToString(vector), DESCRIPTION, "{}");
            return new Sealing(metadata, contentCipher(Cipher.ENCRYPT_MODE, key, vector));
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("AES is missing from this Java runtime", e);
        }
    }

    /**
     * Opens an object's content.
     *
     * @throws WrongKeyException when the master key is not the one that the object's key was wrapped with, or the metadata is damaged
     */
    public InputStream open(final Map<String, String> metadata, final InputStream content) throws WrongKeyException {
        try {
            final Cipher unwrapping = Cipher.getInstance(KEY_CIPHER);
            unwrapping.init(Cipher.DECRYPT_MODE, master);
            final byte[] key = unwrapping.doFinal(Base64.getDecoder().decode(metadata.get(KEY)));
            final byte[] vector = Base64.getDecoder().decode(metadata.getOrDefault(IV, ""));
            if (key.length != KEY_BYTES || vector.length != BLOCK_BYTES) {
                throw new WrongKeyException();
            }

            return new DecryptingStream(content, contentCipher(Cipher.DECRYPT_MODE, key, vector));
        } catch (final GeneralSecurityException | IllegalArgumentException e) {
            throw new WrongKeyException();
        }
    }

    private static Cipher contentCipher(final int mode, final byte[] key, final byte[] vector) throws GeneralSecurityException {
        final Cipher cipher = Cipher.getInstance(CONTENT_CIPHER);
        cipher.init(mode, new SecretKeySpec(key, ALGORITHM), new IvParameterSpec(vector));
        return cipher;
    }

    /** The master key does not fit the object. */
    public static final class WrongKeyException extends IOException {

        private static final long serialVersionUID = 1L;

        WrongKeyException() {
            super("the master symmetric key does not fit the object");
        }
    }

    /**
     * One object's envelope.
     *
     * @param metadata what the object's metadata must hold
     */
    public record Sealing(Map<String, String> metadata, Cipher cipher) {

        /** Encrypts what is written; closing it closes the target. */
        public OutputStream to(final OutputStream target) {
            return new EncryptingStream(target, cipher);
        }
    }

    private static final class EncryptingStream extends FilterOutputStream {

        private final Cipher cipher;
        private boolean closed;

        EncryptingStream(final OutputStream target, final Cipher cipher) {
            super(target);
            this.cipher = cipher;
        }

        @Override
        public void write(final int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            final byte[] encrypted = cipher.update(bytes, offset, length);
            if (encrypted != null) {
                out.write(encrypted);
            }
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }

            closed = true;
            try {
                out.write(cipher.doFinal());
            } catch (final GeneralSecurityException e) {
                throw new IOException("encryption failed", e);
            }

            out.close();
        }
    }

    /** Unlike the JDK's stream, it does not take damaged padding for the end. */
    private static final class DecryptingStream extends InputStream {

        private static final int CHUNK = 1 << 16;

        private final InputStream source;
        private final Cipher cipher;
        private final byte[] encrypted = new byte[CHUNK];
        private byte[] plain = new byte[0];
        private int position;
        private boolean ended;

        DecryptingStream(final InputStream source, final Cipher cipher) {
            this.source = source;
            this.cipher = cipher;
        }

        @Override
        public int read() throws IOException {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] target, final int offset, final int length) throws IOException {
            if (length == 0) {
                return 0;
            }

            while (position == plain.length) {
                if (ended) {
                    return -1;
                }

                advance();
            }

            final int count = Math.min(length, plain.length - position);
            System.arraycopy(plain, position, target, offset, count);
            position += count;
            return count;
        }

        private void advance() throws IOException {
            final int count = source.read(encrypted);
            position = 0;
            if (count >= 0) {
                final byte[] decrypted = cipher.update(encrypted, 0, count);
                plain = decrypted == null ? new byte[0] : decrypted;
                return;
            }

            ended = true;
            try {
                plain = cipher.doFinal();
            } catch (final GeneralSecurityException e) {
                throw new WrongKeyException();
            }
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
