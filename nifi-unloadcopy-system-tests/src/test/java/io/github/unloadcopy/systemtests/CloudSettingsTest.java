package io.github.unloadcopy.systemtests;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CloudSettingsTest {
    @Test
    void noVariableMeansTheSandbox() {
        assertNull(CloudSettings.of(Map.of("PATH", "/bin", "AWS_REGION", "eu-west-1", "UNLOADCOPY_TEST_REGION", " ")));
    }

    @Test
    void anAccountIsReadWithItsDefaults() {
        final CloudSettings settings = CloudSettings.of(account());

        assertEquals("eu-west-1", settings.region());
        assertEquals("my-bucket", settings.bucket());
        assertTrue(settings.prefix().matches("unloadcopy-test/[0-9a-f-]{36}/"), settings.prefix());
        assertNotEquals(settings.prefix(), CloudSettings.of(account()).prefix(), "two runs share nothing");
        assertEquals("alias/RedshiftUnloadCopyUtility", settings.kmsKey());
        assertNull(settings.rootCertificate());
        assertNull(settings.sandbox());
        assertFalse(settings.clientSideEncryption());
        assertEquals("source.example.com", settings.cluster("source").host());
        assertEquals(5439, settings.cluster("source").port());
        assertEquals("target-user", settings.cluster("target").user());
        assertFalse(settings.toString().contains("-password"), settings.toString());
    }

    @Test
    void everyDefaultCanBeChanged() {
        final Map<String, String> account = account();
        account.put("UNLOADCOPY_TEST_PREFIX", "a/b");
        account.put("UNLOADCOPY_TEST_KMS_KEY", "alias/other");
        account.put("UNLOADCOPY_TEST_ROOT_CERTIFICATE", "/ca.pem");
        account.put("UNLOADCOPY_TEST_CLIENT_SIDE_ENCRYPTION", "true");
        account.put("UNLOADCOPY_TEST_TARGET_PORT", "5440");

        final CloudSettings settings = CloudSettings.of(account);

        assertTrue(settings.prefix().startsWith("a/b/"), settings.prefix());
        assertEquals("alias/other", settings.kmsKey());
        assertEquals("/ca.pem", settings.rootCertificate());
        assertTrue(settings.clientSideEncryption());
        assertEquals(5440, settings.cluster("target").port());
    }

    @Test
    void whatIsMissingIsNamed() {
        final Map<String, String> account = account();
        account.remove("UNLOADCOPY_TEST_BUCKET");
        account.remove("UNLOADCOPY_TEST_TARGET_PASSWORD");

        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> CloudSettings.of(account));

        assertEquals("Environment variables are missing: an AWS account is described by all of them, the sandbox by none: UNLOADCOPY_TEST_BUCKET, UNLOADCOPY_TEST_TARGET_PASSWORD",
                exception.getMessage());
    }

    @Test
    void aMisspelledVariableIsNamed() {
        final Map<String, String> account = account();
        account.put("UNLOADCOPY_TEST_BUKET", "secret");

        final IllegalArgumentException exception = assertThrows(IllegalArgumentException.class, () -> CloudSettings.of(account));

        assertEquals("Environment variables are not known: UNLOADCOPY_TEST_BUKET", exception.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "65536", "port"})
    void portsAreChecked(final String port) {
        final Map<String, String> account = account();
        account.put("UNLOADCOPY_TEST_SOURCE_PORT", port);

        assertEquals("UNLOADCOPY_TEST_SOURCE_PORT must be a port number", assertThrows(IllegalArgumentException.class, () -> CloudSettings.of(account)).getMessage());
    }

    @Test
    void flagsAreChecked() {
        final Map<String, String> account = account();
        account.put("UNLOADCOPY_TEST_CLIENT_SIDE_ENCRYPTION", "yes");

        assertEquals("UNLOADCOPY_TEST_CLIENT_SIDE_ENCRYPTION must be true or false", assertThrows(IllegalArgumentException.class, () -> CloudSettings.of(account)).getMessage());
    }

    private static Map<String, String> account() {
        final Map<String, String> variables = new HashMap<>();
        variables.put("UNLOADCOPY_TEST_REGION", "eu-west-1");
        variables.put("UNLOADCOPY_TEST_BUCKET", "my-bucket");
        variables.put("UNLOADCOPY_TEST_IAM_ROLE", "arn:aws:iam::111122223333:role/RedshiftUnloadCopy");

        for (final String cluster : new String[] {"source", "target"}) {
            final String prefix = "UNLOADCOPY_TEST_" + cluster.toUpperCase(Locale.ROOT);
            variables.put(prefix + "_HOST", cluster + ".example.com");
            variables.put(prefix + "_DATABASE", "sales");
            variables.put(prefix + "_USER", cluster + "-user");
            variables.put(prefix + "_PASSWORD", cluster + "-password");
        }

        return variables;
    }
}
