package io.github.unloadcopy.kms;

import io.github.unloadcopy.SandboxSession;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KmsSecretStoreIT {
    private static final Map<String, String> CONTEXT = Map.of("run", "1", "table", "public.orders");

    private final SandboxSession sandbox = SandboxSession.get();
    private final KmsClient kms = sandbox.kms();
    private final KmsSecretStore store = sandbox.secrets();

    @Test
    void decryptsValuesOfTheOriginalUtility() throws KmsSecretException {
        try (Secret secret = store.decrypt(encrypt(SandboxSession.KEY_ALIAS, "Pässword", Map.of()) + "\n", Map.of())) {
            assertEquals("Pässword", secret.text());
        }
    }

    @Test
    void encryptsAsTheOriginalUtilityDoes() throws KmsSecretException {
        final String ciphertext;

        try (Secret secret = Secret.of("Pässword".getBytes(StandardCharsets.UTF_8))) {
            ciphertext = store.encrypt(SandboxSession.KEY_ALIAS, secret);
            requireAdvice(assertThrows(KmsSecretException.class, () -> store.encrypt("alias/none", secret)), "NotFoundException", "KMS Encrypt in us-east-1, key alias/none");
        }

        assertEquals("Pässword", kms.decrypt(request -> request.ciphertextBlob(SdkBytes.fromByteArray(Base64.getDecoder().decode(ciphertext)))).plaintext().asUtf8String());

        try (DecryptedValue value = store.open(ciphertext, Map.of())) {
            assertEquals("Pässword", value.plaintext().text());
            assertEquals(store.keyArn(SandboxSession.KEY_ALIAS), value.keyArn());
        }
    }

    @Test
    void aDataKeyUnwrapsInItsContextOnly() throws KmsSecretException {
        try (DataKey key = store.generateDataKey(SandboxSession.KEY_ALIAS, CONTEXT); Secret unwrapped = store.decrypt(key.wrapped(), CONTEXT)) {
            assertEquals(32, key.plaintext().length());
            assertArrayEquals(key.plaintext().bytes(), unwrapped.bytes());

            final KmsSecretException failure = assertThrows(KmsSecretException.class, () -> store.decrypt(key.wrapped(), Map.of("run", "2", "table", "public.orders")));
            requireAdvice(failure, "InvalidCiphertextException", "KMS Decrypt in us-east-1 failed", "encrypt it again with a key of us-east-1 (wrong Region?)");
            assertFalse(failure.getMessage().contains(key.wrapped()), failure.getMessage());
        }
    }

    @Test
    void refusesWhatIsNoCiphertext() {
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.decrypt(Base64.getEncoder().encodeToString(new byte[100]), Map.of())), "InvalidCiphertextException", "encrypt it again");
        final KmsSecretException failure = assertThrows(KmsSecretException.class, () -> store.decrypt("hunter2!", Map.of()));
        requireAdvice(failure, "NotBase64", "was not called: the value is not base64");
        assertFalse(failure.getMessage().contains("hunter2"), failure.getMessage());
        assertNull(failure.getCause());
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.decrypt(" ", Map.of())), "NotBase64", "was not called: the value is empty");
    }

    @Test
    void findsAKeyByAnyName() throws KmsSecretException {
        final String arn = store.keyArn(SandboxSession.KEY_ALIAS);

        assertTrue(arn.matches("arn:aws:kms:us-east-1:\\d{12}:key/.+"), arn);
        assertEquals(arn, store.keyArn(arn));
        assertEquals(arn, store.keyArn(arn.substring(arn.indexOf('/') + 1)));
        assertEquals(arn, store.keyArn(arn.replaceFirst("key/.+", SandboxSession.KEY_ALIAS)));
    }

    @Test
    void refusesADisabledKey() {
        final String key = createKey();
        final String ciphertext = encrypt(key, "value", Map.of());
        kms.disableKey(request -> request.keyId(key));

        requireAdvice(assertThrows(KmsSecretException.class, () -> store.keyArn(key)), "KeyState.Disabled", key, "enable it");
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.generateDataKey(key, Map.of())), "DisabledException", "KMS GenerateDataKey in us-east-1, key " + key, "Enable the key");
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.decrypt(ciphertext, Map.of())), "DisabledException", "Enable the key");
    }

    @Test
    void refusesAKeyThatIsAboutToBeDeleted() {
        final String key = createKey();
        kms.scheduleKeyDeletion(request -> request.keyId(key).pendingWindowInDays(7));

        requireAdvice(assertThrows(KmsSecretException.class, () -> store.keyArn(key)), "KeyState.PendingDeletion", key, "cancel its deletion");
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.generateDataKey(key, Map.of())), "KMSInvalidStateException", "cancel its deletion");
    }

    @Test
    void namesTheKeyThatIsMissing() {
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.keyArn("alias/none")), "NotFoundException", "KMS DescribeKey in us-east-1, key alias/none", "belong to one Region");
        requireAdvice(assertThrows(KmsSecretException.class, () -> store.generateDataKey("alias/none", Map.of())), "NotFoundException", "KMS GenerateDataKey", "alias/none");
    }

    @Test
    void saysThatTheCredentialsAreWrong() {
        try (KmsClient wrong = sandbox.kms(sandbox.endpoints().kms().endpoint(), "wrong")) {
            final KmsSecretException failure = assertThrows(KmsSecretException.class, () -> new KmsSecretStore(wrong, "us-east-1").keyArn(SandboxSession.KEY_ALIAS));

            assertTrue(failure.getMessage().contains("The AWS credentials are wrong"), failure.getMessage());
        }
    }

    @Test
    void saysThatThereAreTooManyRequests() throws Exception {
        throttle(50);

        try {
            requireAdvice(assertThrows(KmsSecretException.class, () -> store.keyArn(SandboxSession.KEY_ALIAS)), "ThrottlingException", "try again later");
        } finally {
            throttle(0);
        }
    }

    @Test
    void saysThatKmsCannotBeReached() throws IOException {
        final int port;

        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        try (KmsClient nowhere = sandbox.kms("http://127.0.0.1:" + port, "x")) {
            requireAdvice(assertThrows(KmsSecretException.class, () -> new KmsSecretStore(nowhere, "us-east-1").keyArn("k")), "Unreachable", "KMS DescribeKey in us-east-1, key k got no answer",
                    "Check that the network");
        }
    }

    private String createKey() {
        return kms.createKey().keyMetadata().keyId();
    }

    private String encrypt(final String key, final String value, final Map<String, String> context) {
        return Base64.getEncoder().encodeToString(kms.encrypt(request -> request.keyId(key).plaintext(SdkBytes.fromUtf8String(value)).encryptionContext(context)).ciphertextBlob().asByteArray());
    }

    private void throttle(final int requests) throws IOException, InterruptedException {
        final URI uri = URI.create("%s/kms/throttle?requests=%d".formatted(sandbox.endpoints().control().endpoint(), requests));

        try (HttpClient client = HttpClient.newHttpClient()) {
            final HttpRequest request = HttpRequest.newBuilder(uri).header("Authorization", sandbox.endpoints().control().authorization()).POST(HttpRequest.BodyPublishers.noBody()).build();
            assertEquals(204, client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
    }

    private static void requireAdvice(final KmsSecretException failure, final String code, final String... parts) {
        assertEquals(code, failure.errorCode(), failure.getMessage());

        for (final String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
    }
}
