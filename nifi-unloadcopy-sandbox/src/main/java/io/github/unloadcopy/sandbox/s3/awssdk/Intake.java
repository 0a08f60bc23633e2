package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKey;

/**
 * What has come in, as it rests from then on.
 *
 * @param eTag without quotes: the MD5 of the content, or anything under a KMS key
 */
record Intake(Segment segment, String eTag) {

    private static final int LONGEST_KEY = 1_024;
    private static final int BAD_REQUEST = 400;

    /**
     * Encrypts a stream to its end.
     *
     * @param expected the MD5 in base64, null for any
     * @throws software.amazon.awssdk.services.s3.model.S3Exception BadDigest
     */
    static Intake store(final InputStream payload, final SecretKey key, final Sealing sealing, final String expected) throws IOException {
        final MessageDigest digest = md5();
        final Segment segment = Segment.seal(key, new DigestInputStream(payload, digest));
        final byte[] sum = digest.digest();
        Refusals.unless(expected == null || expected.equals(Base64.getEncoder().encodeToString(sum)), "BadDigest", BAD_REQUEST, "The Content-MD5 you specified did not match what we received.");
        return new Intake(segment, sealing.isUnderKms() ? opaqueETag(sum, segment) : HexFormat.of().formatHex(sum));
    }

    /** Under a KMS key, an ETag is no MD5 of the content. */
    private static String opaqueETag(final byte[] sum, final Segment segment) {
        final MessageDigest digest = md5();
        digest.update(segment.nonce());
        return HexFormat.of().formatHex(digest.digest(sum));
    }

    static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has MD5", e);
        }
    }

    /**
     * @throws software.amazon.awssdk.services.s3.model.S3Exception KeyTooLongError
     */
    static void requireLength(final String key) {
        Refusals.unless(key.getBytes(StandardCharsets.UTF_8).length <= LONGEST_KEY, "KeyTooLongError", BAD_REQUEST, "Your key is too long");
    }

    /**
     * New buckets have no ACLs ("Controlling ownership of objects", Amazon S3 User Guide).
     *
     * @throws software.amazon.awssdk.services.s3.model.S3Exception AccessControlListNotSupported
     */
    static void refusePublic(final ObjectCannedACL acl) {
        Refusals.unless(acl == null || acl == ObjectCannedACL.PRIVATE || acl == ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL, "AccessControlListNotSupported", BAD_REQUEST,
                "The bucket does not allow ACLs");
    }
}
