package io.github.unloadcopy.sandbox.redshift.s3;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Encryption;
import io.github.unloadcopy.sandbox.cloud.Identities;
import io.github.unloadcopy.sandbox.cloud.ObjectStore;
import io.github.unloadcopy.sandbox.cloud.ObjectSummary;
import io.github.unloadcopy.sandbox.cloud.ObjectWriter;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.cloud.StoredObject;
import io.github.unloadcopy.sandbox.redshift.sql.Authorization;
import io.github.unloadcopy.sandbox.redshift.sql.S3Location;
import io.github.unloadcopy.sandbox.redshift.sql.Secret;
import io.github.unloadcopy.sandbox.redshift.sql.SqlError;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * S3 as one statement sees it: with the statement's authorization, Region and key. Every refusal becomes an error in Redshift's words.
 */
public final class StatementStore {

    /** What Redshift gives as the code of failures of S3. */
    private static final int S3_ERROR = 8001;
    private static final String RULE = "-----------------------------------------------";

    private final ObjectStore objects;
    private final Principal principal;
    private final Envelope envelope;
    private final long queryId;
    private final int processId;
    private final String region;

    private StatementStore(final ObjectStore objects, final Principal principal, final Envelope envelope, final long queryId, final int processId, final String region) {
        this.objects = objects;
        this.principal = principal;
        this.envelope = envelope;
        this.queryId = queryId;
        this.processId = processId;
        this.region = region;
    }

    /**
     * Finds out as whom the statement acts.
     *
     * @param masterSymmetricKey null without client-side encryption
     * @throws SqlError when the authorization or the key is refused, or client-side encryption is
     */
    public static StatementStore open(final Cloud cloud, final Authorization authorization, final Secret masterSymmetricKey, final String region, final long queryId, final int processId) {
        if (masterSymmetricKey != null && cloud.clientSideEncryptionRetired()) {
            throw new SqlError(SqlError.NOT_SUPPORTED, "MASTER_SYMMETRIC_KEY is not supported: Amazon Redshift retired client-side encryption on April 30, 2026", null,
                    "Let S3 encrypt instead: UNLOAD with KMS_KEY_ID '<key>' ENCRYPTED, and COPY without ENCRYPTED, since reading is transparent.", null);
        }

        final Envelope envelope = masterSymmetricKey == null ? null : Envelope.of(masterSymmetricKey.reveal());
        if (masterSymmetricKey != null && envelope == null) {
            throw failure("The master symmetric key is invalid: it must be the base64 form of 32 bytes", "MASTER_SYMMETRIC_KEY", queryId, processId);
        }

        final Principal principal = authenticate(cloud, authorization, queryId, processId);
        return new StatementStore(cloud.objects(), principal, envelope, queryId, processId, region == null ? cloud.region() : region);
    }

    private static Principal authenticate(final Cloud cloud, final Authorization authorization, final long queryId, final int processId) {
        try {
            return switch (authorization) {
                case final Authorization.Roles roles -> cloud.identities().assumeRoles(roles.arns());
                case final Authorization.DefaultRole ignored -> {
                    if (cloud.defaultRoleArn() == null) {
                        throw failure("The cluster has no default IAM role: name one with IAM_ROLE 'arn:...'", "IAM Role=default", queryId, processId);
                    }

                    yield cloud.identities().assumeRoles(List.of(cloud.defaultRoleArn()));
                }
                case final Authorization.AccessKey key -> cloud.identities().accessKey(key.accessKeyId(), key.secretAccessKey().reveal(),
                        key.sessionToken() == null ? null : key.sessionToken().reveal());
            };
        } catch (final CloudException e) {
            final String context = authorization instanceof final Authorization.Roles roles ? "IAM Role=" + String.join(",", roles.arns()) : "Checking credentials";
            throw failure(authorization instanceof Authorization.AccessKey ? message(e) : e.getMessage(), context, queryId, processId);
        }
    }

    /**
     * Checks that the bucket is where the statement, or else the cluster, says.
     *
     * @throws SqlError when it is not, or does not exist
     */
    public void checkRegion(final S3Location location) {
        final String actual = call(() -> objects.bucketRegion(location.bucket()), "Looking up bucket=" + location.bucket());
        if (!actual.equals(region)) {
            throw failure(message(new CloudException("PermanentRedirect", 301,
                    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")),
                    "bucket=" + location.bucket() + " is in " + actual + ", the statement looks in " + region + ": add REGION '" + actual + "'", queryId, processId);
        }
    }

    public List<ObjectSummary> list(final S3Location location) {
        return call(() -> objects.list(principal, location.bucket(), location.key()), "Listing bucket=" + location.bucket() + " prefix=" + location.key());
    }

    public void delete(final S3Location location) {
        call(() -> {
            objects.delete(principal, location.bucket(), location.key());
            return null;
        }, "Deleting " + location);
    }

    /**
     * Opens an object as it is stored.
     *
     * @return null when there is no such object
     */
    public StoredObject openIfPresent(final S3Location location) {
        return call(() -> {
            try {
                return objects.open(principal, location.bucket(), location.key());
            } catch (final CloudException e) {
                if (e.code().equals("NoSuchKey")) {
                    return null;
                }

                throw e;
            }
        }, "Reading " + location);
    }

    public StoredObject open(final S3Location location) {
        return call(() -> objects.open(principal, location.bucket(), location.key()), "Reading " + location);
    }

    public ObjectWriter create(final S3Location location, final Map<String, String> metadata, final Encryption encryption) {
        return call(() -> objects.create(principal, location.bucket(), location.key(), metadata, encryption), "Writing " + location);
    }

    /** Null without client-side encryption. */
    public Envelope envelope() {
        return envelope;
    }

    public SqlError failure(final CloudException e, final String context) {
        return failure(message(e), context, queryId, processId);
    }

    public SqlError failure(final String message, final String context) {
        return failure(message, context, queryId, processId);
    }

    /** The Region of the buckets that the statement addresses. */
    public String region() {
        return region;
    }

    /**
     * A failure of the engine that reads columnar files.
     *
     * @param code what Redshift gives as its code
     * @param error what Redshift calls it
     */
    public SqlError scanFailure(final int code, final String error, final String context) {
        return new SqlError(SqlError.INTERNAL, error, detail(error, code, context, queryId, "worker_thread", processId));
    }

    private <T> T call(final Supplier<T> action, final String context) {
        try {
            return action.get();
        } catch (final CloudException e) {
            throw failure(e, context);
        }
    }

    private static String message(final CloudException e) {
        return "S3ServiceException:" + e.getMessage() + ",Status " + e.status() + ",Error " + e.code() + ",Rid " + e.requestId();
    }

    private static SqlError failure(final String message, final String context, final long queryId, final int processId) {
        return new SqlError(SqlError.INTERNAL, message, detail(message, S3_ERROR, context, queryId, "padbmaster", processId));
    }

    private static String detail(final String error, final int code, final String context, final long queryId, final String process, final int processId) {
        return "\n  " + RULE
                + "\n  error:  " + error
                + "\n  code:      " + code
                + "\n  context:   " + context
                + "\n  query:     " + queryId
                + "\n  location:  sandbox"
                + "\n  process:   " + process + " [pid=" + processId + "]"
                + "\n  " + RULE + '\n';
    }

    /**
     * What a cluster knows of the cloud around it.
     *
     * @param region the cluster's own
     * @param defaultRoleArn null for none
     * @param clientSideEncryptionRetired whether UNLOAD and COPY refuse MASTER_SYMMETRIC_KEY, as real clusters do after April 30, 2026 (pages UNLOAD and COPY of the Redshift Database Developer Guide)
     */
    public record Cloud(ObjectStore objects, Identities identities, String region, String defaultRoleArn, boolean clientSideEncryptionRetired) {
    }
}
