package io.github.unloadcopy.sandbox.s3.awssdk;

import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.util.List;

/**
 * What is stored, in the AWS SDK's words.
 */
final class Answers {

    private static final String STANDARD = "STANDARD";

    private Answers() {
    }

    /**
     * @param versionId null where the bucket never kept versions
     * @param withChecksum whether the request asked for it
     */
    // S3Proxy reads Expires as a time, for which the SDK has a text now.
    @SuppressWarnings("deprecation")
    static GetObjectResponse.Builder read(final StoredVersion version, final String versionId, final ByteRange range, final boolean withChecksum) {
        final Body body = version.body();
        final Headers headers = version.headers();
        final GetObjectResponse.Builder answer = GetObjectResponse.builder()
                .acceptRanges("bytes")
                .contentLength(range.length())
                .contentRange(range.contentRange(body.size()))
                .eTag(quoted(body.eTag()))
                .lastModified(version.modified())
                .versionId(versionId)
                .contentType(headers.contentType())
                .contentEncoding(headers.contentEncoding())
                .contentLanguage(headers.contentLanguage())
                .contentDisposition(headers.contentDisposition())
                .cacheControl(headers.cacheControl())
                .expires(headers.expires())
                .storageClass(headers.storageClass())
                .metadata(headers.metadata())
                .serverSideEncryption(body.sealing().algorithm())
                .ssekmsKeyId(body.sealing().keyArn())
                .bucketKeyEnabled(body.sealing().reportedBucketKey());
        if (withChecksum && range.whole() && body.checksum() != null) {
            setChecksum(answer, body.checksum());
        }

        return answer;
    }

    private static void setChecksum(final GetObjectResponse.Builder answer, final Checksum checksum) {
        answer.checksumType(checksum.type());
        switch (checksum.algorithm()) {
            case CRC32 -> answer.checksumCRC32(checksum.value());
            case CRC32_C -> answer.checksumCRC32C(checksum.value());
            case CRC64_NVME -> answer.checksumCRC64NVME(checksum.value());
            case SHA1 -> answer.checksumSHA1(checksum.value());
            case SHA256 -> answer.checksumSHA256(checksum.value());
            default -> throw new IllegalStateException("No request brings a checksum of " + checksum.algorithm());
        }
    }

    static S3Object listed(final StoredVersion version) {
        return S3Object.builder()
                .key(version.key())
                .eTag(quoted(version.body().eTag()))
                .lastModified(version.modified())
                .size(version.body().size())
                .storageClass(version.headers().storageClass() == null ? STANDARD : version.headers().storageClass().toString())
                .build();
    }

    static ObjectVersion version(final StoredVersion version, final boolean latest) {
        return ObjectVersion.builder()
                .key(version.key())
                .versionId(version.versionId())
                .isLatest(latest)
                .eTag(quoted(version.body().eTag()))
                .lastModified(version.modified())
                .size(version.body().size())
                .storageClass(version.headers().storageClass() == null ? STANDARD : version.headers().storageClass().toString())
                .build();
    }

    static DeleteMarkerEntry marker(final StoredVersion version, final boolean latest) {
        return DeleteMarkerEntry.builder()
                .key(version.key())
                .versionId(version.versionId())
                .isLatest(latest)
                .lastModified(version.modified())
                .build();
    }

    static List<CommonPrefix> prefixes(final List<String> prefixes) {
        return prefixes.stream().map(prefix -> CommonPrefix.builder().prefix(prefix).build()).toList();
    }

    static Part part(final int number, final Upload.Part part) {
        final Part.Builder answer = Part.builder()
                .partNumber(number)
                .eTag(quoted(part.eTag()))
                .lastModified(part.modified())
                .size(part.segment().length());
        if (part.checksum() != null) {
            setChecksum(answer, part.checksum());
        }

        return answer.build();
    }

    private static void setChecksum(final Part.Builder answer, final Checksum checksum) {
        final ChecksumAlgorithm algorithm = checksum.algorithm();
        switch (algorithm) {
            case CRC32 -> answer.checksumCRC32(checksum.value());
            case CRC32_C -> answer.checksumCRC32C(checksum.value());
            case CRC64_NVME -> answer.checksumCRC64NVME(checksum.value());
            case SHA1 -> answer.checksumSHA1(checksum.value());
            case SHA256 -> answer.checksumSHA256(checksum.value());
            default -> throw new IllegalStateException("No request brings a checksum of " + algorithm);
        }
    }

    /** A bucket that never kept versions says nothing of them. */
    static String versionId(final Bucket bucket, final StoredVersion version) {
        return bucket.versioning() == null ? null : version.versionId();
    }

    static String quoted(final String eTag) {
        return '"' + eTag + '"';
    }
}
