package io.github.unloadcopy.sandbox.s3.awssdk;

import io.github.unloadcopy.sandbox.cloud.CloudException;
import io.github.unloadcopy.sandbox.cloud.Principal;
import io.github.unloadcopy.sandbox.kms.KeyRing;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.SecretKey;

/**
 * The keys of objects, as one principal may use them ("Using server-side encryption with AWS KMS keys", Amazon S3 User Guide): with a KMS key, an object has a data key of its own, sealed under the
 * KMS key with the object's ARN as its encryption context; with S3's own, all share one.
 */
final class Sealer {

    private static final String CONTEXT = "aws:s3:arn";
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_IMPLEMENTED = 501;

    private final KeyRing keys;
    private final SecretKey keyOfS3;
    private final Principal principal;

    Sealer(final KeyRing keys, final SecretKey keyOfS3, final Principal principal) {
        this.keys = keys;
        this.keyOfS3 = keyOfS3;
        this.principal = principal;
    }

    /**
     * Makes the key for a new object. Needs {@code kms:GenerateDataKey} for a KMS key.
     *
     * @throws S3Exception KMS's refusal of the key, AccessDenied, InvalidArgument or NotImplemented
     */
    NewKey seal(final Bucket bucket, final String key, final Wish wish) {
        final Wish asked = wish.resolve(bucket.encryption());
        if (asked.algorithm() == ServerSideEncryption.AES256) {
            return new NewKey(Sealing.OF_S3, keyOfS3);
        }

        final boolean bucketKey = Boolean.TRUE.equals(asked.bucketKey());
        final String reference = asked.keyId() == null ? keys.keyOfS3() : asked.keyId();
        final KeyRing.DataKey dataKey = ask(() -> keys.newDataKey(principal, reference, context(bucket, key, bucketKey)));
        return new NewKey(new Sealing(asked.algorithm(), dataKey.keyArn(), dataKey.sealed(), bucketKey), dataKey.plain());
    }

    /**
     * Opens the key of an object. Needs {@code kms:Decrypt} for a KMS key.
     *
     * @throws S3Exception KMS's refusal of the key, or AccessDenied
     */
    SecretKey open(final Bucket bucket, final String key, final Sealing sealing) {
        return sealing.isUnderKms() ? ask(() -> keys.openDataKey(principal, sealing.dataKey(), context(bucket, key, sealing.bucketKey()))) : keyOfS3;
    }

    private static Map<String, String> context(final Bucket bucket, final String key, final boolean bucketKey) {
        return Map.of(CONTEXT, bucketKey ? Access.arnOf(bucket.name()) : Access.arnOf(bucket.name(), key));
    }

    /** S3 passes KMS's refusals on with its own prefix, save that of a permission. */
    private static <T> T ask(final Supplier<T> question) {
        try {
            return question.get();
        } catch (final CloudException e) {
            throw Refusals.toS3(switch (e.code()) {
                case "AccessDeniedException" -> new CloudException("AccessDenied", FORBIDDEN, e.getMessage());
                case "ExpiredToken", "InvalidAccessKeyId" -> e;
                default -> new CloudException("KMS." + e.code(), e.status(), e.getMessage());
            });
        }
    }

    /**
     * The key of a new object, which who writes needs no permission to open.
     *
     * @param key never stored
     */
    record NewKey(Sealing sealing, SecretKey key) {

        /** Names how the object is encrypted only. */
        @Override
        public String toString() {
            return "NewKey[" + sealing + "]";
        }
    }

    /**
     * What a request asks for; null is what it does not say.
     *
     * @param keyId key id, key ARN, alias name or alias ARN
     */
    record Wish(ServerSideEncryption algorithm, String keyId, Boolean bucketKey) {

        /**
         * @param customerAlgorithm of SSE-C, which the sandbox has not
         * @param context of SSE-KMS beyond S3's own, which the sandbox has not
         */
        static Wish of(final ServerSideEncryption algorithm, final String keyId, final Boolean bucketKey, final String customerAlgorithm, final String context) {
            refuseCustomerKey(customerAlgorithm);
            if (context != null) {
                throw refusal("NotImplemented", NOT_IMPLEMENTED, "The sandbox has no encryption context of your own for SSE-KMS: leave x-amz-server-side-encryption-context out.");
            }

            if (keyId != null && algorithm != ServerSideEncryption.AWS_KMS) {
                throw refusal("InvalidArgument", BAD_REQUEST, "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms");
            }

            requireKnown(algorithm);
            return new Wish(algorithm, keyId, bucketKey);
        }

        static void refuseCustomerKey(final String customerAlgorithm) {
            if (customerAlgorithm != null) {
                throw refusal("NotImplemented", NOT_IMPLEMENTED, "The sandbox has no SSE-C (x-amz-server-side-encryption-customer-algorithm): use SSE-KMS or SSE-S3.");
            }
        }

        static void requireKnown(final ServerSideEncryption algorithm) {
            if (algorithm != null && algorithm != ServerSideEncryption.AES256 && algorithm != ServerSideEncryption.AWS_KMS) {
                final boolean isReal = algorithm != ServerSideEncryption.UNKNOWN_TO_SDK_VERSION;
                throw refusal(isReal ? "NotImplemented" : "InvalidArgument", isReal ? NOT_IMPLEMENTED : BAD_REQUEST,
                        "The encryption method specified is not supported" + (isReal ? " by the sandbox, which has AES256 and aws:kms: " + algorithm : ""));
            }
        }

        Wish resolve(final ServerSideEncryptionRule rule) {
            final ServerSideEncryptionByDefault byDefault = rule.applyServerSideEncryptionByDefault();
            final Boolean key = bucketKey == null ? rule.bucketKeyEnabled() : bucketKey;
            return algorithm == null ? new Wish(byDefault.sseAlgorithm(), byDefault.kmsMasterKeyID(), key) : new Wish(algorithm, keyId, key);
        }

        private static S3Exception refusal(final String code, final int status, final String message) {
            return Refusals.toS3(new CloudException(code, status, message));
        }
    }
}
