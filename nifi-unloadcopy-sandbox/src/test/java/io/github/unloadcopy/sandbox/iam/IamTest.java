package io.github.unloadcopy.sandbox.iam;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class IamTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String KEY = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private static final String ALLOW_ALL = "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}";

    private final Iam iam = new Iam(Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @CsvSource({
        "RedshiftUnloadCopy, true, true, true, true, true",
        "ReadOnly, true, true, false, true, false",
        "NoKms, true, true, true, false, false",
        "Nothing, false, false, false, false, false"
    })
    void rolesMayDoWhatTheirNamesSay(final String role, final boolean list, final boolean get, final boolean put, final boolean decrypt, final boolean generate) {
        final Principal principal = iam.assumeRoles(List.of("arn:aws:iam::000000000000:role/" + role));

        assertEquals(list, iam.allows(principal, "s3:ListBucket", "arn:aws:s3:::staging"));
        assertEquals(get, iam.allows(principal, "s3:GetObject", "arn:aws:s3:::staging/run/1"));
        assertEquals(put, iam.allows(principal, "s3:PutObject", "arn:aws:s3:::staging/run/1"));
        assertEquals(decrypt, iam.allows(principal, "kms:Decrypt", KEY));
        assertEquals(generate, iam.allows(principal, "kms:GenerateDataKey", KEY));
    }

    @Test
    void clustersRoleManagesNoKeys() {
        final Principal principal = iam.assumeRoles(List.of(Role.REDSHIFT_UNLOAD_COPY.arn()));

        assertFalse(iam.allows(principal, "kms:ScheduleKeyDeletion", KEY));
        assertFalse(iam.allows(principal, "kms:CreateKey", "*"));
    }

    @Test
    void policyCanBeNarrowedToAPrefix() {
        final Role role = new Role("OnePrefix", List.of(Statement.allow(List.of("s3:GetObject"), List.of("arn:aws:s3:::staging/run-?/*"))));
        final Iam narrow = new Iam(Clock.systemUTC(), List.of(role));
        final Principal principal = narrow.assumeRoles(List.of(role.arn()));

        assertTrue(narrow.allows(principal, "s3:GetObject", "arn:aws:s3:::staging/run-1/deep/part"));
        assertFalse(narrow.allows(principal, "s3:GetObject", "arn:aws:s3:::staging/run-12/part"));
        assertFalse(narrow.allows(principal, "s3:GetObject", "arn:aws:s3:::staging2/run-1/part"));
        assertFalse(narrow.allows(principal, "s3:GetObjectVersion", "arn:aws:s3:::staging/run-1/part"));
    }

    @Test
    void denialNamesWhoWhatAndWhere() {
        final Principal principal = iam.assumeRoles(List.of(Role.NOTHING.arn()));

        final CloudException refusal = assertRefused("AccessDenied", 403, () -> iam.require(principal, "s3:PutObject", "arn:aws:s3:::bucket/key"));
        assertEquals("User: arn:aws:sts::000000000000:assumed-role/Nothing/RedshiftIamRoleSession is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::bucket/key\""
                + " because no identity-based policy allows the s3:PutObject action", refusal.getMessage());
    }

    @Test
    void roleChainNeedsPermissionForEveryStep() {
        assertEquals("arn:aws:sts::000000000000:assumed-role/ReadOnly/RedshiftIamRoleSession", iam.assumeRoles(List.of(Role.REDSHIFT_UNLOAD_COPY.arn(), Role.READ_ONLY.arn())).arn());
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of(Role.READ_ONLY.arn(), Role.REDSHIFT_UNLOAD_COPY.arn())));
    }

    @Test
    void clusterAssumesOnlyRolesThatTrustItAndAreAttached() {
        iam.putRole("ForPeople", ALLOW_ALL, "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:root\"},\"Action\":\"sts:AssumeRole\"}}");
        final CloudException refusal = assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of("arn:aws:iam::000000000000:role/ForPeople")));
        assertTrue(refusal.getMessage().contains("does not trust redshift.amazonaws.com"), refusal::getMessage);

        iam.detachRole("source", "ReadOnly");
        assertRefused("AccessDenied", 403, () -> iam.forCluster("source").assumeRoles(List.of(Role.READ_ONLY.arn())));
        iam.forCluster("target").assumeRoles(List.of(Role.READ_ONLY.arn()));
        iam.attachRole("source", "ReadOnly");
        iam.forCluster("source").assumeRoles(List.of(Role.READ_ONLY.arn()));
    }

    @Test
    void chainNeedsTheTrustOfEveryRole() {
        final String trust = "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:role/%s\"},\"Action\":\"sts:AssumeRole\"}}";
        iam.putRole("First", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Resource\":\"*\"}}");
        iam.putRole("TrustsFirst", ALLOW_ALL, trust.formatted("First"));
        iam.putRole("TrustsOther", ALLOW_ALL, trust.formatted("Other"));
        iam.putRole("Mute", ALLOW_ALL.replace("Allow", "Deny"));

        assertEquals("arn:aws:sts::000000000000:assumed-role/TrustsFirst/RedshiftIamRoleSession", iam.assumeRoles(List.of(role("First"), role("TrustsFirst"))).arn());
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of(role("First"), role("TrustsOther"))));
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of(role("Mute"), role("ReadOnly"))));
    }

    @Test
    void changedPolicyHoldsForSessionsThatRun() {
        final String arn = iam.putRole("Changing", ALLOW_ALL);
        final Principal principal = iam.assumeRoles(List.of(arn));
        assertTrue(iam.allows(principal, "s3:GetObject", "arn:aws:s3:::staging/a"));

        iam.putRole("Changing", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"*\"}}");
        assertFalse(iam.allows(principal, "s3:GetObject", "arn:aws:s3:::staging/a"));
        iam.deleteRole("Changing");
        assertFalse(iam.allows(principal, "s3:ListBucket", "arn:aws:s3:::staging"));
        assertRefused("NoSuchEntity", 404, () -> iam.deleteRole("Changing"));
    }

    @Test
    void usersHaveAccessKeys() {
        iam.putUser("mary", "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}}");
        final AccessKey key = iam.createAccessKey("mary");
        final Principal mary = iam.accessKey(key.accessKeyId(), key.secretAccessKey(), null);

        assertEquals("arn:aws:iam::000000000000:user/mary", mary.arn());
        assertTrue(iam.allows(mary, "s3:GetObject", "arn:aws:s3:::staging/a"));
        assertFalse(iam.allows(mary, "s3:PutObject", "arn:aws:s3:::staging/a"));
        iam.deleteUser("mary");
        assertRefused("InvalidAccessKeyId", 403, () -> iam.allows(mary, "s3:GetObject", "arn:aws:s3:::staging/a"));
        assertRefused("NoSuchEntity", 404, () -> iam.createAccessKey("mary"));
        assertRefused("ValidationError", 400, () -> iam.putUser("no spaces", ALLOW_ALL));
    }

    @Test
    void denialTellsWhichPolicyDenies() {
        iam.putRole("Denied", ALLOW_ALL.replace("Allow", "Deny"));
        final Principal principal = iam.assumeRoles(List.of(role("Denied")));

        final CloudException refusal = assertRefused("AccessDenied", 403, () -> iam.require(principal, "s3:PutObject", "arn:aws:s3:::bucket/key"));
        assertTrue(refusal.getMessage().endsWith("on resource: \"arn:aws:s3:::bucket/key\" with an explicit deny in an identity-based policy"), refusal::getMessage);
    }

    @Test
    void sessionsEndWhenTheyAreToldTo() {
        final AccessKey session = iam.startSession(Role.READ_ONLY.arn(), "me", Duration.ofHours(1));
        final AccessKey other = iam.startSession(Role.READ_ONLY.arn(), "other", Duration.ofHours(1));
        final Principal principal = iam.accessKey(session.accessKeyId(), session.secretAccessKey(), session.sessionToken());

        iam.expireSession(session.accessKeyId(), NOW);
        assertRefused("ExpiredToken", 400, () -> iam.require(principal, "s3:GetObject", "arn:aws:s3:::bucket/key"));
        iam.require(other.principal(), "s3:GetObject", "arn:aws:s3:::bucket/key");
        iam.expireSessions();
        assertRefused("ExpiredToken", 400, () -> iam.require(other.principal(), "s3:GetObject", "arn:aws:s3:::bucket/key"));
        iam.require(iam.rootKey().principal(), "s3:GetObject", "arn:aws:s3:::bucket/key");
    }

    @Test
    void unknownRoleIsRefused() {
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of("arn:aws:iam::000000000000:role/Nobody")));
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of(Role.REDSHIFT_UNLOAD_COPY.arn(), "arn:aws:iam::000000000000:role/Nobody")));
        assertRefused("AccessDenied", 403, () -> iam.assumeRoles(List.of("arn:aws:iam::999999999999:role/ReadOnly")));
    }

    @Test
    void rootKeyMayDoEverythingAndIsNewEachTime() {
        final AccessKey root = iam.rootKey();
        final Principal principal = iam.accessKey(root.accessKeyId(), root.secretAccessKey(), null);

        assertTrue(iam.allows(principal, "kms:ScheduleKeyDeletion", KEY));
        assertEquals("arn:aws:iam::000000000000:root", principal.arn());
        assertNotEquals(root.secretAccessKey(), new Iam(Clock.systemUTC()).rootKey().secretAccessKey());
    }

    @Test
    void accessKeyNeedsItsSecretAndNoToken() {
        final AccessKey root = iam.rootKey();

        assertRefused("InvalidAccessKeyId", 403, () -> iam.accessKey("AKIANOBODY", root.secretAccessKey(), null));
        assertRefused("SignatureDoesNotMatch", 403, () -> iam.accessKey(root.accessKeyId(), "wrong", null));
        assertRefused("InvalidToken", 400, () -> iam.accessKey(root.accessKeyId(), root.secretAccessKey(), "token"));
    }

    @Test
    void sessionKeyNeedsItsTokenWhileItLives() {
        final AccessKey living = iam.startSession(Role.READ_ONLY.arn(), "me", Duration.ofSeconds(1));
        final AccessKey ended = iam.startSession(Role.READ_ONLY.arn(), "me", Duration.ZERO);

        assertEquals("arn:aws:sts::000000000000:assumed-role/ReadOnly/me", iam.accessKey(living.accessKeyId(), living.secretAccessKey(), living.sessionToken()).arn());
        assertRefused("InvalidToken", 400, () -> iam.accessKey(living.accessKeyId(), living.secretAccessKey(), null));
        assertRefused("ExpiredToken", 400, () -> iam.accessKey(ended.accessKeyId(), ended.secretAccessKey(), ended.sessionToken()));
    }

    @Test
    void accessKeyIsPrintedWithoutItsSecrets() {
        final AccessKey session = iam.startSession(Role.READ_ONLY.arn(), "me", Duration.ofSeconds(1));

        assertFalse(session.toString().contains(session.secretAccessKey()));
        assertFalse(session.toString().contains(session.sessionToken()));
    }

    private static String role(final String name) {
        return "arn:aws:iam::000000000000:role/" + name;
    }

    private static CloudException assertRefused(final String code, final int status, final Executable call) {
        final CloudException refusal = assertThrows(CloudException.class, call);
        assertEquals(code, refusal.code());
        assertEquals(status, refusal.status());
        return refusal;
    }
}
