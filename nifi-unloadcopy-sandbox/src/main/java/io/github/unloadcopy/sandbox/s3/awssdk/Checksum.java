package io.github.unloadcopy.sandbox.s3.awssdk;

import org.gaul.s3proxy.checksum.FlexChecksum;
import software.amazon.awssdk.checksums.SdkChecksum;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;

/**
 * A checksum that came with an object, or that follows from those of its parts ("Checking object integrity", Amazon S3 User Guide).
 *
 * @param value base64, and for a composite one also the number of parts
 */
record Checksum(ChecksumAlgorithm algorithm, ChecksumType type, String value) {

    private static final int BUFFER_BYTES = 64 * 1024;

    /** Null when none came. */
    static Checksum of(final PutObjectRequest request) {
        return first(request.checksumCRC32(), request.checksumCRC32C(), request.checksumCRC64NVME(), request.checksumSHA1(), request.checksumSHA256());
    }

    /** Null when none came. */
    static Checksum of(final UploadPartRequest request) {
        return first(request.checksumCRC32(), request.checksumCRC32C(), request.checksumCRC64NVME(), request.checksumSHA1(), request.checksumSHA256());
    }

    private static Checksum first(final String crc32, final String crc32c, final String crc64, final String sha1, final String sha256) {
        if (crc32 != null) {
            return new Checksum(ChecksumAlgorithm.CRC32, ChecksumType.FULL_OBJECT, crc32);
        }

        if (crc32c != null) {
            return new Checksum(ChecksumAlgorithm.CRC32_C, ChecksumType.FULL_OBJECT, crc32c);
        }

        if (crc64 != null) {
            return new Checksum(ChecksumAlgorithm.CRC64_NVME, ChecksumType.FULL_OBJECT, crc64);
        }

        if (sha1 != null) {
            return new Checksum(ChecksumAlgorithm.SHA1, ChecksumType.FULL_OBJECT, sha1);
        }

        return sha256 == null ? null : new Checksum(ChecksumAlgorithm.SHA256, ChecksumType.FULL_OBJECT, sha256);
    }

    /** The checksum of the checksums of all parts. */
    static Checksum composite(final ChecksumAlgorithm algorithm, final List<Checksum> parts) {
        final SdkChecksum sum = start(algorithm);
        for (final Checksum part : parts) {
            final byte[] bytes = Base64.getDecoder().decode(part.value());
            sum.update(bytes, 0, bytes.length);
        }

        return new Checksum(algorithm, ChecksumType.COMPOSITE, encode(sum) + "-" + parts.size());
    }

    /** The checksum of all bytes. */
    static Checksum whole(final ChecksumAlgorithm algorithm, final InputStream content) throws IOException {
        final SdkChecksum sum = start(algorithm);
        final byte[] buffer = new byte[BUFFER_BYTES];
        int count = content.read(buffer);
        while (count >= 0) {
            sum.update(buffer, 0, count);
            count = content.read(buffer);
        }

        return new Checksum(algorithm, ChecksumType.FULL_OBJECT, encode(sum));
    }

    private static SdkChecksum start(final ChecksumAlgorithm algorithm) {
        return FlexChecksum.fromAlgorithmName(algorithm.toString()).newChecksum();
    }

    private static String encode(final SdkChecksum sum) {
        return Base64.getEncoder().encodeToString(sum.getChecksumBytes());
    }
}
