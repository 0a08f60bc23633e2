package io.github.unloadcopy.sandbox.kms;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Role;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.AlreadyExistsException;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.KmsInvalidStateException;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.MalformedPolicyDocumentException;
import software.amazon.awssdk.services.kms.model.NotFoundException;
import software.amazon.awssdk.services.kms.model.ReEncryptResponse;
import software.amazon.awssdk.services.kms.model.Tag;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KmsServerTest {

    private static final SdkBytes PLAINTEXT = SdkBytes.fromUtf8String("a value that nobody may read");
    private static final Map<String, String> CONTEXT = Map.of("table", "public.orders", "run", "7");

    private static Cloud cloud;
    private static KmsClient client;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        client = cloud.kmsClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        cloud.close();
    }

    @Test
    void utilityKeyExistsFromTheStart() {
        final KeyMetadata metadata = client.describeKey(request -> request.keyId(KeyRing.UTILITY_ALIAS)).keyMetadata();

        assertEquals(KeyState.ENABLED, metadata.keyState());
        assertEquals("arn:aws:kms:us-east-1:000000000000:key/" + metadata.keyId(), metadata.arn());
        assertEquals("000000000000", metadata.awsAccountId());
    }

    @Test
    void decryptFindsTheKeyByItself() {
        final SdkBytes ciphertext = client.encrypt(request -> request.keyId(KeyRing.UTILITY_ALIAS).plaintext(PLAINTEXT).encryptionContext(CONTEXT)).ciphertextBlob();

        assertEquals(PLAINTEXT, client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(CONTEXT)).plaintext());
        assertFalse(ciphertext.asString(StandardCharsets.ISO_8859_1).contains(PLAINTEXT.asUtf8String()));
    }

    @Test
    void everyNameOfAKeyWorks() {
        final KeyMetadata key = newKey();
        client.createAlias(request -> request.aliasName("alias/every-name").targetKeyId(key.keyId()));

        for (final String name : List.of(key.keyId(), key.arn(), "alias/every-name", "arn:aws:kms:us-east-1:000000000000:alias/every-name")) {
            assertEquals(key.arn(), client.encrypt(request -> request.keyId(name).plaintext(PLAINTEXT)).keyId(), name);
        }
    }

    @Test
    void anotherEncryptionContextIsRefused() {
        final SdkBytes ciphertext = encrypt(KeyRing.UTILITY_ALIAS, CONTEXT);

        assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException", () -> client.decrypt(request -> request.ciphertextBlob(ciphertext)));
        assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException",
                () -> client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(Map.of("table", "public.orders"))));
        assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException",
                () -> client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(Map.of("table", "public.order", "srun", "7"))));
    }

    @Test
    void alteredAndForeignCiphertextIsRefused() {
        final byte[] altered = encrypt(KeyRing.UTILITY_ALIAS, CONTEXT).asByteArray();
        altered[altered.length - 1] ^= 1;

        for (final byte[] ciphertext : List.of(altered, new byte[]{1, 2, 3}, "not from here, and rather long for a ciphertext".getBytes(StandardCharsets.UTF_8))) {
            assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException",
                    () -> client.decrypt(request -> request.ciphertextBlob(SdkBytes.fromByteArray(ciphertext)).encryptionContext(CONTEXT)));
        }
    }

    @Test
    void anotherKeyIsRefused() {
        final SdkBytes ciphertext = encrypt(KeyRing.UTILITY_ALIAS, Map.of());
        final String other = newKey().keyId();

        assertRefused(IncorrectKeyException.class, "IncorrectKeyException", () -> client.decrypt(request -> request.ciphertextBlob(ciphertext).keyId(other)));
    }

    @Test
    void disabledKeyIsRefusedUntilItIsEnabled() {
        final String key = newKey().keyId();
        final SdkBytes ciphertext = encrypt(key, CONTEXT);
        client.disableKey(request -> request.keyId(key));

        assertRefused(DisabledException.class, "DisabledException", () -> encrypt(key, CONTEXT));
        assertRefused(DisabledException.class, "DisabledException", () -> client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(CONTEXT)));
        assertRefused(DisabledException.class, "DisabledException", () -> client.generateDataKey(request -> request.keyId(key).keySpec(DataKeySpec.AES_256)));

        client.enableKey(request -> request.keyId(key));
        assertEquals(PLAINTEXT, client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(CONTEXT)).plaintext());
    }

    @Test
    void keyPendingDeletionIsRefusedUntilThatIsCancelled() {
        final String key = newKey().keyId();
        final SdkBytes ciphertext = encrypt(key, CONTEXT);

        assertEquals(7, client.scheduleKeyDeletion(request -> request.keyId(key).pendingWindowInDays(7)).pendingWindowInDays());
        assertEquals(KeyState.PENDING_DELETION, client.describeKey(request -> request.keyId(key)).keyMetadata().keyState());
        assertRefused(KmsInvalidStateException.class, "KMSInvalidStateException", () -> client.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(CONTEXT)));
        assertRefused(KmsInvalidStateException.class, "KMSInvalidStateException", () -> client.enableKey(request -> request.keyId(key)));

        client.cancelKeyDeletion(request -> request.keyId(key));
        assertEquals(KeyState.DISABLED, client.describeKey(request -> request.keyId(key)).keyMetadata().keyState());
    }

    @Test
    void missingKeyIsNotFound() {
        for (final String name : List.of("alias/nobody", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:eu-west-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab")) {
            assertRefused(NotFoundException.class, "NotFoundException", () -> encrypt(name, CONTEXT));
        }
    }

    @Test
    void aliasIsTakenOnce() {
        final String key = newKey().keyId();
        client.createAlias(request -> request.aliasName("alias/taken").targetKeyId(key));

        assertRefused(AlreadyExistsException.class, "AlreadyExistsException", () -> client.createAlias(request -> request.aliasName("alias/taken").targetKeyId(key)));
        assertRefused(KmsException.class, "InvalidAliasNameException", () -> client.createAlias(request -> request.aliasName("taken").targetKeyId(key)));
    }

    @Test
    void aliasesComeInPages() {
        final String key = newKey().keyId();
        IntStream.range(0, 12).forEach(number -> client.createAlias(request -> request.aliasName("alias/page-" + number).targetKeyId(key)));

        final ListAliasesResponse first = client.listAliases(request -> request.keyId(key).limit(5));
        assertTrue(first.truncated());
        assertEquals(5, first.aliases().size());

        final List<String> names = client.listAliasesPaginator(request -> request.keyId(key).limit(5)).aliases().stream().map(AliasListEntry::aliasName).toList();
        assertEquals(12, names.stream().distinct().count());
        assertEquals(12, names.size());
    }

    @Test
    void dataKeyComesBackFromItsCiphertext() {
        final GenerateDataKeyResponse dataKey = client.generateDataKey(request -> request.keyId(KeyRing.UTILITY_ALIAS).keySpec(DataKeySpec.AES_256).encryptionContext(CONTEXT));

        assertEquals(32, dataKey.plaintext().asByteArray().length);
        assertArrayEquals(dataKey.plaintext().asByteArray(), client.decrypt(request -> request.ciphertextBlob(dataKey.ciphertextBlob()).encryptionContext(CONTEXT)).plaintext().asByteArray());
        assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException", () -> client.decrypt(request -> request.ciphertextBlob(dataKey.ciphertextBlob())));
    }

    @Test
    void plaintextHasALimit() {
        assertEquals(4_096, client.decrypt(request -> request.ciphertextBlob(
                client.encrypt(inner -> inner.keyId(KeyRing.UTILITY_ALIAS).plaintext(SdkBytes.fromByteArray(new byte[4_096]))).ciphertextBlob())).plaintext().asByteArray().length);
        assertRefused(KmsException.class, "ValidationException",
                () -> client.encrypt(request -> request.keyId(KeyRing.UTILITY_ALIAS).plaintext(SdkBytes.fromByteArray(new byte[4_097]))));
    }

    @Test
    void rotationIsRemembered() {
        final String key = newKey().keyId();
        assertFalse(client.getKeyRotationStatus(request -> request.keyId(key)).keyRotationEnabled());

        client.enableKeyRotation(request -> request.keyId(key));
        assertTrue(client.getKeyRotationStatus(request -> request.keyId(key)).keyRotationEnabled());
    }

    @Test
    void rotationHasAPeriod() {
        final String key = newKey().keyId();
        client.enableKeyRotation(request -> request.keyId(key).rotationPeriodInDays(90));

        assertEquals(90, client.getKeyRotationStatus(request -> request.keyId(key)).rotationPeriodInDays());
        assertTrue(client.getKeyRotationStatus(request -> request.keyId(key)).nextRotationDate().isAfter(Instant.now().plus(Duration.ofDays(89))));
        client.disableKeyRotation(request -> request.keyId(key));
        assertFalse(client.getKeyRotationStatus(request -> request.keyId(key)).keyRotationEnabled());
        assertRefused(KmsException.class, "ValidationException", () -> client.enableKeyRotation(request -> request.keyId(key).rotationPeriodInDays(89)));
    }

    @Test
    void aliasCanBeMovedAndTakenAway() {
        final KeyMetadata first = newKey();
        final KeyMetadata second = newKey();
        client.createAlias(request -> request.aliasName("alias/moving").targetKeyId(first.keyId()));
        client.updateAlias(request -> request.aliasName("alias/moving").targetKeyId(second.keyId()));
        assertEquals(second.arn(), client.describeKey(request -> request.keyId("alias/moving")).keyMetadata().arn());

        client.deleteAlias(request -> request.aliasName("alias/moving"));
        assertRefused(NotFoundException.class, "NotFoundException", () -> client.describeKey(request -> request.keyId("alias/moving")));
        assertRefused(NotFoundException.class, "NotFoundException", () -> client.deleteAlias(request -> request.aliasName("alias/moving")));
        assertRefused(KmsException.class, "NotAuthorizedException", () -> client.createAlias(request -> request.aliasName("alias/aws/mine").targetKeyId(first.keyId())));
    }

    @Test
    void ciphertextGoesUnderAnotherKeyWithoutBeingSeen() {
        final String source = newKey().arn();
        final String destination = newKey().arn();
        final SdkBytes ciphertext = encrypt(source, CONTEXT);
        final ReEncryptResponse moved = client.reEncrypt(request -> request.ciphertextBlob(ciphertext).sourceEncryptionContext(CONTEXT).destinationKeyId(destination));

        assertEquals(source, moved.sourceKeyId());
        assertEquals(destination, moved.keyId());
        assertEquals(PLAINTEXT, client.decrypt(request -> request.ciphertextBlob(moved.ciphertextBlob()).keyId(destination)).plaintext());
        assertRefused(InvalidCiphertextException.class, "InvalidCiphertextException", () -> client.reEncrypt(request -> request.ciphertextBlob(ciphertext).destinationKeyId(destination)));
    }

    @Test
    void tagsAndDescriptionChange() {
        final String key = client.createKey(request -> request.tags(tag("run", "7"), tag("team", "data"))).keyMetadata().keyId();
        client.tagResource(request -> request.keyId(key).tags(tag("run", "8")));
        client.untagResource(request -> request.keyId(key).tagKeys("team"));
        client.updateKeyDescription(request -> request.keyId(key).description("new"));

        assertEquals(List.of(tag("run", "8")), client.listResourceTags(request -> request.keyId(key)).tags());
        assertEquals("new", client.describeKey(request -> request.keyId(key)).keyMetadata().description());
    }

    @Test
    void keyPolicyDecidesBesideThatOfTheUser() {
        final String key = newKey().arn();
        assertEquals(List.of("default"), client.listKeyPolicies(request -> request.keyId(key)).policyNames());
        assertTrue(client.getKeyPolicy(request -> request.keyId(key)).policy().contains("arn:aws:iam::000000000000:root"));
        cloud.iam().putUser("named", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}");
        cloud.iam().putUser("delegated", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}");
        try (KmsClient named = cloud.kmsClient(Cloud.credentials(cloud.iam().createAccessKey("named")), Cloud.REGION);
                KmsClient delegated = cloud.kmsClient(Cloud.credentials(cloud.iam().createAccessKey("delegated")), Cloud.REGION)) {
            assertDenied("because no identity-based policy allows the kms:Encrypt action", () -> named.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT)));
            delegated.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT));

            client.putKeyPolicy(request -> request.keyId(key).policy(policy("root", "kms:PutKeyPolicy", "user/named", "kms:Encrypt")));
            named.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT));
            assertDenied("because no resource-based policy allows the kms:Encrypt action", () -> delegated.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT)));
            assertDenied("because no resource-based policy allows the kms:Encrypt action", () -> client.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT)));
        }
    }

    @Test
    void keyPolicyMustLeaveAWayBack() {
        final String key = newKey().arn();

        assertRefused(MalformedPolicyDocumentException.class, "MalformedPolicyDocumentException",
                () -> client.putKeyPolicy(request -> request.keyId(key).policy(policy("user/nobody", "kms:*", "user/other", "kms:*"))));
        assertRefused(MalformedPolicyDocumentException.class, "MalformedPolicyDocumentException", () -> client.putKeyPolicy(request -> request.keyId(key).policy("{}")));
        assertRefused(MalformedPolicyDocumentException.class, "MalformedPolicyDocumentException",
                () -> client.createKey(request -> request.policy(policy("user/nobody", "kms:*", "user/other", "kms:*"))));
        client.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT));
        assertRefused(NotFoundException.class, "NotFoundException", () -> client.getKeyPolicy(request -> request.keyId(key).policyName("other")));
    }

    @Test
    void keyIsMadeWithItsPolicy() {
        final String policy = policy("root", "kms:*", "user/other", "kms:Decrypt");
        final String key = client.createKey(request -> request.policy(policy)).keyMetadata().keyId();

        assertEquals(policy, client.getKeyPolicy(request -> request.keyId(key)).policy());
        encrypt(key, CONTEXT);
    }

    @Test
    void keyOfAServiceIsForThatServiceOnly() {
        client.describeKey(request -> request.keyId("alias/aws/s3"));

        assertDenied("kms:Encrypt", () -> client.encrypt(request -> request.keyId("alias/aws/s3").plaintext(PLAINTEXT)));
        final String key = client.describeKey(request -> request.keyId("alias/aws/s3")).keyMetadata().keyId();
        assertDenied("kms:DisableKey", () -> client.disableKey(request -> request.keyId(key)));
    }

    @Test
    void whatTheSandboxHasNotIsRefusedByName() {
        assertRefused(KmsException.class, "UnsupportedOperationException", () -> client.createKey(request -> request.multiRegion(true)));
        assertRefused(KmsException.class, "UnsupportedOperationException", () -> client.createKey(request -> request.keySpec(KeySpec.RSA_2048).keyUsage(KeyUsageType.SIGN_VERIFY)));
        assertRefused(KmsException.class, "UnknownOperationException",
                () -> client.createGrant(request -> request.keyId(newKey().arn()).granteePrincipal("arn:aws:iam::000000000000:user/named").operations(GrantOperation.DECRYPT)));
    }

    @Test
    void parameterThatWouldBeIgnoredIsRefused() {
        assertRefused(KmsException.class, "UnsupportedOperationException", () -> client.createKey(request -> request.xksKeyId("elsewhere")));
        assertRefused(KmsException.class, "UnknownOperationException", () -> client.generateRandom(request -> request.numberOfBytes(8)));
    }

    @Test
    void wrongSecretIsRefused() {
        try (KmsClient stranger = cloud.kmsClient(AwsBasicCredentials.create(cloud.iam().rootKey().accessKeyId(), "wrong"), Cloud.REGION)) {
            assertRefused(KmsException.class, "InvalidSignatureException", () -> stranger.listAliases());
        }
        try (KmsClient stranger = cloud.kmsClient(AwsBasicCredentials.create("AKIANOBODY", "wrong"), Cloud.REGION)) {
            assertRefused(KmsException.class, "UnrecognizedClientException", () -> stranger.listAliases());
        }
    }

    @Test
    void anotherRegionIsRefused() {
        try (KmsClient elsewhere = cloud.kmsClient(Cloud.credentials(cloud.iam().rootKey()), "eu-west-1")) {
            assertRefused(KmsException.class, "InvalidSignatureException", () -> elsewhere.listAliases());
        }
    }

    @Test
    void sessionHasWhatItsRoleHas() {
        final SdkBytes ciphertext = encrypt(KeyRing.UTILITY_ALIAS, CONTEXT);
        try (KmsClient reader = cloud.kmsClient(Cloud.credentials(cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ofMinutes(15))), Cloud.REGION)) {
            assertEquals(PLAINTEXT, reader.decrypt(request -> request.ciphertextBlob(ciphertext).encryptionContext(CONTEXT)).plaintext());
            final KmsException refusal = assertThrows(KmsException.class, () -> reader.encrypt(request -> request.keyId(KeyRing.UTILITY_ALIAS).plaintext(PLAINTEXT)));
            assertEquals("AccessDeniedException", refusal.awsErrorDetails().errorCode());
            assertTrue(refusal.getMessage().contains("User: arn:aws:sts::000000000000:assumed-role/ReadOnly/test is not authorized to perform: kms:Encrypt on resource: arn:aws:kms:"),
                    refusal::getMessage);
        }
    }

    @Test
    void sessionNeedsItsOwnLivingToken() {
        final AccessKey living = cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ofMinutes(15));
        final AccessKey ended = cloud.iam().startSession(Role.READ_ONLY.arn(), "test", Duration.ZERO);
        try (KmsClient forger = cloud.kmsClient(AwsSessionCredentials.create(living.accessKeyId(), living.secretAccessKey(), "forged"), Cloud.REGION);
                KmsClient late = cloud.kmsClient(Cloud.credentials(ended), Cloud.REGION)) {
            assertRefused(KmsException.class, "UnrecognizedClientException", () -> forger.listAliases());
            assertRefused(KmsException.class, "ExpiredTokenException", () -> late.listAliases());
        }
    }

    private static String policy(final String one, final String oneAction, final String other, final String otherAction) {
        return "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:%s\"},\"Action\":\"%s\",\"Resource\":\"*\"},".formatted(one, oneAction)
                + "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:%s\"},\"Action\":\"%s\",\"Resource\":\"*\"}]}".formatted(other, otherAction);
    }

    private static Tag tag(final String key, final String value) {
        return Tag.builder().tagKey(key).tagValue(value).build();
    }

    private static void assertDenied(final String words, final Executable call) {
        final KmsException refusal = assertThrows(KmsException.class, call);
        assertEquals("AccessDeniedException", refusal.awsErrorDetails().errorCode());
        assertTrue(refusal.getMessage().contains(words), refusal::getMessage);
    }

    private static KeyMetadata newKey() {
        return client.createKey(request -> request.description("test")).keyMetadata();
    }

    private static SdkBytes encrypt(final String key, final Map<String, String> context) {
        return client.encrypt(request -> request.keyId(key).plaintext(PLAINTEXT).encryptionContext(context)).ciphertextBlob();
    }

    private static void assertRefused(final Class<? extends KmsException> type, final String code, final Executable call) {
        final KmsException refusal = assertThrows(type, call);
        assertEquals(code, refusal.awsErrorDetails().errorCode());
        assertEquals(400, refusal.statusCode());
    }
}
