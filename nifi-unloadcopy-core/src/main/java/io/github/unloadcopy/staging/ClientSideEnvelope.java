package io.github.unloadcopy.staging;

import io.github.unloadcopy.kms.Secret;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The first format of S3 client-side encryption, which UNLOAD writes with MASTER_SYMMETRIC_KEY: each object has a key of its own in its metadata, wrapped with the master key
 * (AES/ECB/PKCS5Padding), and is encrypted with it (AES/CBC/PKCS5Padding).
 */
final class ClientSideEnvelope {
    static final String WRAPPED_KEY = "x-amz-key";
    static final String INITIALIZATION_VECTOR = "x-amz-iv";

    private ClientSideEnvelope() {
    }

    /**
     * Decrypts an object if it is in an envelope.
     *
     * @param location where the object is, for messages
     * @param content what is stored
     * @param metadata its user metadata, names in lower case without x-amz-meta-
     * @param masterKeyOrNull master symmetric key; null when there is none
     * @return the plain content; the same array when there is no envelope
     * @throws StagingException when there is no key for it or not the right one
     */
    static byte[] open(final S3Location location, final byte[] content, final Map<String, String> metadata, final Secret masterKeyOrNull) throws StagingException {
        if (!metadata.containsKey(WRAPPED_KEY) && !metadata.containsKey(INITIALIZATION_VECTOR)) {
            return content;
        }

        if (masterKeyOrNull == null) {
            throw new StagingException("%s is encrypted on the client's side (metadata x-amz-key), but no master symmetric key is known: choose the encryption that it was unloaded with"
                    .formatted(location));
        }

        final byte[] masterKey = masterKeyOrNull.bytes();
        byte[] objectKey = null;

        try {
            final byte[] wrappedKey = Base64.getDecoder().decode(metadata.getOrDefault(WRAPPED_KEY, ""));
            final byte[] initializationVector = Base64.getDecoder().decode(metadata.getOrDefault(INITIALIZATION_VECTOR, ""));
            final Cipher unwrap = Cipher.getInstance("AES/ECB/PKCS5Padding");
            unwrap.init(Cipher.DECRYPT_MODE, new SecretKeySpec(masterKey, "AES"));
            objectKey = unwrap.doFinal(wrappedKey);
            final Cipher decrypt = Cipher.getInstance("AES/CBC/PKCS5Padding");
            decrypt.init(Cipher.DECRYPT_MODE, new SecretKeySpec(objectKey, "AES"), new IvParameterSpec(initializationVector));
            return decrypt.doFinal(content);
        } catch (final GeneralSecurityException | IllegalArgumentException e) {
            throw new StagingException("%s cannot be decrypted: it was unloaded with another master symmetric key, or changed since; unload the table again".formatted(location), e);
        } finally {
            Arrays.fill(masterKey, (byte) 0);

            if (objectKey != null) {
                Arrays.fill(objectKey, (byte) 0);
            }
        }
    }
}
