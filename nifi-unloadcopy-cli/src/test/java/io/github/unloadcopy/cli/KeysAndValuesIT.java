package io.github.unloadcopy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.Tag;

import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KeysAndValuesIT {
    private static final String SECRET = "Hunter-2-pässword";

    private final CliSandbox sandbox = CliSandbox.get();

    @Test
    void makesTheKeyOnceAndSwitchesItsRotationOn() throws Exception {
        final JsonNode first = CliRun.of("", "create-key", "--alias", "alias/Made", "--json").requireStatus(ExitStatus.OK).json();

        assertEquals("created", first.path("key").asText());
        assertEquals("switched-on", first.path("rotation").asText());
        final String arn = first.path("keyArn").asText();
        assertEquals(arn, first.at("/policies/nifi/Statement/0/Resource").asText());

        try (KmsClient kms = sandbox.kms()) {
            assertEquals(arn, kms.describeKey(request -> request.keyId("alias/Made")).keyMetadata().arn());
            assertTrue(kms.getKeyRotationStatus(request -> request.keyId(arn)).keyRotationEnabled());
        }

        final CliRun second = CliRun.of("", "create-key", "--alias", "alias/Made").requireStatus(ExitStatus.OK);
        assertTrue(second.out().startsWith("The key was there already: " + arn), second.out());
        assertTrue(second.out().contains("was on already"), second.out());
        assertTrue(second.out().contains("kms:GenerateDataKey"), second.out());
    }

    @Test
    void takesUpTheKeyOfAnInterruptedRun() throws Exception {
        final String orphan;
        final String other;

        try (KmsClient kms = sandbox.kms()) {
            orphan = kms.createKey(request -> request.tags(tag("alias/Orphaned"))).keyMetadata().arn();
            other = kms.createKey(request -> request.tags(tag("alias/SomethingElse"))).keyMetadata().arn();
        }

        final JsonNode answer = CliRun.of("", "create-key", "--alias", "alias/Orphaned", "--json").requireStatus(ExitStatus.OK).json();
        assertEquals("adopted", answer.path("key").asText());
        assertEquals(orphan, answer.path("keyArn").asText());
        assertNotEquals(other, answer.path("keyArn").asText());
    }

    @Test
    void saysThatTheKeyCannotBeUsed() throws Exception {
        try (KmsClient kms = sandbox.kms()) {
            final String key = kms.createKey().keyMetadata().keyId();
            kms.createAlias(request -> request.aliasName("alias/Disabled").targetKeyId(key));
            kms.disableKey(request -> request.keyId(key));
        }

        final CliRun run = CliRun.of("", "create-key", "--alias", "alias/Disabled").requireStatus(ExitStatus.AWS);
        assertTrue(run.err().contains("its state is Disabled: enable it"), run.err());
    }

    @Test
    void encryptsAPipedValueAndProvesThatItDecrypts() throws Exception {
        final CliRun encrypted = CliRun.of(SECRET + "\n", "encrypt-value").requireStatus(ExitStatus.OK).requireSilenceAbout(SECRET);
        assertTrue(encrypted.out().matches("[A-Za-z0-9+/]+={0,2}\n"), encrypted.out());
        assertEquals("note: the line end behind the value is not part of it and was left out\n", encrypted.err());

        try (KmsClient kms = sandbox.kms()) {
            final SdkBytes blob = SdkBytes.fromByteArray(Base64.getDecoder().decode(encrypted.out().strip()));
            assertEquals(SECRET, kms.decrypt(request -> request.ciphertextBlob(blob)).plaintext().asUtf8String());
        }

        final CliRun checked = CliRun.of(encrypted.out(), "decrypt-check").requireStatus(ExitStatus.OK).requireSilenceAbout(SECRET, Integer.toString(SECRET.length()) + " ");
        assertTrue(checked.out().contains("decrypts in us-east-1"), checked.out());
        final JsonNode json = CliRun.of(encrypted.out(), "decrypt-check", "--json").requireStatus(ExitStatus.OK).requireSilenceAbout(SECRET).json();
        assertTrue(json.path("keyArn").asText().startsWith("arn:aws:kms:us-east-1:"), json.toString());
    }

    @Test
    void pointsOutALineEndInsideTheValue() throws Exception {
        final String ciphertext;

        try (KmsClient kms = sandbox.kms()) {
            final SdkBytes echoed = SdkBytes.fromUtf8String(SECRET + "\n");
            ciphertext = Base64.getEncoder().encodeToString(kms.encrypt(request -> request.keyId(KeyOption.DEFAULT_ALIAS).plaintext(echoed)).ciphertextBlob().asByteArray());
        }

        final CliRun run = CliRun.of(ciphertext, "decrypt-check").requireStatus(ExitStatus.OK).requireSilenceAbout(SECRET);
        assertTrue(run.err().contains("ends with a line end"), run.err());
    }

    @Test
    void theStatusTellsABadValueFromARefusal() throws Exception {
        assertTrue(CliRun.of("aGVsbG8gaGVsbG8=", "decrypt-check").requireStatus(ExitStatus.CHECK_FAILED).err().contains("InvalidCiphertextException"));
        CliRun.of(SECRET, "decrypt-check").requireStatus(ExitStatus.CHECK_FAILED).requireSilenceAbout(SECRET);
        final CliRun refused = CliRun.of(with("AWS_SECRET_ACCESS_KEY", "wrong-secret-key"), SECRET, "encrypt-value", "--json").requireStatus(ExitStatus.AWS);
        refused.requireSilenceAbout(SECRET, "wrong-secret");
        assertTrue(refused.json().path("error").asText().contains("The AWS credentials are wrong"), refused.out());
        CliRun.of(SECRET, "encrypt-value", "--endpoint-url", "http://127.0.0.1:1").requireStatus(ExitStatus.AWS).requireSilenceAbout(SECRET);
        CliRun.of(Map.of("AWS_REGION", "us-east-1"), SECRET, "encrypt-value").requireStatus(ExitStatus.AWS).requireSilenceAbout(SECRET);
        CliRun.of(Map.of(), SECRET, "encrypt-value").requireStatus(ExitStatus.USAGE).requireSilenceAbout(SECRET);
        CliRun.of("", "encrypt-value").requireStatus(ExitStatus.INPUT);
    }

    @Test
    void failsInOneLineUnlessAskedForMore() throws Exception {
        final CliRun brief = CliRun.of(SECRET, "encrypt-value", "--key", "alias/None").requireStatus(ExitStatus.AWS);
        assertEquals(1, brief.err().lines().count(), brief.err());
        final CliRun verbose = CliRun.of(SECRET, "encrypt-value", "--key", "alias/None", "--verbose").requireStatus(ExitStatus.AWS).requireSilenceAbout(SECRET);
        assertTrue(verbose.err().contains("\tat "), verbose.err());
    }

    @Test
    void takesTheEndpointOfAnOption() throws Exception {
        final Map<String, String> environment = new HashMap<>(sandbox.environment());
        environment.remove("AWS_ENDPOINT_URL_KMS");
        environment.remove("AWS_REGION");
        final CliRun run = CliRun.of(environment, SECRET, "encrypt-value", "--endpoint-url", sandbox.endpoints().kms().endpoint(), "--region", CliSandbox.REGION, "--json");

        assertFalse(run.requireStatus(ExitStatus.OK).json().path("ciphertext").asText().isEmpty(), run.out());
    }

    private Map<String, String> with(final String name, final String value) {
        final Map<String, String> environment = new HashMap<>(sandbox.environment());
        environment.put(name, value);
        return environment;
    }

    private static Tag tag(final String alias) {
        return Tag.builder().tagKey(KeyMaker.TAG).tagValue(alias).build();
    }
}
