package io.github.unloadcopy.sandbox.redshift;

import io.github.unloadcopy.sandbox.Cloud;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.faults.StatementFaults;
import io.github.unloadcopy.sandbox.iam.AccessKey;
import io.github.unloadcopy.sandbox.iam.Role;
import io.github.unloadcopy.sandbox.redshift.isolation.IsolationLevel;
import io.github.unloadcopy.sandbox.redshift.postgres.Storage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What UNLOAD and COPY may do in S3 and KMS, on a cluster that has retired client-side encryption. */
class CloudRulesIT {

    private static final String ALLOW = "{\"Version\":\"2012-10-17\",\"Statement\":[%s]}";
    private static final String ACCESS_DENIED = "Status 403,Error AccessDenied,Rid ";

    @TempDir
    private static Path folder;

    private static Cloud cloud;
    private static S3Client s3;
    private static KmsClient kms;
    private static RedshiftCluster cluster;
    private static ExpiringStore store;
    private static String password;

    private final String bucket = "rules-" + UUID.randomUUID();
    private final String role = "Role-" + UUID.randomUUID();
    private final String table = "t_" + UUID.randomUUID().toString().replace("-", "");
    private Connection connection;

    @BeforeAll
    static void start() throws IOException {
        cloud = new Cloud();
        s3 = cloud.s3Client();
        kms = cloud.kmsClient();
        store = new ExpiringStore(cloud);
        password = "Aa1" + UUID.randomUUID();
        cluster = new RedshiftCluster(new RedshiftCluster.Settings("rules", Storage.temporary(folder.resolve("redshift"), TestCluster.CACHE), 0, "dev", "awsuser", password, null, store,
                cloud.iam().forCluster("rules"),
                "us-east-1", 2, Role.REDSHIFT_UNLOAD_COPY.arn(), true, StatementFaults.none(), IsolationLevel.SNAPSHOT));
    }

    @AfterAll
    static void stop() throws IOException {
        cluster.close();
        kms.close();
        s3.close();
        cloud.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        final Properties properties = new Properties();
        properties.setProperty("user", "awsuser");
        properties.setProperty("password", password);
        properties.setProperty("ssl", "false");
        connection = DriverManager.getConnection("jdbc:redshift://" + cluster.host() + ":" + cluster.port() + "/dev", properties);
        Rows.execute(connection, "CREATE TABLE " + table + " (a int)", "CREATE TABLE " + table + "_copy (a int)", "INSERT INTO " + table + " SELECT generate_series(1, 100)");
        s3.createBucket(request -> request.bucket(bucket));
        store.expireAfter(Integer.MAX_VALUE);
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @CsvSource({
        "s3:GetObject s3:ListBucket, s3:PutObject",
        "s3:PutObject s3:GetObject, s3:ListBucket",
        "s3:PutObject s3:ListBucket, s3:GetObject"
    })
    void everyActionNeedsItsPermission(final String allowed, final String missing) throws SQLException {
        cloud.iam().putRole(role, ALLOW.formatted(allow("s3:*", "arn:aws:s3:::" + bucket + "*")));
        unload("run/", "");
        cloud.iam().putRole(role, ALLOW.formatted(allow(allowed.replace(" ", "\",\""), "arn:aws:s3:::" + bucket + "*")));

        final SQLException refusal = assertThrows(SQLException.class, () -> {
            copy("run/", "");
            unload("again/", "");
        });
        assertTrue(refusal.getMessage().contains(ACCESS_DENIED), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("assumed-role/" + role + "/RedshiftIamRoleSession is not authorized to perform: " + missing + " on resource"), refusal::getMessage);
    }

    @Test
    void prefixKeepsARoleOutOfTheRest() throws SQLException {
        cloud.iam().putRole(role, ALLOW.formatted(allow("s3:*", "arn:aws:s3:::" + bucket) + "," + allow("s3:*", "arn:aws:s3:::" + bucket + "/mine/*")));

        unload("mine/run/", "");
        copy("mine/run/", "");
        assertEquals(100, Rows.count(connection, table + "_copy"));
        assertTrue(assertThrows(SQLException.class, () -> unload("yours/run/", "")).getMessage().contains(ACCESS_DENIED));
        assertEquals(List.of(), keys("yours/"));
    }

    @Test
    void cleanPathNeedsPermissionToDelete() throws SQLException {
        cloud.iam().putRole(role, ALLOW.formatted(allow("s3:*", "arn:aws:s3:::" + bucket + "*") + "," + allow("s3:DeleteObject", "*").replace("Allow", "Deny")));
        unload("run/", "");

        final SQLException refusal = assertThrows(SQLException.class, () -> unload("run/", " CLEANPATH"));
        assertTrue(refusal.getMessage().contains("is not authorized to perform: s3:DeleteObject"), refusal::getMessage);
        assertTrue(refusal.getMessage().contains("with an explicit deny in an identity-based policy"), refusal::getMessage);
    }

    @Test
    void kmsKeyDecidesToo() throws SQLException {
        final String key = kms.createKey().keyMetadata().arn();
        final String bucketOnly = allow("s3:*", "arn:aws:s3:::" + bucket + "*");
        cloud.iam().putRole(role, ALLOW.formatted(bucketOnly));
        assertTrue(assertThrows(SQLException.class, () -> unload("run/", " KMS_KEY_ID '" + key + "' ENCRYPTED")).getMessage().contains("is not authorized to perform: kms:GenerateDataKey"));

        cloud.iam().putRole(role, ALLOW.formatted(bucketOnly + "," + allow("kms:GenerateDataKey", key)));
        unload("run/", " KMS_KEY_ID '" + key + "' ENCRYPTED");
        assertTrue(assertThrows(SQLException.class, () -> copy("run/", "")).getMessage().contains("is not authorized to perform: kms:Decrypt"));

        cloud.iam().putRole(role, ALLOW.formatted(bucketOnly + "," + allow("kms:Decrypt", key)));
        kms.disableKey(request -> request.keyId(key));
        assertTrue(assertThrows(SQLException.class, () -> copy("run/", "")).getMessage().contains("Error KMS.DisabledException"));
        kms.enableKey(request -> request.keyId(key));
        copy("run/", "");
        assertEquals(100, Rows.count(connection, table + "_copy"));
    }

    @Test
    void roleMustBeAttachedAndTrusted() throws SQLException {
        cloud.iam().putRole(role, ALLOW.formatted(allow("*", "*")));
        cloud.iam().detachRole("rules", role);
        assertTrue(assertThrows(SQLException.class, () -> unload("run/", "")).getMessage().contains("Not authorized to assume IAM Role"));
        cloud.iam().attachRole("rules", role);
        unload("run/", "");

        cloud.iam().putRole(role, ALLOW.formatted(allow("*", "*")),
                "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}}");
        assertTrue(assertThrows(SQLException.class, () -> copy("run/", "")).getMessage().contains("Not authorized to assume IAM Role"));
    }

    @Test
    void chainEndsInTheLastRole() throws SQLException {
        final String last = role + "-last";
        cloud.iam().putRole(role, ALLOW.formatted(allow("sts:AssumeRole", "arn:aws:iam::000000000000:role/" + last)));
        cloud.iam().putRole(last, ALLOW.formatted(allow("s3:*", "*")),
                "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::000000000000:role/" + role + "\"},\"Action\":\"sts:AssumeRole\"}}");
        final String chain = "IAM_ROLE 'arn:aws:iam::000000000000:role/" + role + ",arn:aws:iam::000000000000:role/" + last + "'";

        run("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run/' " + chain);
        assertFalse(keys("run/").isEmpty());
        assertTrue(assertThrows(SQLException.class, () -> run("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run2/' " + chain.replace(role + ",", "ReadOnly,")))
                .getMessage().contains("is not authorized to perform: sts:AssumeRole"));
    }

    @Test
    void sessionThatEndsDuringAnUnloadEndsIt() {
        final AccessKey session = cloud.iam().startSession(Role.REDSHIFT_UNLOAD_COPY.arn(), "mine", Duration.ofHours(1));
        store.expireAfter(2);

        final SQLException refusal = assertThrows(SQLException.class, () -> run("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run/' " + credentials(session) + " MANIFEST"));
        assertTrue(refusal.getMessage().contains("Error ExpiredToken"), refusal::getMessage);
        assertFalse(refusal.getMessage().contains(session.sessionToken()), refusal::getMessage);
        assertFalse(keys("run/").contains("run/manifest"));
    }

    @Test
    void sessionThatEndsDuringACopyEndsItWithoutRows() throws SQLException {
        run("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run/' IAM_ROLE default MANIFEST");
        final AccessKey session = cloud.iam().startSession(Role.READ_ONLY.arn(), "mine", Duration.ofHours(1));
        store.expireAfter(2);

        final String copy = "COPY " + table + "_copy FROM 's3://" + bucket + "/run/manifest' " + credentials(session) + " MANIFEST";
        final SQLException refusal = assertThrows(SQLException.class, () -> run(copy));
        assertTrue(refusal.getMessage().contains("Error ExpiredToken"), refusal::getMessage);
        assertTrue(assertThrows(SQLException.class, () -> run(copy)).getMessage().contains("Error ExpiredToken"));
        assertEquals(0, Rows.count(connection, table + "_copy"));
    }

    @Test
    void bucketElsewhereNeedsItsRegion() throws SQLException {
        final String irish = bucket + "-irish";
        s3.createBucket(request -> request.bucket(irish).createBucketConfiguration(configuration -> configuration.locationConstraint("eu-west-1")));
        final String unload = "UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + irish + "/run/' IAM_ROLE default";
        final String copy = "COPY " + table + "_copy FROM 's3://" + irish + "/run/' IAM_ROLE default";

        for (final String statement : List.of(unload, copy, unload + " REGION 'eu-central-1'")) {
            final SQLException refusal = assertThrows(SQLException.class, () -> run(statement));
            assertTrue(refusal.getMessage().contains("Status 301,Error PermanentRedirect"), refusal::getMessage);
            assertTrue(refusal.getMessage().contains("REGION 'eu-west-1'"), refusal::getMessage);
        }

        run(unload + " REGION 'eu-west-1'");
        run(copy + " REGION 'eu-west-1'");
        assertEquals(100, Rows.count(connection, table + "_copy"));
    }

    @Test
    void versionsOfWhatAnUnloadReplacesStay() throws SQLException {
        s3.putBucketVersioning(request -> request.bucket(bucket).versioningConfiguration(configuration -> configuration.status(BucketVersioningStatus.ENABLED)));
        final String unload = "UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run/' IAM_ROLE default PARALLEL OFF";
        run(unload);
        run(unload + " ALLOWOVERWRITE");
        run(unload + " CLEANPATH");

        assertEquals(3, s3.listObjectVersions(request -> request.bucket(bucket)).versions().size());
        assertEquals(1, s3.listObjectVersions(request -> request.bucket(bucket)).deleteMarkers().size());
    }

    @Test
    void retiredEncryptionIsRefusedWithAWayOut() throws SQLException {
        final String key = "MASTER_SYMMETRIC_KEY 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=' ENCRYPTED";
        for (final String statement : List.of("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/run/' IAM_ROLE default " + key,
                "COPY " + table + "_copy FROM 's3://" + bucket + "/run/' IAM_ROLE default " + key)) {
            final SQLException refusal = assertThrows(SQLException.class, () -> run(statement));
            assertEquals("0A000", refusal.getSQLState());
            assertTrue(refusal.getMessage().contains("April 30, 2026"), refusal::getMessage);
            assertTrue(refusal.getMessage().contains("KMS_KEY_ID"), refusal::getMessage);
            assertFalse(refusal.getMessage().contains("MDEy"), refusal::getMessage);
        }

        assertEquals(List.of(), keys("run/"));
        assertEquals(100, Rows.count(connection, table));
    }

    private void unload(final String prefix, final String options) throws SQLException {
        run("UNLOAD ('SELECT * FROM " + table + "') TO 's3://" + bucket + "/" + prefix + "' IAM_ROLE 'arn:aws:iam::000000000000:role/" + role + "'" + options);
    }

    private void copy(final String prefix, final String options) throws SQLException {
        run("COPY " + table + "_copy FROM 's3://" + bucket + "/" + prefix + "' IAM_ROLE 'arn:aws:iam::000000000000:role/" + role + "'" + options);
    }

    private void run(final String statement) throws SQLException {
        Rows.execute(connection, statement);
    }

    private List<String> keys(final String prefix) {
        return s3.listObjectsV2(request -> request.bucket(bucket).prefix(prefix)).contents().stream().map(S3Object::key).toList();
    }

    private static String allow(final String actions, final String resource) {
        return "{\"Effect\":\"Allow\",\"Action\":[\"" + actions + "\"],\"Resource\":\"" + resource + "\"}";
    }

    private static String credentials(final AccessKey key) {
        return "ACCESS_KEY_ID '" + key.accessKeyId() + "' SECRET_ACCESS_KEY '" + key.secretAccessKey() + "' SESSION_TOKEN '" + key.sessionToken() + "'";
    }

    /** The clusters' way to S3, on which all sessions end at a given object. */
    private static final class ExpiringStore implements ObjectStore {

        private final Cloud cloud;
        private final ObjectStore objects;
        private final AtomicInteger left = new AtomicInteger();

        ExpiringStore(final Cloud cloud) {
            this.cloud = cloud;
            this.objects = cloud.s3().objects();
        }

        void expireAfter(final int opened) {
            left.set(opened);
        }

        @Override
        public String bucketRegion(final String bucket) {
            return objects.bucketRegion(bucket);
        }

        @Override
        public List<ObjectSummary> list(final Principal principal, final String bucket, final String prefix) {
            return objects.list(principal, bucket, prefix);
        }

        @Override
        public StoredObject open(final Principal principal, final String bucket, final String key) {
            count();
            return objects.open(principal, bucket, key);
        }

        @Override
        public ObjectWriter create(final Principal principal, final String bucket, final String key, final Map<String, String> userMetadata, final Encryption encryption) {
            count();
            return objects.create(principal, bucket, key, userMetadata, encryption);
        }

        @Override
        public void delete(final Principal principal, final String bucket, final String key) {
            objects.delete(principal, bucket, key);
        }

        private void count() {
            if (left.decrementAndGet() == 0) {
                cloud.iam().expireSessions();
            }
        }
    }
}
