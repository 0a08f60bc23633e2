package io.github.unloadcopy.staging;

import io.github.unloadcopy.kms.Secret;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClientSideEnvelopeTest {
    private static final S3Location LOCATION = S3Location.parse("s3://bucket/run/t/manifest");

    @Property(tries = 200)
    void opensWhatWasSealed(@ForAll final byte[] content) throws Exception {
        final byte[] masterKey = random(32);

        try (Secret secret = Secret.of(masterKey)) {
            final Sealed sealed = seal(content, masterKey);

            assertArrayEquals(content, ClientSideEnvelope.open(LOCATION, sealed.content(), sealed.metadata(), secret));
        }
    }

    @Test
    void leavesPlainObjectsAlone() throws StagingException {
        final byte[] content = {1, 2, 3};

        try (Secret secret = Secret.of(random(32))) {
            assertSame(content, ClientSideEnvelope.open(LOCATION, content, Map.of("other", "metadata"), secret));
        }

        assertSame(content, ClientSideEnvelope.open(LOCATION, content, Map.of(), null));
    }

    @Test
    void refusesToReadWithoutAKey() throws Exception {
        final Sealed sealed = seal(new byte[10], random(32));

        final StagingException failure = assertThrows(StagingException.class, () -> ClientSideEnvelope.open(LOCATION, sealed.content(), sealed.metadata(), null));
        assertTrue(failure.getMessage().startsWith("s3://bucket/run/t/manifest is encrypted on the client's side"), failure.getMessage());
    }

    @Test
    void refusesTheWrongKeyAndDamagedMetadata() throws Exception {
        final byte[] masterKey = random(32);
        final Sealed sealed = seal(new byte[100], masterKey);
        final byte[] otherKey = random(32);

        try (Secret wrong = Secret.of(otherKey); Secret right = Secret.of(masterKey)) {
            assertThrows(StagingException.class, () -> ClientSideEnvelope.open(LOCATION, sealed.content(), sealed.metadata(), wrong));
            assertThrows(StagingException.class, () -> ClientSideEnvelope.open(LOCATION, sealed.content(), Map.of("x-amz-key", "?", "x-amz-iv", sealed.metadata().get("x-amz-iv")), right));
            assertThrows(StagingException.class, () -> ClientSideEnvelope.open(LOCATION, sealed.content(), Map.of("x-amz-iv", sealed.metadata().get("x-amz-iv")), right));
            assertThrows(StagingException.class, () -> ClientSideEnvelope.open(LOCATION, new byte[5], sealed.metadata(), right));
        }
    }

    /** Written from the format's description, with nothing of the code under test. */
    private static Sealed seal(final byte[] content, final byte[] masterKey) throws GeneralSecurityException {
        final byte[] objectKey = random(32);
        final byte[] initializationVector = random(16);
        final Cipher wrap = Cipher.getInstance("AES/ECB/PKCS5Padding");
        wrap.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"));
        final Cipher encrypt = Cipher.getInstance("AES/CBC/PKCS5Padding");
        encrypt.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(objectKey, "AES"), new IvParameterSpec(initializationVector));
        final Base64.Encoder base64 = Base64.getEncoder();
        return new Sealed(encrypt.doFinal(content),
                Map.of("x-amz-key", base64.encodeToString(wrap.doFinal(objectKey)), "x-amz-iv", base64.encodeToString(initializationVector), "x-amz-matdesc", "{}"));
    }

    private static byte[] random(final int length) {
        final byte[] bytes = new byte[length];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private record Sealed(byte[] content, Map<String, String> metadata) {
    }
}
