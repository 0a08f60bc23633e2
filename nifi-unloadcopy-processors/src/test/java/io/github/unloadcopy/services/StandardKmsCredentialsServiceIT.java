package io.github.unloadcopy.services;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.unloadcopy.SandboxRunner;
import io.github.unloadcopy.SandboxSession;
import io.github.unloadcopy.kms.DataKey;
import io.github.unloadcopy.kms.KmsSecretException;
import io.github.unloadcopy.kms.Secret;
import io.github.unloadcopy.processors.RedshiftUnload;
import org.apache.nifi.components.ConfigVerificationResult;
import org.apache.nifi.components.ConfigVerificationResult.Outcome;
import org.apache.nifi.components.PropertyDescriptor;
import org.apache.nifi.reporting.InitializationException;
import org.apache.nifi.util.MockConfigurationContext;
import org.apache.nifi.util.TestRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StandardKmsCredentialsServiceIT {

    private static final SandboxSession SANDBOX = SandboxSession.get();

    private TestRunner runner;
    private StandardKmsCredentialsService service;

    @BeforeEach
    void setService() throws InitializationException {
        runner = SandboxRunner.create(new RedshiftUnload());
        service = (StandardKmsCredentialsService) runner.getControllerService(SandboxRunner.KMS_SERVICE);
    }

    @Test
    void decryptsEachCiphertextOnce() throws IOException, InterruptedException, ExecutionException {
        final String ciphertext = SANDBOX.encrypt("pässword");
        final long before = decryptCalls();

        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            final List<Callable<String>> calls = new ArrayList<>();

            for (int call = 0; call < 40; call++) {
                calls.add(() -> {
                    try (Secret secret = service.decrypt(ciphertext, Map.of())) {
                        return secret.text();
                    }
                });
            }

            for (final Future<String> result : threads.invokeAll(calls)) {
                assertEquals("pässword", result.get());
            }
        }

        assertEquals(1, decryptCalls() - before);
    }

    @Test
    void decryptsAgainOnceItWasDisabled() throws IOException, InterruptedException, KmsSecretException {
        final String ciphertext = SANDBOX.encrypt("secret");
        service.decrypt(ciphertext, Map.of()).close();
        runner.disableControllerService(service);
        assertThrows(IllegalStateException.class, () -> service.decrypt(ciphertext, Map.of()));
        runner.enableControllerService(service);
        final long before = decryptCalls();

        try (Secret secret = service.decrypt(ciphertext, Map.of())) {
            assertEquals("secret", secret.text());
        }

        assertEquals(1, decryptCalls() - before);
    }

    @Test
    void aCacheThatIsTooSmallStillAnswersRightly() throws KmsSecretException {
        runner.disableControllerService(service);
        runner.setProperty(service, StandardKmsCredentialsService.CACHE_SIZE, "1");
        runner.enableControllerService(service);
        final List<String> values = List.of("one", "two", "three");
        final List<String> ciphertexts = values.stream().map(SANDBOX::encrypt).toList();

        for (int round = 0; round < 3; round++) {
            for (int index = 0; index < values.size(); index++) {
                try (Secret secret = service.decrypt(ciphertexts.get(index), Map.of())) {
                    assertEquals(values.get(index), secret.text());
                }
            }
        }
    }

    @Test
    void dataKeysUnwrapWithTheirContextOnly() throws KmsSecretException {
        final Map<String, String> context = Map.of("run", "1", "table", "public.orders");

        try (DataKey key = service.generateDataKey(context); Secret unwrapped = service.decrypt(key.wrapped(), context)) {
            assertEquals(32, key.plaintext().bytes().length);
            assertArrayEquals(key.plaintext().bytes(), unwrapped.bytes());
            final KmsSecretException refused = assertThrows(KmsSecretException.class, () -> service.decrypt(key.wrapped(), Map.of("run", "2")));
            assertEquals("InvalidCiphertextException", refused.errorCode());
        }
    }

    @Test
    void disabledKeyIsNamed() {
        final String keyId = SANDBOX.kms().createKey().keyMetadata().keyId();
        SANDBOX.kms().disableKey(request -> request.keyId(keyId));
        useKey(keyId);

        final KmsSecretException refused = assertThrows(KmsSecretException.class, service::getKeyArn);
        assertTrue(refused.getMessage().contains(keyId), refused::getMessage);
    }

    @Test
    void missingKeyIsNamed() {
        useKey("alias/NoSuchKey");

        final KmsSecretException refused = assertThrows(KmsSecretException.class, service::getKeyArn);
        assertTrue(refused.getMessage().contains("alias/NoSuchKey"), refused::getMessage);
    }

    @Test
    void verifyFindsTheKey() {
        assertEquals(Outcome.SUCCESSFUL, verify(SandboxSession.KEY_ALIAS).getOutcome());
        assertEquals(Outcome.FAILED, verify("alias/NoSuchKey").getOutcome());
    }

    private void useKey(final String keyId) {
        runner.disableControllerService(service);
        runner.setProperty(service, StandardKmsCredentialsService.KMS_KEY, keyId);
        runner.enableControllerService(service);
    }

    private ConfigVerificationResult verify(final String keyId) {
        final Map<PropertyDescriptor, String> properties = Map.of(
                StandardKmsCredentialsService.CREDENTIALS_PROVIDER_SERVICE, SandboxRunner.CREDENTIALS_SERVICE,
                StandardKmsCredentialsService.REGION, SANDBOX.endpoints().region(),
                StandardKmsCredentialsService.KMS_KEY, keyId,
                StandardKmsCredentialsService.ENDPOINT_OVERRIDE, SANDBOX.endpoints().kms().endpoint());
        final MockConfigurationContext context = new MockConfigurationContext(service, properties, runner.getProcessContext().getControllerServiceLookup(), Map.of());
        return service.verify(context, runner.getLogger(), Map.of()).getFirst();
    }

    private static long decryptCalls() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            final URI uri = URI.create(SANDBOX.endpoints().control().endpoint() + "/calls");
            final HttpRequest request = HttpRequest.newBuilder(uri).header("Authorization", SANDBOX.endpoints().control().authorization()).build();
            final JsonNode calls = JsonMapper.builder().build().readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
            return calls.path("kms").path("Decrypt").asLong();
        }
    }
}
